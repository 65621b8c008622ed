"""Charts and tables of the page: drawn the same way everywhere, with something to pick in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from explorer.ui import shell
from explorer.views.palette import Theme


def theme() -> Theme:
    """The theme that the reader sees."""
    return "dark" if shell.theme() == "dark" else "light"


def chart(figure: go.Figure, key: str, *, height: int, alt: str, on_pick: Callable[[Any], None] | None = None) -> None:
    """A chart; with ``on_pick`` its points can be clicked.

    Args:
        figure: what is drawn; a point that can be picked has ``customdata``.
        key: its widget key.
        height: in pixels.
        alt: what it shows, for those who do not see it.
        on_pick: called with the first of a point's ``customdata``.
    """
    config = {"displayModeBar": False}
    if on_pick is None:
        st.plotly_chart(figure, height=height, key=key, alt=alt, config=config)
        return
    st.plotly_chart(
        figure,
        height=height,
        key=key,
        alt=alt,
        config=config,
        selection_mode="points",
        on_select=lambda: _clicked(key, on_pick),
    )


def pickable(
    frame: pd.DataFrame,
    key: str,
    *,
    alt: str,
    words: Mapping[str, str],
    columns: Sequence[str],
    height: int,
    on_pick: Callable[[int], None],
) -> None:
    """A table whose rows need no name of their own.

    Args:
        frame: what is shown.
        key: its widget key.
        alt: what it holds, for those who do not see it.
        words: column headers.
        columns: which columns, in order.
        height: in pixels.
        on_pick: called with the place of the row that a person picks.
    """
    st.dataframe(
        frame,
        hide_index=True,
        column_order=columns,
        column_config={name: _column(frame, name, words.get(name, name.capitalize())) for name in columns},
        height=height,
        key=key,
        alt=alt,
        selection_mode="single-row",
        on_select=lambda: _picked(key, len(frame), on_pick),
    )


def _column(frame: pd.DataFrame, name: str, label: str) -> Any:
    if pd.api.types.is_float_dtype(frame[name]):
        return st.column_config.NumberColumn(label, format="%.4g")
    if pd.api.types.is_numeric_dtype(frame[name]):
        return st.column_config.NumberColumn(label, format="localized")
    return st.column_config.TextColumn(label)


def _clicked(key: str, on_pick: Callable[[Any], None]) -> None:
    points = st.session_state[key]["selection"]["points"]
    if points and "customdata" in points[0]:
        data = points[0]["customdata"]
        on_pick(data[0] if isinstance(data, list) else data)


def _picked(key: str, count: int, on_pick: Callable[[int], None]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < count:
        on_pick(rows[0])
