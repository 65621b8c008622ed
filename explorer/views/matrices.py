"""Small matrices with their values side by side, on one scale with zero in the middle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

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
    reach = max((_reach(m.values) for m in matrices if m.values is not None), default=0.0)
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
    title = f"<figcaption>{escape(one.title)}</figcaption>"
    if one.values is None:
        return f"<figure>{title}<p>{escape(one.missing)}</p></figure>"
    shown = one.values[:MOST_CELLS, :MOST_CELLS]
    rows = []
    for y, row in enumerate(shown):
        rows.append("".join(_cell(value, reach, one.note(y, x), whole) for x, value in enumerate(row)))
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<figure>{title}<table>{body}</table></figure>"


def _cell(value: Any, reach: float, note: str, whole: bool) -> str:
    """A number on its colour; reached by a tap, but not in the order of the Tab key."""
    share = float(value) / reach if reach and np.isfinite(value) else 0.0
    place = (share + 1) / 2 * (len(_COLOURS) - 1)
    rgb = [round(float(np.interp(place, range(len(_COLOURS)), _COLOURS[:, c]))) for c in range(3)]
    ink = _BLACK if _luminance(rgb) > _EQUAL_CONTRAST else _WHITE
    style = f"background:rgb({','.join(map(str, rgb))});color:{ink}"
    return f'<td tabindex="-1" style="{style}" data-note="{escape(note)}">{short(float(value), whole=whole)}</td>'


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


def _reach(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max()) if finite.size else 0.0


def _is_whole(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool((finite == np.round(finite)).all())
