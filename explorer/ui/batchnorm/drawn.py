"""Tables of the page whose rows can be picked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from explorer.ui.data_frame import data_frame


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
    data_frame(
        frame,
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


def _picked(key: str, count: int, on_pick: Callable[[int], None]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < count:
        on_pick(rows[0])
