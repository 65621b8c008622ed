"""A small table, as several figures have it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

_STYLE = """<style>
.learn { overflow-x: auto; }
.learn table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.learn th, .learn td { padding: 4px 18px 4px 0; text-align: left; vertical-align: top; font-weight: 400; }
.learn thead th { font-weight: 650; }
.learn td { white-space: pre-line; }
.learn .short { white-space: pre; }
.learn tr { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
@media (max-width: 640px) { .learn th, .learn td { padding-right: 12px; } }
</style>"""
_SHORT = 14  # characters that stay on one line


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A small table that scrolls within itself where there is little room.

    Args:
        headers: one for each column.
        rows: cells as text; the first names the row.
    """
    head = "".join(f"<th scope='col'>{escape(header)}</th>" for header in headers)
    body = "".join(f"<tr><th scope='row'>{escape(row[0])}</th>{''.join(map(_cell, row[1:]))}</tr>" for row in rows)
    st.html(f"{_STYLE}<div class='learn'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def _cell(text: str) -> str:
    short = " class='short'" if len(text) <= _SHORT else ""
    return f"<td{short}>{escape(text)}</td>"
