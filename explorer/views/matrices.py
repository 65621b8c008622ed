"""Small matrices with their values side by side, on one scale with zero in the middle."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from PIL import ImageColor

from explorer.views.numbers import written
from explorer.views.palette import DIVERGING

MOST_CELLS = 10
"""Rows and columns that are written out; of a larger map this is its corner."""
_COLOURS = np.array([ImageColor.getrgb(colour) for colour in DIVERGING], dtype=float)
# Black and white, because nothing softer can be read (4.5 to 1) on every colour between them.
_BLACK, _WHITE = "#000000", "#FFFFFF"
_EQUAL_CONTRAST = 0.179  # relative luminance on which black and white are equally legible, WCAG 2.2

Note = Callable[[int, int], str]


@dataclass(frozen=True, eq=False)
class Matrix:
    """One map.

    Attributes:
        title: what it is, with its shape.
        values: ``(H, W)``; None where this map has no such channel.
        note: what is said of a cell when it is pointed at or tapped, from its row and column.
        missing: what stands in its place when there are no values.
    """

    title: str
    values: np.ndarray | None
    note: Note
    missing: str = ""


def matrices_html(matrices: Sequence[Matrix], signs: Sequence[str]) -> str:
    """Maps in a row with signs between them, as HTML; larger ones than ``MOST_CELLS`` are cut to their corner.

    Args:
        matrices: in order.
        signs: what stands between two of them: one less than there are matrices.
    """
    reach = max((reach_of(m.values) for m in matrices if m.values is not None), default=0.0)
    whole = all(m.values is None or _is_whole(m.values) for m in matrices)
    parts: list[str] = []
    for i, one in enumerate(matrices):
        if i:
            parts.append(f'<div class="sign">{escape(signs[i - 1])}</div>')
        parts.append(_figure(one, reach, whole))
    return f'<div class="numbers">{"".join(parts)}</div>'


def corner_words(shape: Sequence[int]) -> str:
    """That only the corner of a map is shown; empty when it is shown whole."""
    height, width = shape
    if max(height, width) <= MOST_CELLS:
        return ""
    rows, columns = min(height, MOST_CELLS), min(width, MOST_CELLS)
    return f"Shown is the top left corner, {rows}×{columns} of {height}×{width}."


def sum_note(main: np.ndarray, shortcut: np.ndarray, total: np.ndarray) -> Note:
    """Says how a cell of the sum comes about: ``−0.31 + 1.2 = 0.89``."""

    def note(y: int, x: int) -> str:
        second = float(shortcut[y, x])
        sign = "−" if second < 0 else "+"
        return f"{written(float(main[y, x]))} {sign} {written(abs(second))} = {written(float(total[y, x]))}"

    return note


def value_note(name: str, values: np.ndarray) -> Note:
    """Says where a cell is and its value in four figures."""
    return lambda y, x: f"{name} at y {y}, x {x}: {written(float(values[y, x]))}"


def _figure(one: Matrix, reach: float, whole: bool) -> str:
    if one.values is None:
        return f"<figure><figcaption>{escape(one.title)}</figcaption><p>{escape(one.missing)}</p></figure>"
    rows = [
        [
            square(short(float(value), whole=whole), style=ground(float(value), reach), note=one.note(y, x))
            for x, value in enumerate(row[:MOST_CELLS])
        ]
        for y, row in enumerate(one.values[:MOST_CELLS])
    ]
    return f"<figure>{matrix_table(one.title, rows)}</figure>"


def matrix_table(
    title: str, rows: Iterable[Sequence[str]], *, across: Sequence[str] = (), down: Sequence[str] = (), kind: str = ""
) -> str:
    """The one drawing of a matrix as an HTML table.

    Args:
        title: above it.
        rows: cells, from ``square``.
        across: names of the columns, and first what stands in the corner; empty for none.
        down: names of the rows; empty for none.
        kind: a class of its own.
    """
    names = [f'<th scope="row">{escape(name)}</th>' for name in down]
    lines = ["".join(f'<th scope="col">{escape(name)}</th>' for name in across)] if across else []
    lines += [f"{names[place] if names else ''}{''.join(cells)}" for place, cells in enumerate(rows)]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table class="{f"matrix {kind}".rstrip()}"><caption>{escape(title)}</caption>{body}</table>'


def square(text: str, *, kind: str = "", style: str = "", title: str = "", note: str = "") -> str:
    """A cell of a matrix.

    Args:
        text: what it says.
        kind: ``framed`` or ``empty``.
        style: from ``ground``.
        title: an exact value, or what to say when it is pointed at.
        note: what is said below the matrix; then a tap reaches the cell too, but not the Tab key.
    """
    given = {"class": kind, "style": style, "title": title, "data-note": note, "tabindex": "-1" if note else ""}
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in given.items() if value)
    return f"<td{attributes}>{text}</td>"


def ground(value: float, reach: float) -> str:
    """Colours of a cell: the diverging scale with zero in the middle, and of black and white what is easier to read.

    Args:
        value: of the cell.
        reach: the value, or the negative of it, at an end of the scale.
    """
    share = value / reach if reach and math.isfinite(value) else 0.0
    place = (share + 1) / 2 * (len(_COLOURS) - 1)
    rgb = [round(float(np.interp(place, range(len(_COLOURS)), _COLOURS[:, c]))) for c in range(3)]
    ink = _BLACK if _luminance(rgb) > _EQUAL_CONTRAST else _WHITE
    return f"background:rgb({','.join(map(str, rgb))});color:{ink}"


def _luminance(rgb: Sequence[int]) -> float:
    """Relative luminance of a colour, WCAG 2.2."""
    parts = [value / 255 for value in rgb]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def short(value: float, *, whole: bool = False) -> str:
    """A number in the room of a cell: two decimals, none where all are whole or large."""
    if not np.isfinite(value):
        return written(value)
    if abs(value) >= 10_000:
        return f"{value:.0e}".replace("e+0", "e").replace("-", "−")
    digits = 0 if whole or abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if not float(text) else text.replace("-", "−")


def reach_of(values: np.ndarray) -> float:
    """The largest magnitude of the finite values; 0 where there is none."""
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max()) if finite.size else 0.0


def _is_whole(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool((finite == np.round(finite)).all())
