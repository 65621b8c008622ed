"""A drawing as PDF and as PNG, made from its SVG file: the same lines, colours and words in all three.

The letters are embedded: ``fonts`` holds the app's own typeface, cut to the signs that a drawing needs.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from xml.etree import ElementTree

import pypdfium2
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from explorer.views.drawing import Drawing
from explorer.views.palette import Theme
from explorer.views.svg import to_svg

POINTS = 0.75
"""Points to a pixel: 72 to the inch against CSS's 96."""
PNG_SCALE = 3
FONTS = {"": "ExplorerSans-Regular", "600": "ExplorerSans-SemiBold"}
_TOKEN = re.compile(r"[A-Za-z]|-?\d+(?:\.\d+)?")
_LENGTH = {"M": 2, "L": 2, "m": 2, "l": 2, "h": 1, "v": 1, "Q": 4, "Z": 0}
"""Commands of a path, each with how many numbers it takes."""
_ONE_AT_A_TIME = Lock()
"""PDFium may be called by one thread at a time."""

for _name in FONTS.values():
    pdfmetrics.registerFont(TTFont(_name, str(Path(__file__).parent / "fonts" / f"{_name}.ttf")))


def to_pdf(drawing: Drawing, *, theme: Theme = "light") -> bytes:
    """A drawing as a PDF file of one page, as large as the drawing: vectors, and words that can be searched.

    Args:
        drawing: from ``layout``.
        theme: whose colours are written into it.
    """
    root = ElementTree.fromstring(to_svg(drawing, theme=theme))
    _, top, width, height = (float(number) for number in root.attrib["viewBox"].split())
    file = io.BytesIO()
    canvas = Canvas(file, (width * POINTS, height * POINTS), invariant=True, lang="en")
    canvas.setTitle(drawing.title)
    canvas.setSubject(drawing.description)
    canvas.setCreator("ResNet Explorer")
    canvas.scale(POINTS, POINTS)
    _Pen(canvas, top + height).elements(root)
    canvas.save()
    return file.getvalue()


def to_png(drawing: Drawing, *, theme: Theme = "light", scale: float = PNG_SCALE) -> bytes:
    """A drawing as a PNG picture.

    Args:
        drawing: from ``layout``.
        theme: whose colours are written into it.
        scale: the picture's pixels to one of the drawing's.
    """
    file = io.BytesIO()
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(to_pdf(drawing, theme=theme)) as document:
        document[0].render(scale=scale / POINTS).to_pil().save(file, "PNG", optimize=True)
    return file.getvalue()


class _Pen:
    """Draws the elements that ``to_svg`` writes; a PDF's y grows upwards, from the drawing's bottom."""

    def __init__(self, canvas: Canvas, bottom: float) -> None:
        self.canvas = canvas
        self.bottom = bottom

    def elements(self, parent: ElementTree.Element, opacity: float = 1.0) -> None:
        for element in parent:
            match element.tag.rpartition("}")[2]:
                case "g":
                    self.elements(element, opacity * float(element.get("opacity", 1)))
                case "text":
                    self.text(element, opacity)
                case "title" | "desc":
                    pass
                case shape:
                    self.shape(shape, element, opacity)

    def text(self, element: ElementTree.Element, opacity: float) -> None:
        self.canvas.setFillColor(element.attrib["fill"], opacity)
        self.canvas.setFont(FONTS[element.get("font-weight", "")], float(element.attrib["font-size"]))
        write = {
            "start": self.canvas.drawString,
            "middle": self.canvas.drawCentredString,
            "end": self.canvas.drawRightString,
        }[element.get("text-anchor", "start")]
        write(float(element.attrib["x"]), self.bottom - float(element.attrib["y"]), element.text or "")

    def shape(self, shape: str, element: ElementTree.Element, opacity: float) -> None:
        fill, stroke = element.get("fill", "#000000"), element.get("stroke", "none")
        if fill != "none":
            self.canvas.setFillColor(fill, opacity * float(element.get("fill-opacity", 1)))
        if stroke != "none":
            self.canvas.setStrokeColor(stroke, opacity * float(element.get("stroke-opacity", 1)))
            self.canvas.setLineWidth(float(element.get("stroke-width", 1)))
            self.canvas.setLineCap(1 if element.get("stroke-linecap") == "round" else 0)
            self.canvas.setDash([float(length) for length in element.get("stroke-dasharray", "").split()])
        how = {"fill": int(fill != "none"), "stroke": int(stroke != "none")}
        place = {name: float(element.get(name, 0)) for name in ("x", "y", "width", "height", "rx", "cx", "cy", "r")}
        match shape:
            case "rect":
                low = self.bottom - place["y"] - place["height"]
                self.canvas.roundRect(place["x"], low, place["width"], place["height"], place["rx"], **how)
            case "circle":
                self.canvas.circle(place["cx"], self.bottom - place["cy"], place["r"], **how)
            case "path":
                self.path(element.attrib["d"], how)
            case _:
                raise AssertionError(f"a drawing has no {shape}")

    def path(self, written: str, how: dict[str, int]) -> None:
        path = self.canvas.beginPath()
        x = y = 0.0
        for command, numbers in _commands(written):
            start = (x, y)
            match command:
                case "M" | "L" | "Q":
                    x, y = numbers[-2:]
                case "m" | "l":
                    x, y = x + numbers[0], y + numbers[1]
                case "h":
                    x += numbers[0]
                case "v":
                    y += numbers[0]
            match command:
                case "M" | "m":
                    path.moveTo(x, self.bottom - y)
                case "Z":
                    path.close()
                case "Q":
                    corner = (numbers[0], numbers[1])
                    # a curve with one handle as one with two
                    (a, b), (c, d) = (
                        (end[0] + 2 / 3 * (corner[0] - end[0]), end[1] + 2 / 3 * (corner[1] - end[1]))
                        for end in (start, (x, y))
                    )
                    path.curveTo(a, self.bottom - b, c, self.bottom - d, x, self.bottom - y)
                case _:
                    path.lineTo(x, self.bottom - y)
        self.canvas.drawPath(path, **how)


def _commands(written: str) -> Iterator[tuple[str, list[float]]]:
    """The commands of a path's ``d``, each with its numbers."""
    tokens = iter(_TOKEN.findall(written))
    for command in tokens:
        yield command, [float(next(tokens)) for _ in range(_LENGTH[command])]
