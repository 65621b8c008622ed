"""Calls as lines of Python, broken where ruff and black break them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

WIDTH = 88
"""Of a line, in ruff and black where nobody says otherwise."""


class Call(NamedTuple):
    """A call, ``nn.Conv2d(3, 64, 7)``.

    Attributes:
        name: of what is called.
        arguments: as they are written.
    """

    name: str
    arguments: Sequence[str]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"

    def assigned(self, depth: int, target: str) -> list[str]:
        """The lines that give it a name: one, or an argument to a line where that is too long.

        Args:
            depth: of the indentation, in steps of four spaces.
            target: the name, ``self.conv1``.
        """
        line = f"{'    ' * depth}{target} = {self}"
        return [line] if len(line) <= WIDTH else self.spread(depth, target)

    def spread(self, depth: int, target: str) -> list[str]:
        """The same with an argument to a line; the last comma keeps a formatter from joining them."""
        arguments = [f"    {argument}," for argument in self.arguments]
        return indented(depth, [f"{target} = {self.name}(", *arguments, ")"])


def indented(depth: int, lines: Iterable[str]) -> list[str]:
    """Lines deeper in by steps of four spaces; empty ones stay empty."""
    return ["    " * depth + line if line else line for line in lines]
