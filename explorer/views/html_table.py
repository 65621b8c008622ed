"""Small tables as HTML: the one way to write those that nobody sorts; ``web/tables.css`` has their look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from html import escape

SHORT = 14
"""Characters that stay on one line."""


@dataclass(frozen=True)
class Cell:
    """One cell, or the title of a column.

    Attributes:
        text: what it says.
        kind: ``number`` stands on the right, ``wide`` is left out on a phone; a title's kind holds for its column.
        title: an exact value, or what to say when it is pointed at.
        colour: of the text, as CSS has it.
        html: in place of the text, with all that people wrote already escaped.
    """

    text: str = ""
    kind: str = ""
    _: KW_ONLY
    title: str = ""
    colour: str = ""
    html: str = ""


def html_table(
    head: Sequence[str | Cell],
    rows: Iterable[Sequence[str | Cell]],
    *,
    kind: str = "",
    picked: int | None = None,
    stacked: bool = False,
) -> str:
    """A table that scrolls within itself where there is little room.

    Args:
        head: titles of the columns.
        rows: a cell for each column; the first names the row.
        kind: a class of its own, for what it does differently from other tables.
        picked: place of a row that is marked.
        stacked: on a phone each cell stands on a line of its own, behind the title of its column.
    """
    columns = [_as_cell(one) for one in head]
    titles = "".join(_drawn("th scope='col'", column, column.kind) for column in columns)
    lines = []
    for place, row in enumerate(rows):
        first, *others = map(_as_cell, row)
        cells = [_drawn("th scope='row'", first, columns[0].kind)]
        for column, cell in zip(columns[1:], others, strict=True):
            label = f" data-of='{escape(column.text)}'" if stacked else ""
            cells.append(_drawn(f"td{label}", cell, column.kind))
        marked = " class='picked'" if place == picked else ""
        lines.append(f"<tr{marked}>{''.join(cells)}</tr>")
    names = " ".join(filter(None, ("table", kind, "stacked" if stacked else "")))
    body = f"<thead><tr>{titles}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f"<div class='{names}'><table>{body}</table></div>"


def figures_table(head: Sequence[str], rows: Iterable[Sequence[str | Cell]], *, kind: str = "") -> str:
    """A table whose first column are words and whose others are figures.

    Args:
        head: titles of the columns.
        rows: as for ``html_table``.
        kind: as for ``html_table``.
    """
    first, *others = head
    return html_table([first, *(Cell(title, "number") for title in others)], rows, kind=kind)


def _as_cell(one: str | Cell) -> Cell:
    return one if isinstance(one, Cell) else Cell(one)


def _drawn(tag: str, cell: Cell, column: str) -> str:
    short = "short" if 0 < len(cell.text) <= SHORT and not cell.html else ""
    kinds = " ".join(dict.fromkeys(filter(None, (column, cell.kind, short))))
    classes = f" class='{kinds}'" if kinds else ""
    title = f" title='{escape(cell.title)}'" if cell.title else ""
    style = f" style='color:{cell.colour}'" if cell.colour else ""
    return f"<{tag}{classes}{title}{style}>{cell.html or escape(cell.text)}</{tag.partition(' ')[0]}>"
