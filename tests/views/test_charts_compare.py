"""The comparison's charts: what is drawn is what the tables say, and a colour is a stage."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import plotly.graph_objects as go
import pytest

from explorer import describe, preset, trace
from explorer.architecture.plan import Plan
from explorer.views.charts_compare import (
    bars_by_kind,
    bars_by_stage,
    shares,
)
from explorer.views.numbers import QUANTITY_WORDS
from explorer.views.palette import LINE_COLOURS, STAGE_COLOURS, Theme
from explorer.views.tables import kind_table, stage_table

TWO = ("resnet18", "resnet50")
MIXED = ("resnet20", "resnet50", "preact18", "seresnet50", "plain18", "resnet1202")
THEMES: tuple[Theme, ...] = ("light", "dark")


@cache
def plan_of(name: str) -> Plan:
    return trace(describe(preset(name)), (64, 64))


def plans(names: tuple[str, ...]) -> dict[str, Plan]:
    return {name: plan_of(name) for name in names}


def bars(figure: go.Figure) -> dict[str, list[int]]:
    """The bars' lengths by what they are of."""
    return {trace.name: list(trace.x) for trace in figure.data}


@pytest.mark.parametrize("names", [TWO, MIXED], ids=["two", "six"])
@pytest.mark.parametrize("quantity", QUANTITY_WORDS)
def test_bars_by_stage_add_up_to_every_networks_total(names: tuple[str, ...], quantity: str) -> None:
    drawn = bars(bars_by_stage(plans(names), quantity, "light"))
    for at, name in enumerate(names):
        assert sum(values[at] for values in drawn.values()) == getattr(plan_of(name), quantity)


@pytest.mark.parametrize("names", [TWO, MIXED], ids=["two", "six"])
@pytest.mark.parametrize("quantity", QUANTITY_WORDS)
def test_bars_by_kind_say_what_the_table_of_kinds_says(names: tuple[str, ...], quantity: str) -> None:
    drawn = bars(bars_by_kind(plans(names), quantity, "light"))
    for at, name in enumerate(names):
        table = kind_table(plan_of(name)).set_index("kind")[quantity]
        assert {kind: values[at] for kind, values in drawn.items() if values[at]} == {
            kind: value for kind, value in table.items() if value
        }


def test_kinds_that_no_network_has_any_of_are_left_out() -> None:
    assert set(bars(bars_by_kind(plans(TWO), "macs", "light"))) == {"conv", "linear"}
    assert "relu" in bars(bars_by_kind(plans(TWO), "activation_bytes", "light"))


@pytest.mark.parametrize("theme", THEMES)
def test_stages_have_their_colour_and_bars_of_a_kind_those_of_their_networks(theme: Theme) -> None:
    for figure in (bars_by_stage(plans(TWO), "params", theme), shares(plans(TWO), theme)):
        for drawn in figure.data:
            assert drawn.marker.color == STAGE_COLOURS[theme][drawn.name.split(" · ")[-1]]
    for drawn in bars_by_kind(plans(TWO), "params", theme).data:
        assert drawn.marker.color == LINE_COLOURS[theme][:2]


@pytest.mark.parametrize("theme", THEMES)
def test_a_stage_that_one_network_lacks_is_an_empty_bar_that_says_so(theme: Theme) -> None:
    figure = bars_by_stage(plans(("resnet20", "resnet50")), "params", theme)
    last = next(drawn for drawn in figure.data if drawn.name == "conv5_x · layer4")
    assert last.x[0] == 0
    assert last.text[0] == "none"
    assert [drawn.name for drawn in figure.data][-1] == "head"


def test_no_two_bars_share_a_place_and_each_has_its_networks_name_beside_it() -> None:
    figure = bars_by_stage(plans(MIXED), "macs", "light")
    places = [y for drawn in figure.data for y in drawn.y]
    assert len(set(places)) == len(places) == 6 * len(MIXED)
    words = dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True))
    for drawn in figure.data:
        assert [words[y] for y in drawn.y] == list(MIXED)


def test_exact_numbers_are_a_hover_away() -> None:
    figure = bars_by_stage(plans(TWO), "params", "light")
    stem = figure.data[0]
    assert [list(entry) for entry in stem.customdata] == [["resnet18", "9,536"], ["resnet50", "9,536"]]


@pytest.mark.parametrize("names", [TWO, MIXED], ids=["two", "six"])
def test_shares_are_the_tables_and_fill_the_whole(names: tuple[str, ...]) -> None:
    figure = shares(plans(names), "light")
    for at, name in enumerate(names):
        table = stage_table(plan_of(name)).set_index("stage")
        for offset, column in enumerate(("params_share", "macs_share")):
            drawn = {bar.name.split(" · ")[-1]: bar.x[2 * at + offset] for bar in figure.data}
            assert sum(drawn.values()) == pytest.approx(100)
            for stage, share in table[column].items():
                assert drawn[stage] == pytest.approx(100 * share)


def test_charts_grow_with_what_they_hold() -> None:
    two, six = (bars_by_stage(plans(names), "params", "light").layout.height for names in (TWO, MIXED))
    assert bars_by_kind(plans(TWO), "params", "light").layout.height < two < six
    assert shares(plans(TWO), "light").layout.height < shares(plans(MIXED), "light").layout.height


def test_charts_are_written_without_a_warning(recwarn: Any) -> None:
    for theme in THEMES:
        for figure in (bars_by_stage(plans(MIXED), "macs", theme), shares(plans(MIXED), theme)):
            assert json.loads(figure.to_json())["data"]
    assert not recwarn.list
