"""What a walk is drawn of: maps that stand, maps that move, lines, boxes and frames.

Two directions say where: ``along`` the way and ``across`` it, 0 in the middle. In a wide drawing the way leads to the
right, in a narrow one down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from explorer.architecture.operations import Shape
from explorer.architecture.plan import INPUT
from explorer.views.drawing import Orientation, ShortcutKind
from explorer.views.walk.stations import Deck

SHIFT = (9.0, 7.0)
"""Each sheet of a deck lies so far to the right of and above the one in front of it."""
_VECTOR = (12.0, 150.0)
Place = tuple[float, float]
Reel = tuple[tuple[float, Deck, str], ...]


@dataclass(frozen=True)
class Spot:
    """Where maps stand: from each time on those of another deck, by the name of what it opens.

    The first of ``reel`` is what is awaited there.
    """

    at: Place
    word: str
    shape: str
    stage: str
    reel: Reel


@dataclass(frozen=True)
class Flight:
    """Maps on their way from one time to another: up to ``turn``, a share of the way, those of ``before``.

    Without maps it is a dot. ``ends`` says whether they vanish into a sign at the end, ``begins`` whether they come out
    of one.
    """

    start: float
    end: float
    way: tuple[Place, ...]
    before: Deck | None
    after: Deck | None
    turn: float | None
    stage: str
    begins: bool = False
    ends: bool = False


@dataclass(frozen=True)
class Wire:
    """A line with round corners."""

    way: tuple[Place, ...]
    thickness: float
    kind: ShortcutKind
    stage: str


@dataclass(frozen=True)
class Box:
    """An operation, done at a time; ``around`` are the small ones that belong to it."""

    at: Place
    size: Place
    text: str
    around: str
    stage: str
    name: str
    time: float


@dataclass(frozen=True)
class Frame:
    """Around a block, or around one that stands for ``count``, which go by ``since`` a time ``until`` another."""

    start: Place
    end: Place
    title: str
    stage: str
    name: str
    count: int
    since: float
    until: float


@dataclass
class Scene:
    """All that is drawn; ``half`` is how far it reaches to either side, ``camera`` where one looks when."""

    orientation: Orientation
    half: float = 0.0
    length: float = 0.0
    frames: list[Frame] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    signs: list[tuple[Place, str, str]] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    flights: list[Flight] = field(default_factory=list)
    camera: list[tuple[float, float]] = field(default_factory=list)


def side(size: int) -> float:
    """How large a map of so many values is drawn, in pixels: a fifth smaller for each halving."""
    return max(11.0, 24.0 * size**0.32)


def deck_size(deck: Deck, orientation: Orientation) -> Place:
    """Width and height of one sheet on the screen."""
    if deck.is_vector:
        thin, long = _VECTOR
        return (thin, long) if orientation == "wide" else (long, thin)
    height, width = deck.shape[1:]
    longer = side(max(height, width))
    return longer * width / max(height, width), longer * height / max(height, width)


def photo_deck(picture: Shape) -> Deck:
    """The picture of shape ``(C, H, W)`` as a deck of one sheet."""
    return Deck(row=INPUT, shape=(1, *picture[1:]), chosen_at=INPUT, scale=INPUT)


def turn_at(way: tuple[Place, ...], box: float) -> float:
    """The share of a way after which it comes to a box on its last piece."""
    whole = sum(abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in pairwise(way))
    return 1.0 - (way[-1][0] - box) / whole
