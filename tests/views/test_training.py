"""Training curves: what can be drawn is drawn, what cannot is said, and no two networks look alike."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer.views.numbers import loss_text, percent
from explorer.views.palette import LINE_COLOURS
from explorer.views.training import (
    MOST_POINTS,
    TrainingLine,
    ends_html,
    live_chart,
    live_data,
    look,
    lost_words,
    training_figure,
)


def line(label: str = "plain-20", *values: float, dashed: bool = True) -> TrainingLine:
    return TrainingLine(
        label=label, dashed=dashed, at=np.arange(1.0, len(values) + 1), values=np.array(values, dtype=float)
    )


NAN, INF = math.nan, math.inf
TWO = [line("plain-20", 2.3, 1.5, 0.4), line("residual-20", 2.4, 0.5, 0.05, dashed=False)]


def words(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_moving_chart_has_every_point_and_a_number_at_each_lines_end():
    data = live_data(TWO, "loss", log=False)
    assert data["line"].tolist() == [1, 1, 1, 2, 2, 2]
    assert data["value"].tolist() == [2.3, 1.5, 0.4, 2.4, 0.5, 0.05]
    assert data["label"].tolist() == ["", "", "1", "", "", "2"]


def test_a_faint_line_keeps_its_number_beside_that_of_the_line_above_it():
    faint = replace(TWO[0], thin=True)
    data = live_data([faint, TWO[0]], "loss", log=False)
    ends = data[data["label"] != ""]
    assert ends["label"].tolist() == ["1", "2"]
    assert ends["aside"].tolist() == [True, False]


def test_moving_chart_leaves_out_what_has_no_place_and_may_be_empty():
    nothing = live_data([line("a"), line("b", NAN, INF)], "loss", log=False)
    assert nothing.empty
    assert live_data([line("a", 0.0, 1.0)], "train_error", log=True)["value"].tolist() == [1.0]


def test_moving_chart_changes_only_its_data_while_it_runs():
    more = [line("plain-20", 2.3, 1.5, 0.4, 0.3), TWO[1]]
    before, after = (live_chart(lines, "loss", epochs=5, log=False, theme="dark") for lines in (TWO, more))
    assert before == after


def test_long_runs_are_thinned_to_means_that_end_where_the_run_ends():
    values = np.random.default_rng(0).random(10_001)
    long = TrainingLine(label="long", dashed=True, at=np.arange(10_001.0), values=values)
    data = live_data([long], "gradient_norm", log=False)
    assert len(data) <= MOST_POINTS
    assert data["epoch"].iloc[-1] == 10_000
    assert data["value"].iloc[-1] == values[-1]
    assert data["value"].iloc[0] == pytest.approx(values[:42].mean())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("log", [False, True])
def test_figure_names_every_line_at_its_end_apart_from_each_other(theme, log):
    close = [line(f"plain-{depth}", 2.0, 1.0 + depth / 10_000) for depth in (8, 14, 20)]
    figure = training_figure(close, "loss", epochs=2, log=log, theme=theme)
    assert words(figure) == [f"<b>{number}</b> {one.label}" for number, one in enumerate(close, 1)]
    low, high = figure.layout.yaxis.range
    places = [
        (note.y - low) / (high - low) * 328 + note.yshift  # 328 pixels between the margins
        for note in figure.layout.annotations
    ]
    assert all(b - a >= 14.9 for a, b in itertools.pairwise(places))


def test_figure_says_where_a_loss_is_no_number_any_more():
    lost = [line("plain-56", 2.3, 2.2), line("no norm", 2.3, 9e33, NAN, NAN, dashed=False), line("gone", NAN)]
    figure = training_figure(lost, "loss", epochs=3, log=False, theme="light")
    assert "<b>2</b> no norm → NaN" in words(figure)
    assert "<b>3</b> gone → NaN" in words(figure)
    assert len(figure.data[1].x) == 2
    assert lost_words(lost, "loss") == (
        "Line 2 (no norm) diverges: its training loss reaches 9.0·10³³ and is no longer a number from epoch 3 on. "
        "Line 3 (gone) diverges: its training loss is not a number at any point."
    )
    assert lost_words([*lost, *lost], "loss") == "Lines 2, 3, 5, 6 diverge: their training loss is no longer a number."
    assert lost_words([line("back", INF, 2.0), line("nothing")], "loss") == ""


@pytest.mark.parametrize("labels", [["plain-20"] * 7, ["plain-20", "residual-56, shortcut A"]])
def test_lines_have_numbers_alone_where_not_all_names_have_room(labels):
    many = [line(label, 2.0, 1.0 / place, NAN) for place, label in enumerate(labels, start=1)]
    ends = words(training_figure(many, "loss", epochs=3, log=False, theme="light"))
    assert sorted(ends) == [f"<b>{place}</b> → NaN" for place in range(1, len(labels) + 1)]


def test_a_loss_that_explodes_does_not_flatten_the_others_on_a_linear_axis():
    exploding = [line("plain-56", 2.3, 2.2), line("no norm", 2.4, 9e33, NAN, dashed=False)]
    assert training_figure(exploding, "loss", epochs=3, log=False, theme="light").layout.yaxis.range[1] < 7
    assert live_data(exploding, "loss", log=False)["value"].max() < 7
    assert training_figure(exploding, "loss", epochs=3, log=True, theme="light").layout.yaxis.range[1] > 33


def test_errors_are_shares_on_an_axis_of_percent_and_nothing_at_all_is_drawn_too():
    errors = [line("plain-20", 0.9, 0.05, 0.0444), line("residual-20", 0.8, 0.2, 0.03, dashed=False)]
    even, log = (training_figure(errors, "test_error", epochs=3, log=log, theme="light") for log in (False, True))
    assert even.layout.yaxis.ticktext[:3] == ("0\u00a0%", "20\u00a0%", "40\u00a0%")
    assert log.layout.yaxis.ticktext == tuple(f"{part}\u00a0%" for part in (5, 10, 20, 50, 100))
    assert even.data[0].hovertext == ("90.0\u00a0%", "5.0\u00a0%", "4.4\u00a0%")
    assert even.data[0].y == (0.9, 0.05, 0.0444)
    assert training_figure(TWO, "loss", epochs=3, log=False, theme="light").data[0].hovertext is None
    assert training_figure([], "loss", epochs=1, log=False, theme="light").layout.annotations == ()
    assert training_figure([line()], "loss", epochs=1, log=True, theme="light").layout.yaxis.range == (-1, 1)


def test_plain_lines_are_dashed_residual_ones_solid_and_none_of_four_look_alike():
    four = [line("a", 1), line("b", 1), line("c", 1, dashed=False), line("d", 1, dashed=False)]
    looks = [look(four, place, "light") for place in range(4)]
    assert [one.colour for one in looks] == list(LINE_COLOURS["light"][:4])
    assert len({one.dash for one in looks}) == 3
    assert [one.dash == () for one in looks] == [False, False, True, True]


def test_table_has_a_row_per_run_and_no_markup_of_a_name_gets_into_it():
    html = ends_html([line("<b>mine</b>", 1.0)], [("0.5", "–")], ("Training loss", "Test error"), "light")
    assert "&lt;b&gt;mine" in html
    assert html.count("<tr>") == 2


def test_numbers_read_as_people_write_them():
    assert [loss_text(value) for value in (0.0514, 1.953, NAN, INF, 12345.0)] == [
        "0.051",
        "1.95",
        "NaN",
        "∞",
        "1.23·10⁴",
    ]
    assert [percent(share) for share in (0.0444, 1.0, NAN)] == ["4.4\u00a0%", "100.0\u00a0%", "–"]
