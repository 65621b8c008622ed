"""Small expressions that are worked out and printed from the same parts, so that a number and its formula agree.

A formula is either an expression, an equals sign and its value, ``3·3·64·128 = 73,728``, or, where there is nothing to
work out, a few plain words, a colon and the value. Expressions use · + − / ⌊ ⌋ ⌈ ⌉ max min and brackets.
"""

from __future__ import annotations

from math import prod

_ENCLOSED = {"⌊": "⌋", "⌈": "⌉"}


def number(value: int) -> str:
    """A whole number as it is written here: thousands separated, a true minus sign."""
    return f"{value:,}".replace("-", "−")


class Expression:
    """A whole number and how it comes about. Plain numbers may be added, taken away and multiplied.

    Attributes:
        value: the number.
        sign: what joins the parts, one of ``+ − · / ⌊ ⌈ max min``; empty for a plain number.
        parts: what it is made of.
        words: said in place of an expression; empty where there is one.
    """

    __slots__ = ("parts", "sign", "value", "words")

    def __init__(self, value: int, sign: str = "", parts: tuple[Expression, ...] = (), words: str = "") -> None:
        self.value = value
        self.sign = sign
        self.parts = parts
        self.words = words

    def __add__(self, other: Expression | int) -> Expression:
        other = _of(other)
        return Expression(self.value + other.value, "+", (self, other))

    def __sub__(self, other: Expression | int) -> Expression:
        other = _of(other)
        return Expression(self.value - other.value, "−", (self, other))

    def __mul__(self, other: Expression | int) -> Expression:
        return product(self, other)

    @property
    def text(self) -> str:
        """The expression alone: ``3·3·64·128``."""
        match self.sign:
            case "":
                return number(self.value)
            case "+" | "−":
                first, second = self.parts
                return f"{first.text} {self.sign} {second._bracketed}"
            case "max" | "min":
                return f"{self.sign}({', '.join(part.text for part in self.parts)})"
            case "⌊" | "⌈":
                return f"{self.sign}{'/'.join(part._bracketed for part in self.parts)}{_ENCLOSED[self.sign]}"
            case _:
                return self.sign.join(part._bracketed for part in self.parts)

    @property
    def formula(self) -> str:
        """The expression and its value, or the words and the value."""
        return f"{self.words}: {number(self.value)}" if self.words else f"{self.text} = {number(self.value)}"

    @property
    def _bracketed(self) -> str:
        """As part of a larger expression."""
        negative = not self.sign and self.value < 0
        return f"({self.text})" if self.sign in ("+", "−") or negative else self.text


def said(words: str, value: int) -> Expression:
    """A number about which there is nothing to work out."""
    return Expression(value, words=words)


UNCHANGED = "unchanged"


def unchanged(value: int) -> Expression:
    """A number that is what it was."""
    return said(UNCHANGED, value)


def plain(value: int) -> Expression:
    """A number as the first part of an expression."""
    return Expression(value)


def product(*factors: Expression | int) -> Expression:
    """Factors multiplied."""
    parts = tuple(map(_of, factors))
    return Expression(prod(part.value for part in parts), "·", parts)


def ratio(dividend: Expression, divisor: int) -> Expression:
    """A division without a rest."""
    assert dividend.value % divisor == 0
    return Expression(dividend.value // divisor, "/", (dividend, Expression(divisor)))


def floor(dividend: Expression | int, divisor: int) -> Expression:
    """A division rounded down."""
    dividend = _of(dividend)
    return Expression(dividend.value // divisor, "⌊", (dividend, Expression(divisor)))


def ceil(dividend: Expression | int, divisor: int) -> Expression:
    """A division rounded up."""
    dividend = _of(dividend)
    return Expression(-(-dividend.value // divisor), "⌈", (dividend, Expression(divisor)))


def largest(*parts: Expression | int) -> Expression:
    """The largest of some numbers; a single one is itself."""
    found = tuple(map(_of, parts))
    return Expression(max(part.value for part in found), "max", found) if len(found) > 1 else found[0]


def smallest(*parts: Expression | int) -> Expression:
    """The smallest of some numbers."""
    found = tuple(map(_of, parts))
    return Expression(min(part.value for part in found), "min", found)


def _of(part: Expression | int) -> Expression:
    return part if isinstance(part, Expression) else Expression(part)
