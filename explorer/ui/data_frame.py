"""A table that can be sorted and picked from, and its copy for paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import true_minus

PAPER_ROWS = 400
"""Rows that are printed; the downloads have all."""


def data_frame(
    frame: pd.DataFrame,
    *,
    column_config: Mapping[str, Any],
    column_order: Sequence[str] | None = None,
    placeholder: str = "",
    **settings: Any,
) -> Any:
    """Show a table; a printer gets it as words, for on the screen it is painted, and only the rows in sight.

    Args:
        frame: what is shown.
        column_config: titles and forms of the columns, as Streamlit has it.
        column_order: which columns, in order; all by default.
        placeholder: what stands where there is nothing.
        **settings: what else ``st.dataframe`` takes.
    """
    columns = list(map(str, frame)) if column_order is None else list(column_order)
    st.html(_on_paper(frame[columns], column_config, placeholder))
    return st.dataframe(
        frame,
        hide_index=True,
        column_config=dict(column_config),
        column_order=column_order,
        placeholder=placeholder,
        **settings,
    )


def _on_paper(frame: pd.DataFrame, config: Mapping[str, Any], placeholder: str) -> str:
    head, cells = [], []
    for column in frame:
        settings = config.get(str(column)) or {}
        numeric = pd.api.types.is_numeric_dtype(frame[column])
        head.append(Cell(settings.get("label") or str(column), "number" if numeric else ""))
        write = _writer((settings.get("type_config") or {}).get("format"))
        values = frame[column].iloc[:PAPER_ROWS].tolist()
        cells.append([placeholder if pd.isna(value) else write(value) for value in values])
    more = len(frame) - PAPER_ROWS
    note = f"<p class='on-paper'>{more:,} more rows are not printed.</p>" if more > 0 else ""
    return html_table(head, zip(*cells, strict=True), kind="on-paper") + note


def _writer(form: str | None) -> Callable[[Any], str]:
    """How a column's values read: in its form, else with three places, as the browser writes numbers."""

    def write(value: Any) -> str:
        if isinstance(value, pd.Timestamp):
            return f"{value:%d %b %Y, %H:%M}"
        if isinstance(value, bool | str):
            return str(value)
        if form and "%" in form:
            return true_minus(form % value)
        return true_minus(f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip("."))

    return write
