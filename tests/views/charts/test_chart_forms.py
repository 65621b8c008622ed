"""The template, bars, heat maps and lines: one look, every value at its place, nothing turned on its side."""

from __future__ import annotations

import itertools
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from explorer.views.charts.bars import Group, height_of, histogram, names_axis, rows_of
from explorer.views.charts.figure import bar, figure, scatter
from explorer.views.charts.heat import frame, heat, map_axes, pointed_at, scale_of
from explorer.views.charts.lines import DASHES, dotted, look, look_in_order
from explorer.views.palette import BACKGROUND, LINE_COLOURS, TEXT, Theme

THEMES: tuple[Theme, ...] = get_args(Theme)


@pytest.mark.parametrize("theme", THEMES)
def test_every_figure_has_the_apps_look_and_keeps_its_colours_when_something_is_picked(theme: Theme) -> None:
    made = figure([scatter([0], [1])], theme=theme, height=123, margin=(1, 2, 3, 4))
    assert (made.layout.height, made.layout.margin.to_plotly_json()) == (
        123,
        {"l": 1, "r": 2, "t": 3, "b": 4, "autoexpand": False},
    )
    template = made.layout.template
    assert template.layout.font.color == TEXT[theme]
    assert template.layout.hoverlabel.bgcolor == BACKGROUND[theme]
    assert template.layout.separators == ".,"
    for kind in ("bar", "scatter", "scattergl"):
        (kept,) = template.data[kind]
        assert kept.unselected.marker.opacity == kept.selected.marker.opacity == 1


def test_a_trace_says_what_it_is_told_to_or_nothing() -> None:
    assert bar([1], [2], "%{y}")["hovertemplate"] == "%{y}<extra></extra>"
    assert scatter([1], [2])["hoverinfo"] == "skip"


@settings(deadline=None)
@given(
    arrays.arrays(float, st.integers(1, 60), elements=st.floats(-100, 100)),
    st.integers(1, 30),
)
def test_the_bars_of_a_histogram_hold_every_value_and_stand_over_its_bins(values: np.ndarray, bins: int) -> None:
    edges = np.linspace(-100, 100, bins + 1)
    (drawn,) = histogram(values, edges, colour="#000", name="x")
    assert drawn["customdata"].sum() == values.size
    assert drawn["y"].sum() == pytest.approx(1)
    assert drawn["x"] - drawn["width"] / 2 == pytest.approx(edges[:-1])
    assert drawn["x"] + drawn["width"] / 2 == pytest.approx(edges[1:])
    assert histogram(np.array([]), edges, colour="#000", name="x") == []


@settings(deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_bars_in_groups_stand_apart_each_beside_its_own_name(sizes: list[int]) -> None:
    groups = [Group(f"group {g}", "#000", [f"{g}.{n}" for n in range(size)]) for g, size in enumerate(sizes)]
    rows = rows_of(groups)
    words = names_axis(groups)
    beside = dict(zip(words["tickvals"], words["ticktext"], strict=True))
    for group, places in zip(groups, rows, strict=True):
        assert [beside[place] for place in places] == group.names
        assert group.title in beside[places[0] - 1]
    places = sorted(beside)
    assert len(places) == sum(sizes) + len(sizes)
    assert all(later - earlier >= 0.999 for earlier, later in itertools.pairwise(places))
    bottom, top = words["range"]
    assert top < places[0] < places[-1] < bottom
    assert height_of(groups, 10) >= 10 * (places[-1] - places[0])


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.booleans())
def test_a_map_is_as_wide_as_its_columns_and_as_high_as_its_rows(rows: int, columns: int, bare: bool) -> None:
    x, y = map_axes((-0.5, -0.5, columns - 0.5, rows - 0.5), bare=bare)
    assert x["range"] == [-0.5, columns - 0.5]
    assert y["range"] == [rows - 0.5, -0.5], "the first row is on top"
    assert y["scaleanchor"] == "x"


def test_a_map_without_a_difference_has_a_scale_all_the_same() -> None:
    flat = heat(np.zeros((2, 3)), scale_of([np.zeros((2, 3))]), theme="light")
    assert flat["zmin"] < flat["zmax"]


@settings(deadline=None)
@given(st.lists(arrays.arrays(float, (2, 3), elements=st.floats(width=32)), min_size=1, max_size=3), st.booleans())
def test_one_scale_holds_every_finite_value_with_zero_in_the_middle_where_one_is_negative(
    maps: list[np.ndarray], signed: bool
) -> None:
    scale = scale_of(maps, signed=signed)
    known = np.concatenate([one[np.isfinite(one)] for one in maps])
    assert all(scale.low <= value <= scale.high for value in known)
    assert scale.signed == (signed or bool((known < 0).any()))
    assert scale.low == (-scale.high if scale.signed else 0)


def test_what_is_pointed_at_is_not_drawn_and_a_frame_is_seen_on_any_ground() -> None:
    points = pointed_at([1], [2], "here")
    assert {points["marker"]["opacity"], points["selected"]["marker"]["opacity"]} == {0}
    dark, light = frame((1, 2, 3, 5), outside=1)
    assert [dark[side] for side in ("x0", "y0", "x1", "y1")] == [0, 1, 4, 6]
    assert dark["line"]["width"] > light["line"]["width"]
    assert dark["line"]["color"] != light["line"]["color"]


@pytest.mark.parametrize("theme", THEMES)
def test_lines_differ_and_those_in_order_grow_stronger(theme: Theme) -> None:
    assert len({look(place, theme).line()["dash"] for place in range(len(DASHES))}) == len(DASHES)
    assert look(0, theme).line()["dash"] == "solid"
    assert [look(place, theme).colour for place in range(9)] == [*LINE_COLOURS[theme], LINE_COLOURS[theme][0]]
    greys = [look_in_order(place, 4, theme).colour for place in range(4)]
    assert len(set(greys)) == 4
    assert greys[-1].upper() == TEXT[theme]


def test_a_dotted_line_crosses_the_whole_figure_at_its_place() -> None:
    upright, level = dotted(x=3), dotted(y=0)
    assert (upright["x0"], upright["x1"], upright["yref"]) == (3, 3, "paper")
    assert (level["y0"], level["y1"], level["xref"]) == (0, 0, "paper")
