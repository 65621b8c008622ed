r"""A drawing for LaTeX, made from its shapes: a ``tikzpicture`` for ``\input``, in the letters of its document."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.views.drawing import Drawing
from explorer.views.export.latex import in_latex
from explorer.views.export.shapes import Circle, Paint, Path, Rectangle, Shape, Step, Word, sheet
from explorer.views.palette import Theme

POINTS = 0.75
"""TeX's ``bp`` to a pixel."""
_LEADING = 1.2
_PLACES = {"start": "base west", "middle": "base", "end": "base east"}
"""The point of a text that lies at its position."""


def to_tikz(drawing: Drawing, *, theme: Theme = "light") -> str:
    r"""A drawing as a ``tikzpicture``, as large as its PDF; ``\resizebox`` fits it to a column.

    Its letters are the document's sans serif ones, in the drawing's sizes.

    Args:
        drawing: from ``layout``.
        theme: whose colours are written into it.

    Returns:
        The text of the file, ASCII but for Latin letters; a comment above says what a document needs for it.
    """
    page = sheet(drawing, theme=theme)
    colours = {colour: f"drawn{number}" for number, colour in enumerate(dict.fromkeys(_colours(page.shapes)), start=1)}
    lines = [
        f"% {page.title.encode('ascii', 'replace').decode()}, drawn by ResNet Explorer",
        r"% \usepackage[T1]{fontenc} \usepackage{lmodern,tikz}",
        r"% \resizebox{\textwidth}{!}{\input{this file}}",
        rf"\begin{{tikzpicture}}[x={POINTS}bp, y=-{POINTS}bp, every node/.style={{inner sep=0pt, font=\sffamily}}]",
        *(rf"\definecolor{{{name}}}{{HTML}}{{{colour.removeprefix('#')}}}" for colour, name in colours.items()),
        rf"\useasboundingbox (0,0) rectangle {_point(page.width, page.height)};",
        *(_drawn(shape, colours) for shape in page.shapes),
        r"\end{tikzpicture}",
    ]
    return "\n".join(lines) + "\n"


def _colours(shapes: tuple[Shape, ...]) -> Iterator[str]:
    for shape in shapes:
        used = (shape.colour,) if isinstance(shape, Word) else (shape.paint.fill, shape.paint.stroke)
        yield from filter(None, used)


def _drawn(shape: Shape, colours: dict[str, str]) -> str:
    match shape:
        case Word():
            return _word(shape, colours)
        case Rectangle(x, y, width, height, radius, paint):
            corners = f", rounded corners={_length(radius)}" if radius else ""
            form = f"{_point(x, y)} rectangle {_point(x + width, y + height)}"
            return rf"\path[{_painted(paint, colours)}{corners}] {form};"
        case Circle(x, y, radius, paint):
            return rf"\path[{_painted(paint, colours)}] {_point(x, y)} circle[radius={_length(radius)}];"
        case Path(steps, paint):
            return rf"\path[{_painted(paint, colours)}] {''.join(map(_step, steps))};"


def _word(word: Word, colours: dict[str, str]) -> str:
    size, leading = _number(word.size * POINTS), _number(word.size * POINTS * _LEADING)
    weight = r"\bfseries" if word.bold else ""
    font = rf"\fontsize{{{size}}}{{{leading}}}\selectfont{weight}"
    faint = f", opacity={_number(word.opacity)}" if word.opacity < 1 else ""
    look = f"anchor={_PLACES[word.anchor]}, text={colours[word.colour]}{faint}"
    return rf"\node[{look}] at {_point(word.x, word.y)} {{{font} {in_latex(word.text)}}};"


def _step(step: Step) -> str:
    points = [_point(x, y) for x, y in step.points]
    match step.command:
        case "M":
            return points[0]
        case "L":
            return f" -- {points[0]}"
        case "C":
            return f" .. controls {points[0]} and {points[1]} .. {points[2]}"
        case "Z":
            return " -- cycle"


def _painted(paint: Paint, colours: dict[str, str]) -> str:
    """The options of a path: what it is filled and outlined with."""
    options = []
    if paint.fill:
        options.append(f"fill={colours[paint.fill]}")
        if paint.fill_opacity < 1:
            options.append(f"fill opacity={_number(paint.fill_opacity)}")
    if paint.stroke:
        options += [f"draw={colours[paint.stroke]}", f"line width={_length(paint.width)}"]
        if paint.stroke_opacity < 1:
            options.append(f"draw opacity={_number(paint.stroke_opacity)}")
        if paint.round_ends:
            options.append("line cap=round")
        if paint.dashes:
            ons = [f"{turn} {_length(length)}" for turn, length in zip(("on", "off"), paint.dashes, strict=True)]
            options.append(f"dash pattern={' '.join(ons)}")
    return ", ".join(options)


def _point(x: float, y: float) -> str:
    return f"({_number(x)},{_number(y)})"


def _length(pixels: float) -> str:
    return f"{_number(pixels * POINTS)}bp"


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
