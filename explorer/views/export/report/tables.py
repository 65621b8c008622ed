"""Tables of a report: all their rows as HTML, for a reader who sorts and searches without a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from explorer.views.frames import COLUMN_HELP, COLUMN_WORDS, MAY_BE_UNKNOWN, NOT_KNOWN
from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import percent, true_minus

_NARROW = ("output_shape", "output_size", "params", "macs", "flops")
"""What a phone shows behind the first column."""
_NOTHING = "–"


def frame_html(frame: pd.DataFrame) -> str:
    """A table of a plan with words for its columns.

    Args:
        frame: from ``explorer.views.tables``.
    """
    head, cells = [], []
    for place, name in enumerate(map(str, frame)):
        numeric = pd.api.types.is_numeric_dtype(frame[name])
        kinds = ("number" if numeric else "", "" if place == 0 or name in _NARROW else "wide")
        head.append(Cell(COLUMN_WORDS.get(name, name), " ".join(filter(None, kinds)), title=COLUMN_HELP.get(name, "")))
        write = _writer(name)
        cells.append([write(value) for value in frame[name].tolist()])
    return html_table(head, zip(*cells, strict=True))


def _writer(name: str) -> Callable[[Any], str]:
    missing = NOT_KNOWN if name in MAY_BE_UNKNOWN else _NOTHING

    def write(value: Any) -> str:
        if pd.isna(value):
            return missing
        if name.endswith("_share"):
            return percent(value, 2)
        return true_minus(f"{value:,}") if isinstance(value, int) else str(value) or _NOTHING

    return write
