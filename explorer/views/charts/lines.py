"""How the lines of a chart are told apart: by colours that are no stage's, and by dashes and symbols too."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape

from explorer.views.charts.figure import Part
from explorer.views.html_table import Cell
from explorer.views.palette import LINE_COLOURS, TEXT, Theme

DASHES = ((), (7, 4), (2, 3), (10, 3, 2, 3), (14, 4), (10, 3, 2, 3, 2, 3))
SYMBOLS = ("circle", "square", "diamond", "x", "triangle-up")
FAINTEST: dict[Theme, tuple[int, int, int]] = {"light": (139, 147, 161), "dark": (95, 107, 122)}
"""The grey of the first of several lines in order: 3 to 1 against the background (WCAG 2.2 for lines)."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a line is drawn.

    Attributes:
        colour: of the line and of its label.
        dash: lengths of dashes and gaps in pixels, none for a solid line.
        symbol: what marks its points, where they are marked.
        width: in pixels.
    """

    colour: str
    dash: tuple[int, ...] = ()
    symbol: str = SYMBOLS[0]
    width: float = 1.8

    def line(self) -> Part:
        """The line as Plotly writes it."""
        return {"color": self.colour, "width": self.width, "dash": ",".join(f"{one}px" for one in self.dash) or "solid"}


def look(place: int, theme: Theme, *, dashes: tuple[tuple[int, ...], ...] = DASHES) -> Look:
    """How one of several lines is drawn.

    Args:
        place: from 0.
        theme: ``light`` or ``dark``.
        dashes: those that are taken in turn.
    """
    colours = LINE_COLOURS[theme]
    return Look(
        colour=colours[place % len(colours)],
        dash=dashes[place % len(dashes)],
        symbol=SYMBOLS[place % len(SYMBOLS)],
    )


def look_in_order(place: int, of: int, theme: Theme) -> Look:
    """How one of several lines that follow each other is drawn: solid, the last one the strongest.

    Args:
        place: from 0.
        of: how many there are.
        theme: ``light`` or ``dark``.
    """
    share = 1.0 if of == 1 else place / (of - 1)
    strongest = tuple(bytes.fromhex(TEXT[theme].removeprefix("#")))
    mixed = (round(a + share * (b - a)) for a, b in zip(FAINTEST[theme], strongest, strict=True))
    return Look(colour="#" + bytes(mixed).hex())


def line_sample(drawn: Look) -> str:
    """A short piece of a line as an image in HTML, for a table."""
    dash = ",".join(map(str, drawn.dash)) or "none"
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="46" height="8"><line x1="0" y1="4" x2="46" y2="4" '
        f'stroke="{drawn.colour}" stroke-width="{drawn.width}" stroke-dasharray="{dash}"/></svg>'
    )
    return f'<img src="data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}" alt="" width="46" height="8">'


def line_name(place: int, drawn: Look, label: str) -> Cell:
    """The cell that names a line in a table: its number, a piece of it, and what it is.

    Args:
        place: the line's, from 0.
        drawn: its look.
        label: for people.
    """
    return Cell(kind="sample", html=f"<b>{place + 1}</b>{line_sample(drawn)}{escape(label)}")


def dotted(*, x: float | None = None, y: float | None = None) -> Part:
    """A dotted line through the whole figure at one place of an axis: what is picked, or what is compared with."""
    line = {"type": "line", "line": {"dash": "dot"}}
    if x is not None:
        return {**line, "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1}
    return {**line, "y0": y, "y1": y, "xref": "paper", "x0": 0, "x1": 1}
