"""The kinds of URL parameters: text to value and back, with the words for what is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Param:
    """One URL parameter.

    Attributes:
        default: its value when it is not in the URL; a parameter at its default is never written.
        parse: text to value; raises ValueError when the text is no value of it.
        expected: what it must be, for the sentence that refuses it.
        page: the page whose switch it is; empty when all pages share it.
        write: value to text.
    """

    default: Any
    parse: Callable[[str], Any]
    expected: str
    page: str = ""
    write: Callable[[Any], str] = str


def one_of(*options: str, page: str = "", default: str | None = None) -> Param:
    """A parameter with a closed set of values, the first of them the default."""

    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return Param(options[0] if default is None else default, parse, f"one of {', '.join(options)}", page)


def some_of(*options: str, page: str = "", default: tuple[str, ...] = ()) -> Param:
    """A parameter that holds any number of a closed set of values."""

    def parse(text: str) -> tuple[str, ...]:
        values = tuple(part for part in text.split(",") if part)
        if not set(values) <= set(options):
            raise ValueError(text)
        return values

    return Param(default, parse, f"some of {', '.join(options)}", page, ",".join)


def whole(low: int, high: int, default: int | None, page: str = "") -> Param:
    """A whole number between two bounds, both included."""

    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return Param(default, parse, f"a whole number from {low:,} to {high:,}", page)


def real(low: float, high: float, default: float | None, page: str = "") -> Param:
    """A number between two bounds, both included."""

    def parse(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return Param(default, parse, f"a number from {low:g} to {high:g}", page, lambda value: f"{value:g}")


def flag(default: bool = False, page: str = "") -> Param:
    """Yes or no."""

    def parse(text: str) -> bool:
        return {"yes": True, "no": False}[text] if text in ("yes", "no") else refuse(text)

    return Param(default, parse, "yes or no", page, lambda value: "yes" if value else "no")


def matching(pattern: str, expected: str, default: str = "", page: str = "") -> Param:
    """Text of a given form."""

    def parse(text: str) -> str:
        return text if re.fullmatch(pattern, text) else refuse(text)

    return Param(default, parse, expected, page)


def refuse(text: str) -> Any:
    """Raise what a parser raises when a text is no value; fits where an expression has to stand."""
    raise ValueError(text)
