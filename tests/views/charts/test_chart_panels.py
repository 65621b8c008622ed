"""Panels stand where they are asked for and share what they shall share; stages are named over their points."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.views.charts.axes import axis
from explorer.views.charts.figure import scatter
from explorer.views.charts.panels import MARKED_POINTS, Panel, along, by_stage, panels
from explorer.views.palette import stage_colour

HOW: dict[str, Any] = {"theme": "light", "height": 300, "margin": (10, 10, 10, 10), "gap": 0.05}


def grid(rows: int, columns: int, **how: Any) -> go.Figure:
    drawn = [
        [Panel(traces=[scatter([0], [row * columns + column])], title=f"{row}, {column}") for column in range(columns)]
        for row in range(rows)
    ]
    return panels(drawn, **{**HOW, **how})


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(1, 4))
def test_panels_stand_in_rows_the_first_on_top_and_do_not_overlap(rows: int, columns: int) -> None:
    figure = grid(rows, columns)
    assert len(figure.data) == rows * columns
    corners = []
    for trace in figure.data:
        x, y = (figure.layout[f"{name[0]}axis{name[1:]}"] for name in (trace.xaxis, trace.yaxis))
        assert (x.anchor, y.anchor) == (trace.yaxis, trace.xaxis)
        corners.append((x.domain, y.domain))
    for number, (across, down) in enumerate(corners):
        row, column = divmod(number, columns)
        assert across == pytest.approx(corners[column][0])
        assert down == pytest.approx(corners[row * columns][1])
    assert all(left[1] < right[0] for (left, _), (right, _) in pairwise(corners[:columns]))
    assert all(upper[0] > lower[1] for (_, upper), (_, lower) in pairwise(corners[::columns]))
    assert corners[0][1][1] == corners[-1][0][1] == pytest.approx(1)


def test_every_panel_has_its_title_in_its_own_corner() -> None:
    notes = {note.text: (note.xref, note.yref) for note in grid(2, 2).layout.annotations}
    assert notes["0, 0"] == ("x domain", "y domain")
    assert notes["1, 1"] == ("x4 domain", "y4 domain")


def test_panels_below_each_other_share_an_axis_that_has_its_numbers_once() -> None:
    layout = grid(3, 1, share="x").layout
    assert [layout[name].matches for name in ("xaxis", "xaxis2", "xaxis3")] == [None, "x", "x"]
    assert [layout[name].showticklabels for name in ("xaxis", "xaxis2", "xaxis3")] == [False, False, None]
    assert layout.yaxis2.matches is None


def test_panels_beside_each_other_share_the_height() -> None:
    layout = grid(1, 3, share="y").layout
    assert [layout[name].matches for name in ("yaxis", "yaxis2", "yaxis3")] == [None, "y", "y"]
    assert [layout[name].showticklabels for name in ("yaxis", "yaxis2", "yaxis3")] == [None, False, False]


STAGES = ["stem"] + ["layer1"] * 30 + ["layer2"] * 2 + ["layer3"] * 20


def test_stages_are_named_over_their_points_and_parted_by_lines() -> None:
    traces = by_stage(STAGES, [1.0] * len(STAGES), STAGES, hover="%{y}", theme="light")
    layout = along([(traces, axis("y"))] * 2, STAGES, "layers", theme="light", height=300, picked=5).layout
    names = {note.text: (note.x, note.font.color) for note in layout.annotations}
    assert names == {
        "<b>stem</b><br>\u00a0": (0.5, stage_colour("stem", "light")),
        "<b>conv2_x</b><br>layer1": (15.5, stage_colour("layer1", "light")),
        "<b>conv3_x</b><br>layer2": (31.5, stage_colour("layer2", "light")),
        "<b>conv4_x</b><br>layer3": (42.5, stage_colour("layer3", "light")),
    }
    borders = [shape.x0 for shape in layout.shapes if shape.line.dash is None]
    assert borders == [0.5, 30.5, 32.5]
    (mark,) = [shape for shape in layout.shapes if shape.line.dash == "dot"]
    assert (mark.x0, mark.x1, mark.yref, mark.y0, mark.y1) == (5, 5, "paper", 0, 1)


def test_a_line_for_each_stage_goes_through_every_point_of_it_at_its_place() -> None:
    values = [float(place) for place in range(len(STAGES))]
    traces = by_stage(STAGES, values, STAGES, hover="%{y}", theme="dark")
    points = [point for one in traces for point in zip(one["x"], one["y"], one["customdata"], strict=True)]
    assert points == [(place, values[place], stage) for place, stage in enumerate(STAGES)]
    assert [one["line"]["color"] for one in traces] == [stage_colour(stage, "dark") for stage in dict.fromkeys(STAGES)]
    many = ["layer1"] * (MARKED_POINTS + 1)
    assert by_stage(many, [0.0] * len(many), many, hover="", theme="dark")[0]["mode"] == "lines"
