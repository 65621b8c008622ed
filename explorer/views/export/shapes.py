"""A drawing as a list of plain shapes, read from its SVG file: what every other file format is written from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast
from xml.etree import ElementTree

from explorer.views.drawing import Drawing
from explorer.views.palette import Theme
from explorer.views.svg import to_svg

_TOKEN = re.compile(r"[A-Za-z]|-?\d+(?:\.\d+)?")
_LENGTH = {"M": 2, "L": 2, "m": 2, "l": 2, "h": 1, "v": 1, "Q": 4, "Z": 0}
"""Commands of a path, each with how many numbers it takes."""

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Paint:
    """How a shape is filled and outlined.

    Attributes:
        fill: its colour, ``#0F766E``; None where it is not filled.
        fill_opacity: from 0 to 1.
        stroke: the outline's colour; None where it has none.
        stroke_opacity: from 0 to 1.
        width: of the outline in pixels.
        round_ends: whether its ends and dashes are round.
        dashes: lengths of dashes and gaps in pixels; none for a whole line.
    """

    fill: str | None
    fill_opacity: float
    stroke: str | None
    stroke_opacity: float
    width: float
    round_ends: bool
    dashes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A line of text; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    size: float
    anchor: Anchor
    bold: bool
    colour: str
    opacity: float


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle whose corners may be round."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    paint: Paint


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle."""

    x: float
    y: float
    radius: float
    paint: Paint


class Step(NamedTuple):
    """A step of a path: the command and the points that it takes, none of them relative.

    ``M`` moves to a point, ``L`` draws a line to it, ``C`` a curve with two handles, ``Z`` closes the path.
    """

    command: Literal["M", "L", "C", "Z"]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A line of any form."""

    steps: tuple[Step, ...]
    paint: Paint


Shape = Word | Rectangle | Circle | Path


@dataclass(frozen=True, slots=True)
class Sheet:
    """All shapes of a drawing, those in front last, in pixels from its left upper corner.

    Attributes:
        title: of the drawing.
        description: what it shows, in a sentence.
        width: of the sheet.
        height: of the sheet.
        shapes: what is on it; the first is the paper.
    """

    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


def sheet(drawing: Drawing, *, theme: Theme = "light") -> Sheet:
    """The shapes of a drawing, the same as in its SVG file.

    Args:
        drawing: from ``layout``.
        theme: whose colours they have.
    """
    root = ElementTree.fromstring(to_svg(drawing, theme=theme))
    _, top, width, height = (float(number) for number in root.attrib["viewBox"].split())
    return Sheet(drawing.title, drawing.description, width, height, tuple(_shapes(root, -top, 1.0)))


def _shapes(parent: ElementTree.Element, down: float, opacity: float) -> Iterator[Shape]:
    """The shapes within an element, moved down, with the opacity of the groups that they are in."""
    for element in parent:
        place = {name: float(element.get(name, 0)) for name in ("x", "y", "width", "height", "rx", "cx", "cy", "r")}
        match element.tag.rpartition("}")[2]:
            case "g":
                yield from _shapes(element, down, opacity * float(element.get("opacity", 1)))
            case "text":
                yield _word(element, down, opacity)
            case "rect":
                size = (place["width"], place["height"], place["rx"])
                yield Rectangle(place["x"], place["y"] + down, *size, _paint(element, opacity))
            case "circle":
                yield Circle(place["cx"], place["cy"] + down, place["r"], _paint(element, opacity))
            case "path":
                yield Path(tuple(_steps(element.attrib["d"], down)), _paint(element, opacity))
            case "title" | "desc":
                pass
            case other:
                raise AssertionError(f"a drawing has no {other}")


def _word(element: ElementTree.Element, down: float, opacity: float) -> Word:
    return Word(
        x=float(element.attrib["x"]),
        y=float(element.attrib["y"]) + down,
        text=element.text or "",
        size=float(element.attrib["font-size"]),
        anchor=cast(Anchor, element.get("text-anchor", "start")),
        bold="font-weight" in element.attrib,
        colour=element.attrib["fill"],
        opacity=opacity,
    )


def _paint(element: ElementTree.Element, opacity: float) -> Paint:
    fill, stroke = element.get("fill", "#000000"), element.get("stroke", "none")
    return Paint(
        fill=None if fill == "none" else fill,
        fill_opacity=opacity * float(element.get("fill-opacity", 1)),
        stroke=None if stroke == "none" else stroke,
        stroke_opacity=opacity * float(element.get("stroke-opacity", 1)),
        width=float(element.get("stroke-width", 1)),
        round_ends=element.get("stroke-linecap") == "round",
        dashes=tuple(float(length) for length in element.get("stroke-dasharray", "").split()),
    )


def _steps(written: str, down: float) -> Iterator[Step]:
    """The steps of a path's ``d``."""
    x, y = 0.0, 0.0
    for command, numbers in _commands(written):
        start = (x, y + down)
        match command:
            case "M" | "L" | "Q":
                x, y = numbers[-2:]
            case "m" | "l":
                x, y = x + numbers[0], y + numbers[1]
            case "h":
                x += numbers[0]
            case "v":
                y += numbers[0]
        end = (x, y + down)
        match command:
            case "M" | "m":
                yield Step("M", (end,))
            case "Z":
                yield Step("Z", ())
            case "Q":
                # a curve with one handle as one with two
                corner = (numbers[0], numbers[1] + down)
                handles = [(a + 2 / 3 * (corner[0] - a), b + 2 / 3 * (corner[1] - b)) for a, b in (start, end)]
                yield Step("C", (*handles, end))
            case _:
                yield Step("L", (end,))


def _commands(written: str) -> Iterator[tuple[str, list[float]]]:
    """The commands of a path's ``d``, each with its numbers."""
    tokens = iter(_TOKEN.findall(written))
    for command in tokens:
        yield command, [float(next(tokens)) for _ in range(_LENGTH[command])]
