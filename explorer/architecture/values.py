"""Values as people and programs hand them over: whole numbers of any library, and wrong ones shown in a sentence."""

import reprlib
from operator import index
from typing import Any

_LONGEST = 60


def whole(value: Any) -> Any:
    """Python's own whole number for one of NumPy or torch; anything else, truth values too, as it is."""
    if isinstance(value, bool | str) or not hasattr(value, "__index__"):
        return value
    try:
        return index(value)
    except TypeError:  # an array of more than one number
        return value


def is_count(value: object, largest: int) -> bool:
    """Whether a value is a whole number from 1 to ``largest``."""
    return is_whole(value, 1, largest)


def is_whole(value: object, low: int, high: int) -> bool:
    """Whether a value is a whole number from ``low`` to ``high``."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def shortened(text: str, most: int, *, tail: int = 0) -> str:
    """A text of at most ``most`` characters; what is over goes from its end, or from in front of its last ``tail``."""
    return text if len(text) <= most else f"{text[: most - 1 - tail]}…{text[len(text) - tail :]}"


def shown(value: object) -> str:
    """A wrong value as a sentence quotes it, cut short when it is long."""
    try:
        text = reprlib.repr(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a number too long to write"
    return shortened(text, _LONGEST)


def counted(count: int, one: str, more: str = "") -> str:
    """A number with its word: ``1 class``, ``1,000 classes``; the plural has an s where it is not given."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
