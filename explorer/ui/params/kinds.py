"""The kinds of parameters: what each may hold, how it stands in the address, and how it is called on the screen."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, NoReturn, TypeVar

T = TypeVar("T", covariant=True)
Option = TypeVar("Option", bound=str)
Int = TypeVar("Int", int, int | None)
Float = TypeVar("Float", float, float | None)


@dataclass(frozen=True, eq=False)
class Param(Generic[T]):
    """One parameter: a choice that stands in the address.

    Attributes:
        name: in the address.
        default: its value when it is not in the address; a parameter at its default is never written.
        parse: text to value; raises ValueError when the text is no value of it.
        expected: what it must be, for the sentence that refuses it.
        write: value to text.
        label: of its widget.
        help: one sentence for the reader.
    """

    name: str
    default: T
    parse: Callable[[str], T]
    expected: str
    write: Callable[[T], str]
    label: str
    help: str


@dataclass(frozen=True, eq=False)
class Choice(Param[Option]):
    """A parameter with a closed set of values.

    Attributes:
        words: the values with what people read for them.
    """

    words: Mapping[Option, str]


@dataclass(frozen=True, eq=False)
class Several(Param[tuple[Option, ...]], Generic[Option]):
    """A parameter that holds any number of a closed set of values.

    Attributes:
        words: the values with what people read for them.
    """

    words: Mapping[Option, str]


@dataclass(frozen=True, eq=False)
class Number(Param[T]):
    """A number between two bounds, both included.

    Attributes:
        low: the smallest.
        high: the largest.
        step: of its widget; None for what fits its kind.
    """

    low: float
    high: float
    step: float | None


def one_of(
    name: str,
    options: Mapping[Option, str] | Sequence[Option],
    label: str = "",
    help: str = "",
    *,
    default: Option | None = None,
) -> Choice[Option]:
    """A parameter with a closed set of values, the first of them the default.

    Args:
        name: in the address.
        options: the values, or the values with the words that stand for them.
        label: of its widget.
        help: one sentence for the reader.
        default: if it is not the first.
    """
    words = _words(options)
    known = {str(value): value for value in words}

    def parse(text: str) -> Option:
        return known[text] if text in known else refuse(text)

    first = next(iter(words)) if default is None else default
    return Choice(name, first, parse, f"one of {', '.join(words)}", str, label, help, words)


def some_of(
    name: str, options: Mapping[Option, str] | Sequence[Option], label: str, help: str, *, default: tuple[Option, ...]
) -> Several[Option]:
    """A parameter that holds any number of a closed set of values, given as for ``one_of``."""
    words = _words(options)
    known = {str(value): value for value in words}

    def parse(text: str) -> tuple[Option, ...]:
        parts = [part for part in text.split(",") if part]
        return tuple(known[part] for part in parts) if set(parts) <= set(known) else refuse(text)

    return Several(name, default, parse, f"some of {', '.join(words)}", ",".join, label, help, words)


def whole(
    name: str, low: int, high: int, default: Int, label: str = "", help: str = "", *, step: int = 1
) -> Number[Int]:
    """A whole number between two bounds, both included."""

    def parse(text: str) -> Int:
        value = int(text)
        return value if low <= value <= high else refuse(text)

    expected = f"a whole number from {low:,} to {high:,}"
    return Number(name, default, parse, expected, str, label, help, low, high, step)


def real(
    name: str, low: float, high: float, default: Float, label: str = "", help: str = "", *, step: float | None = None
) -> Number[Float]:
    """A number between two bounds, both included."""

    def parse(text: str) -> Float:
        value = float(text)
        return value if low <= value <= high else refuse(text)

    expected = f"a number from {low:g} to {high:g}"
    return Number(name, default, parse, expected, "{:g}".format, label, help, float(low), float(high), step)


def flag(name: str, label: str = "", help: str = "", *, default: bool = False) -> Param[bool]:
    """Yes or no."""

    def parse(text: str) -> bool:
        return text == "yes" if text in ("yes", "no") else refuse(text)

    return Param(name, default, parse, "yes or no", lambda value: "yes" if value else "no", label, help)


def matching(
    name: str, pattern: str, expected: str, label: str = "", help: str = "", *, default: str = ""
) -> Param[str]:
    """Text of a given form."""

    def parse(text: str) -> str:
        return text if re.fullmatch(pattern, text) else refuse(text)

    return Param(name, default, parse, expected, str, label, help)


def _words(options: Mapping[Option, str] | Sequence[Option]) -> Mapping[Option, str]:
    return options if isinstance(options, Mapping) else {value: value for value in options}


def refuse(text: str) -> NoReturn:
    """Raise what a parser raises when a text is no value; fits where an expression has to stand."""
    raise ValueError(text)


def defined_in(*modules: ModuleType) -> tuple[Param[Any], ...]:
    """The parameters that modules define, in their order."""
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Param))
