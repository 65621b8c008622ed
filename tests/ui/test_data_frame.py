"""The copy of a table for paper reads as the table on the screen does."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from explorer.ui import data_frame

FRAME = pd.DataFrame(
    {
        "layer": ["conv1", "<b>"],
        "macs": [118013952, None],
        "share": [2.886, -0.5],
        "ratio": [2.1863, 1.0],
        "hidden": [1, 2],
    }
)
CONFIG = {
    "layer": st.column_config.TextColumn("Layer"),
    "macs": st.column_config.NumberColumn("MACs", format="localized"),
    "share": st.column_config.NumberColumn("MACs, share", format="%.2f %%"),
}


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in rows]


def test_titles_and_forms_are_those_of_the_columns() -> None:
    html = data_frame._on_paper(FRAME.drop(columns="hidden"), CONFIG, "–")
    assert cells(html) == [
        ["Layer", "MACs", "MACs, share", "ratio"],
        ["conv1", "118,013,952", "2.89 %", "2.186"],
        ["&lt;b&gt;", "–", "−0.50 %", "1"],
    ]


def test_a_long_table_says_how_much_of_it_is_not_printed() -> None:
    html = data_frame._on_paper(pd.DataFrame({"n": range(1, 1_402)}), {}, "")
    assert "1,001 more rows are not printed." in html
    assert cells(html)[-1] == ["400"]
