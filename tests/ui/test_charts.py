"""The one way to show a chart: as high as it says, in its own colours, and what a click on a point brings."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from explorer.ui import charts
from explorer.views.charts.figure import figure, scatter

FIGURE = figure([scatter([1], [2])], theme="light", height=123)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What Streamlit is asked to show, and under ``state`` what it keeps of the browser's clicks."""
    asked: dict[str, Any] = {"state": {}}
    monkeypatch.setattr(st, "plotly_chart", lambda drawn, **how: asked.update(how, figure=drawn))
    monkeypatch.setattr(st, "session_state", asked["state"])
    return asked


def click(shown: dict[str, Any], *points: dict[str, Any]) -> None:
    shown["state"]["chart"] = {"selection": {"points": list(points)}}
    shown["on_select"]()


def test_a_chart_has_its_own_colours_and_height_a_name_for_those_who_do_not_see_it_and_no_bar(shown):
    charts.chart(FIGURE, "chart", alt="What it shows.")
    assert (shown["figure"], shown["key"], shown["alt"]) == (FIGURE, "chart", "What it shows.")
    assert (shown["theme"], shown["width"], shown["config"]) == (
        None,
        "stretch",
        {"displayModeBar": False, "scrollZoom": False},
    )
    assert "height" not in shown
    assert shown["on_select"] == "ignore"


@pytest.mark.parametrize("customdata", ["layer1", ["layer1", "conv"]])
def test_a_click_on_a_point_brings_its_name(shown, customdata):
    picked: list[str] = []
    charts.chart(FIGURE, "chart", alt="a", on_pick=picked.append)
    assert shown["selection_mode"] == "points"
    click(shown, {"customdata": customdata, "x": 1, "y": 2})
    assert picked == ["layer1"]


def test_a_click_beside_every_point_or_on_one_without_a_name_brings_nothing(shown):
    picked: list[str] = []
    charts.chart(FIGURE, "chart", alt="a", on_pick=picked.append)
    click(shown)
    click(shown, {"x": 1, "y": 2})
    assert picked == []


def test_a_click_on_a_map_brings_row_and_column(shown):
    places: list[tuple[int, int]] = []
    charts.chart(FIGURE, "chart", alt="a", on_place=lambda y, x: places.append((y, x)))
    click(shown, {"customdata": 0.5, "x": 7, "y": 2.0})
    assert places == [(2, 7)]
