"""Whether blocks pass their input on: a table in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import written

HEADERS = (
    "Block, main path set to 0",
    "x ≥ 0",
    "Signed x",
    Cell("Largest |out − x|, signed x", "number"),
    Cell("Why", "wide"),
)


@dataclass(frozen=True, kw_only=True)
class VariantRow:
    """One line of the table.

    Attributes:
        title: of the block.
        positive: whether an input without negative values leaves it exactly as it came.
        signed: likewise for an input of both signs.
        largest: largest difference for the signed input; NaN where the shape changes.
        why: one sentence.
        picked: whether the line is marked.
    """

    title: str
    positive: bool
    signed: bool
    largest: float
    why: str
    picked: bool = False


def variants_html(rows: Sequence[VariantRow]) -> str:
    """The table as HTML, which wraps where there is little room.

    Args:
        rows: one for each block.
    """
    cells = []
    for row in rows:
        largest = "shape changes" if row.largest != row.largest else written(row.largest)
        cells.append((row.title, _answer(row.positive), _answer(row.signed), largest, row.why))
    return html_table(HEADERS, cells, picked=next((place for place, row in enumerate(rows) if row.picked), None))


def _answer(exact: bool) -> str:
    return "✓ exact" if exact else "✕ no"
