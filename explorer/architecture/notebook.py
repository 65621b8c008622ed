"""What a notebook shows of specs, plans and recordings: plain HTML tables."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table for ``_repr_html_``; whole numbers get commas, all else is shown as text.

    Args:
        caption: what it is, above the table.
        head: titles of the columns.
        rows: values, one for each column.
    """
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def fields_table(caption: str, fields: Mapping[str, object]) -> str:
    """A table of fields and their values."""
    return html_table(caption, ("field", "value"), ((name, str(value)) for name, value in fields.items()))


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td style="text-align: right">{value:,}</td>'
    return f'<td style="text-align: left">{escape(str(value))}</td>'
