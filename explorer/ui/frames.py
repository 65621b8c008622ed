"""Tables on a page: words for the columns, thousands separated, a row that can be picked, downloads."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from explorer.ui import work
from explorer.ui.data_frame import data_frame
from explorer.ui.widgets import save
from explorer.views.export.tables import csv_text, json_text, latex_text, markdown_text
from explorer.views.frames import COLUMN_HELP, COLUMN_WORDS, MAY_BE_UNKNOWN, NOT_KNOWN, counted
from explorer.views.numbers import NO_BREAK

_NOTHING = "–"
"""What stands where a table has nothing, such as the kernel of an addition."""
_ROOM = 95
"""Pixels that "not known" takes."""
_FOUR_FIGURES = ("deviation", "start", "ratio", "milliseconds", "lower_quartile", "upper_quartile", "intensity")
"""Columns of fractions that may be small."""


def table(
    frame: pd.DataFrame,
    key: str,
    *,
    alt: str,
    name_column: str | None = None,
    picked: str = "",
    on_pick: Callable[[str], None] | None = None,
    height: Any = "auto",
    words: Mapping[str, str] | None = None,
) -> None:
    """A table; with ``on_pick`` a row of it can be picked.

    Args:
        frame: what is shown.
        key: its widget key.
        alt: what the table holds, for those who do not see it.
        name_column: the column that names a row.
        picked: name of the row that is marked.
        on_pick: called with the name of the row that a person picks.
        height: as Streamlit has it.
        words: column headers beside the usual ones.
    """
    frame = counted(frame, work.chosen())
    unknown = [column for column in MAY_BE_UNKNOWN if column in frame and frame[column].isna().any()]
    frame = frame.assign(**{column: _said(frame[column]) for column in unknown})
    config = {str(column): _column(frame, str(column), {**COLUMN_WORDS, **(words or {})}) for column in frame}
    # Streamlit's own form for a share writes no space in front of the sign
    frame = frame.assign(**{str(column): 100 * frame[column] for column in frame if _is_share(column)})
    if on_pick is None or name_column is None:
        data_frame(frame, column_config=config, height=height, key=key, alt=alt, placeholder=_NOTHING)
        return
    names = frame[name_column].tolist()
    rows = [names.index(picked)] if picked in names else []
    chosen: Any = {"selection": {"rows": rows, "columns": [], "cells": []}}
    if key in st.session_state and list(st.session_state[key]["selection"]["rows"]) != rows:
        st.session_state[key] = chosen
    data_frame(
        frame,
        column_config=config,
        height=height,
        key=key,
        alt=alt,
        placeholder=_NOTHING,
        selection_mode="single-row",
        selection_default=chosen,
        on_select=lambda: _picked(key, names, on_pick),
    )


def downloads(frame: pd.DataFrame, stem: str, key: str, **more: tuple[str, Callable[[], str]]) -> None:
    """Buttons that save a table as CSV, JSON, Markdown and LaTeX.

    Args:
        frame: what is saved.
        stem: file name without its ending.
        key: start of the buttons' keys.
        **more: further buttons by file ending: label and maker of the text.
    """
    frame = counted(frame, work.chosen())
    kinds: dict[str, tuple[str, Callable[[], str]]] = {
        "csv": ("CSV", lambda: csv_text(frame)),
        "json": ("JSON", lambda: json_text(frame)),
        "md": ("Markdown", lambda: markdown_text(frame)),
        "tex": ("LaTeX", lambda: latex_text(frame)),
        **more,
    }
    with st.container(horizontal=True, gap="small"):
        for ending, (label, make) in kinds.items():
            save(label, make, f"{stem}.{ending}", key=f"{key}_{ending}", help=f"Save as {label}.")


def _column(frame: pd.DataFrame, column: str, words: Mapping[str, str]) -> Any:
    label = words.get(column, column)
    if _is_share(column):
        return st.column_config.NumberColumn(label, format=f"%.2f{NO_BREAK}%%")
    if column in _FOUR_FIGURES:
        return st.column_config.NumberColumn(label, format="%.4g")
    if pd.api.types.is_numeric_dtype(frame[column]):
        return st.column_config.NumberColumn(label, format="localized", help=COLUMN_HELP.get(column))
    alignment: Any = "right" if column in MAY_BE_UNKNOWN else None
    # the browser measures the first rows alone, which may be numbers
    width = _ROOM if column == "blocks" else None
    return st.column_config.TextColumn(label, alignment=alignment, width=width, help=COLUMN_HELP.get(column))


def _said(column: pd.Series) -> pd.Series:
    """Numbers of which some are not known, as text."""
    return column.map(lambda value: NOT_KNOWN if pd.isna(value) else f"{value:,}").astype("str")


def _is_share(column: object) -> bool:
    return str(column).endswith("_share")


def _picked(key: str, names: list[str], on_pick: Callable[[str], None]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    on_pick(names[rows[0]] if rows and rows[0] < len(names) else "")
