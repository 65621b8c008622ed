"""What a diagram is made of: frozen shapes with positions in pixels, and the width of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Orientation = Literal["wide", "narrow"]
ShortcutKind = Literal["identity", "projection", "padding", "none"]
Symbol = Literal[
    "identity", "projection", "padding", "add", "counted", "letters", "relu", "tick", "tick-projection", "covered"
]
Covering = Literal["", "main", "certain"]
"""Whether the picture arrives covered at a convolution: along the main path, or by any way."""
Point = tuple[float, float]

# Advance widths in em of Arial, which is wider than the app's own font: a text that fits here fits there.
_WIDTHS = {
    **dict.fromkeys(" ,.:;·/|!'iIjlft[]()", 0.29),
    **dict.fromkeys("rs-−", 0.42),
    **dict.fromkeys("mwMW", 0.86),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ", 0.7),
}
_USUAL_WIDTH = 0.57


def text_width(text: str, size: float) -> float:
    """Estimated width of a text in pixels, on the safe side.

    Args:
        text: what is written.
        size: height of the font in pixels.
    """
    return size * sum(_WIDTHS.get(character, _USUAL_WIDTH) for character in text)


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    size: float
    anchor: Literal["start", "middle", "end"] = "start"
    tone: Literal["ink", "muted", "stage"] = "ink"
    bold: bool = False

    @property
    def span(self) -> tuple[float, float]:
        """Estimated left and right end."""
        width = text_width(self.text, self.size)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, left + width


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A path with square corners that are drawn round; ``lost`` where nothing ever came along it."""

    points: tuple[Point, ...]
    thickness: float
    kind: ShortcutKind = "identity"
    arrow: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """An operation that is written out: a convolution, a pool, the classifier, a gate.

    Attributes:
        id: name of its row, empty for what belongs to a shortcut.
        rect: where it stands.
        text: what is written in it.
        label: what it is, in a sentence.
        counted: whether it counts to the depth in the network's name.
        framed: whether it has a frame; a norm on a shortcut has none.
        selected: whether it is outlined.
        lost: whether it was never reached.
        covered: whether the picture arrives there covered, so that it cannot add context.
    """

    id: str
    rect: Rect
    text: Text
    label: str
    counted: bool = False
    framed: bool = True
    selected: bool = False
    lost: bool = False
    covered: Covering = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A small sign on the path: a norm, a ReLU, an addition or multiplication, or what is named in its text.

    ``lost`` when it was never reached.
    """

    id: str
    kind: Literal["norm", "relu", "add", "mul", "other"]
    rect: Rect
    text: str
    label: str
    selected: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A path from top to bottom with what stands on it."""

    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
    marks: tuple[Mark, ...]
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortcut:
    """The way past a block's main path."""

    id: str
    kind: ShortcutKind
    line: Line
    chips: tuple[Box, ...]
    rect: Rect
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One drawn block, which stands for a run of equal ones.

    Attributes:
        id: name of the block that is drawn.
        count: how many equal blocks it stands for.
        rect: its frame.
        name: its name or range of names.
        times: ``×N``; None for a single block.
        column: the main path with the addition.
        shortcut: None in a plain network.
        label: what it is, in a sentence.
        selected: whether it is outlined.
    """

    id: str
    count: int
    rect: Rect
    name: Text
    times: Text | None
    column: Column
    shortcut: Shortcut | None
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """One block in the strip below a stage, or a run of blocks in the bar that replaces it.

    ``covered`` is that of its convolutions, the strongest of them.
    """

    id: str
    kind: ShortcutKind
    rect: Rect
    label: str
    selected: bool = False
    covered: Covering = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A section of the network.

    Attributes:
        id: ``stem``, ``layer1`` …, ``head``; also says the colour.
        rect: where it stands.
        title: the paper's name and ours.
        shape: what leaves it.
        blocks: one for each run of equal blocks.
        columns: the operations that stand in no block.
        ticks: one per block, or per run above 40.
        pointer: where the selected block is in a bar.
        label: what it is, in a sentence.
        selected: whether it is outlined.
        note: a word above it.
        hatched: the part of it that is hatched.
    """

    id: str
    rect: Rect
    title: Text
    shape: Text
    blocks: tuple[Block, ...]
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    pointer: Rect | None
    label: str
    selected: bool = False
    note: Text | None = None
    hatched: Rect | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """What one card, or one block, hands to the next; ``stage`` is where it comes from."""

    stage: str
    line: Line


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A sign, or letters, and what it means."""

    symbol: Symbol
    x: float
    text: Text
    letters: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole diagram, ``width`` × ``height`` pixels."""

    orientation: Orientation
    width: float
    height: float
    title: str
    description: str
    cards: tuple[Card, ...]
    edges: tuple[Edge, ...]
    legend: tuple[LegendEntry, ...]
