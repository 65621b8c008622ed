"""A drawing as PDF and as PNG, made from its shapes: the same lines, colours and words in both as in its SVG file.

The letters are embedded: ``fonts`` holds the app's own typeface, cut to the signs that a drawing needs.
"""

from __future__ import annotations

import io
from pathlib import Path as File
from threading import Lock

import pypdfium2
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from explorer.views.drawing import Drawing
from explorer.views.export.shapes import Circle, Paint, Path, Rectangle, Shape, Word, sheet
from explorer.views.palette import Theme

POINTS = 0.75
"""Points to a pixel: 72 to the inch against CSS's 96."""
PNG_SCALE = 3
FONTS = {False: "ExplorerSans-Regular", True: "ExplorerSans-SemiBold"}
"""The typeface, by whether it is bold."""
_ONE_AT_A_TIME = Lock()
"""PDFium may be called by one thread at a time."""

for _name in FONTS.values():
    pdfmetrics.registerFont(TTFont(_name, str(File(__file__).parent / "fonts" / f"{_name}.ttf")))


def to_pdf(drawing: Drawing, *, theme: Theme = "light") -> bytes:
    """A drawing as a PDF file of one page, as large as the drawing: vectors, and words that can be searched.

    Args:
        drawing: from ``layout``.
        theme: whose colours are written into it.
    """
    page = sheet(drawing, theme=theme)
    file = io.BytesIO()
    canvas = Canvas(file, (page.width * POINTS, page.height * POINTS), invariant=True, lang="en")
    canvas.setTitle(page.title)
    canvas.setSubject(page.description)
    canvas.setCreator("ResNet Explorer")
    canvas.scale(POINTS, POINTS)
    pen = _Pen(canvas, page.height)
    for shape in page.shapes:
        pen.draw(shape)
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
    """Draws shapes; a PDF's y grows upwards, from the sheet's bottom."""

    def __init__(self, canvas: Canvas, bottom: float) -> None:
        self.canvas = canvas
        self.bottom = bottom

    def draw(self, shape: Shape) -> None:
        match shape:
            case Word():
                self.word(shape)
            case Rectangle(x, y, width, height, radius, paint):
                self.canvas.roundRect(x, self.bottom - y - height, width, height, radius, **self.painted(paint))
            case Circle(x, y, radius, paint):
                self.canvas.circle(x, self.bottom - y, radius, **self.painted(paint))
            case Path():
                self.path(shape)

    def word(self, word: Word) -> None:
        self.canvas.setFillColor(word.colour, word.opacity)
        self.canvas.setFont(FONTS[word.bold], word.size)
        write = {
            "start": self.canvas.drawString,
            "middle": self.canvas.drawCentredString,
            "end": self.canvas.drawRightString,
        }[word.anchor]
        write(word.x, self.bottom - word.y, word.text)

    def path(self, path: Path) -> None:
        drawn = self.canvas.beginPath()
        for command, points in path.steps:
            numbers = [number for x, y in points for number in (x, self.bottom - y)]
            draw = {"M": drawn.moveTo, "L": drawn.lineTo, "C": drawn.curveTo, "Z": drawn.close}[command]
            draw(*numbers)
        self.canvas.drawPath(drawn, **self.painted(path.paint))

    def painted(self, paint: Paint) -> dict[str, int]:
        """Take up the colours and lines of a shape; whether it is filled and outlined."""
        if paint.fill:
            self.canvas.setFillColor(paint.fill, paint.fill_opacity)
        if paint.stroke:
            self.canvas.setStrokeColor(paint.stroke, paint.stroke_opacity)
            self.canvas.setLineWidth(paint.width)
            self.canvas.setLineCap(1 if paint.round_ends else 0)
            self.canvas.setDash(list(paint.dashes))
        return {"fill": int(paint.fill is not None), "stroke": int(paint.stroke is not None)}
