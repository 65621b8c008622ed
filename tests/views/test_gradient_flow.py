"""Lines on a logarithmic axis: nothing is left out without a word."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest

from explorer.views.charts.lines import DASHES, line_sample, look, look_in_order
from explorer.views.export.tables import csv_text
from explorer.views.flow_lines import FlowLine, begins, flow_table
from explorer.views.gradient_flow import HEIGHT, flow_figure
from explorer.views.numbers import power_text
from explorer.views.palette import BACKGROUND, LINE_COLOURS, STAGE_COLOURS, TEXT

NAN, INF = math.nan, math.inf


def line(label="plain-20", forward=(1.0, 0.1, 0.01), backward=(1e-3, 1e-2, 1e-1), faults=None, back_faults=None):
    count = len(forward)
    return FlowLine(
        label=label,
        layers=tuple(f"conv{place}" for place in range(count)),
        forward=forward,
        backward=backward,
        forward_faults=faults or (None,) * count,
        backward_faults=back_faults or (None,) * count,
        weight_gradients=(1.0,) * count,
    )


def words(figure):
    return [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_every_value_is_drawn_at_its_layer_on_a_logarithmic_axis(direction):
    figure = flow_figure([line()], direction, theme="light")
    assert figure.layout.yaxis.type == "log"
    assert figure.data[0].x == (1, 2, 3)
    assert figure.data[0].y == getattr(line(), direction)
    low, high = figure.layout.yaxis.range
    assert all(low < math.log10(value) < high for value in figure.data[0].y)
    json.loads(figure.to_json())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_six_networks_differ_by_colour_dash_and_number_and_never_by_a_stage_colour(theme):
    lines = [line(label=str(place)) for place in range(6)]
    figure = flow_figure(lines, "forward", theme=theme)
    assert len({trace.line.dash for trace in figure.data}) == len(set(DASHES)) == 6
    assert words(figure) == [f"<b>{place}</b>" for place in range(1, 7)]
    assert not {trace.line.color for trace in figure.data} & set(STAGE_COLOURS[theme].values())
    assert [trace.line.color for trace in figure.data] == list(LINE_COLOURS[theme][:6])
    assert len({line_sample(look(place, theme)) for place in range(6)}) == 6


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_epochs_are_whole_lines_that_grow_stronger_and_can_all_be_seen(theme):
    figure = flow_figure([line(label=str(place)) for place in range(6)], "backward", theme=theme, in_order=True)
    contrasts = [contrast(trace.line.color, BACKGROUND[theme]) for trace in figure.data]
    assert contrasts == sorted(contrasts)
    assert contrasts[0] >= 3
    assert figure.data[-1].line.color.upper() == TEXT[theme]
    assert {trace.line.dash for trace in figure.data} == {"solid"}
    assert not {trace.line.color.upper() for trace in figure.data} & set(STAGE_COLOURS[theme].values())
    assert look_in_order(0, 1, theme).colour.upper() == TEXT[theme]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_numbers_of_lines_that_end_in_the_same_place_do_not_cover_each_other():
    figure = flow_figure([line(), line(), line()], "forward", theme="light")
    shifts = sorted(note.yshift for note in figure.layout.annotations)
    assert all(later - earlier >= 12 for earlier, later in pairwise(shifts))


def test_numbers_stay_within_the_chart_and_clear_of_the_word_at_its_edge():
    lines = [line(forward=(1.0, 1e-3, 1e3))] * 5
    lines += [line(forward=(1.0, 1e-9, 0.0), faults=(None, None, "0"))]
    figure = flow_figure(lines, "forward", theme="light")
    low, high = figure.layout.yaxis.range
    height = HEIGHT - figure.layout.margin.t - figure.layout.margin.b
    numbers = {
        n.text: (n.y - low) / (high - low) * height + n.yshift for n in figure.layout.annotations if "<b>" in n.text
    }
    assert len(numbers) == 6
    assert all(6 <= at <= height - 6 for at in numbers.values())
    assert all(later - earlier >= 12 for earlier, later in pairwise(sorted(numbers.values())))
    # the word is 16 pixels high
    assert numbers["<b>6</b>"] >= 16 + 6


@pytest.mark.parametrize(("fault", "edge"), [("NaN", 1), ("0", 0)])
def test_words_at_an_edge_cover_no_line(fault, edge):
    early = line(forward=(1.0, NAN, NAN), faults=(None, fault, fault))
    late = line(forward=(1.0, 1.0, NAN), faults=(None, None, fault))
    figure = flow_figure([early, late, line(), line(forward=(1.0, 10.0, 100.0))], "forward", theme="light")
    low, high = figure.layout.yaxis.range
    per_decade = (HEIGHT - figure.layout.margin.t - figure.layout.margin.b) / (high - low)
    room = (high - 2) if edge else (-2 - low)
    assert room * per_decade >= 2 * 16


def test_numbers_stand_where_the_pass_ends():
    there, back = (flow_figure([line()], direction, theme="light") for direction in ("forward", "backward"))
    assert there.layout.annotations[0].x == 3
    assert there.layout.annotations[0].y == pytest.approx(-2)
    assert back.layout.annotations[0].x == 1
    assert back.layout.annotations[0].y == pytest.approx(-3)


@pytest.mark.parametrize(
    ("fault", "value", "word"), [("NaN", NAN, "✕ NaN"), ("infinity", NAN, "∞ overflow"), ("0", 0.0, "0 all zero")]
)
def test_what_cannot_be_drawn_is_named_where_it_begins(fault, value, word):
    forward = flow_figure([line(forward=(1.0, value, value), faults=(None, fault, fault))], "forward", theme="dark")
    assert forward.data[0].y == (1.0, None, None)
    mark = next(note for note in forward.layout.annotations if word in note.text)
    assert mark.x == 2
    assert "1: " in mark.text
    backward = flow_figure(
        [line(backward=(value, value, 1.0), back_faults=(fault, fault, None))], "backward", theme="dark"
    )
    assert next(note for note in backward.layout.annotations if word in note.text).x == 2


def test_a_network_with_nothing_to_draw_still_has_its_word():
    figure = flow_figure([line(forward=(NAN,) * 3, faults=("NaN",) * 3)], "forward", theme="light")
    assert words(figure) == ["|→ 1: ✕ NaN here and on"]
    assert all(map(math.isfinite, figure.layout.yaxis.range))


def test_marks_in_the_same_corner_stand_below_each_other():
    early = line(forward=(1.0, NAN, NAN), faults=(None, "NaN", "NaN"))
    late = line(forward=(1.0, 1.0, NAN), faults=(None, None, "infinity"))
    figure = flow_figure([early, late], "forward", theme="light")
    shifts = [note.yshift for note in figure.layout.annotations if "here" in note.text]
    assert shifts == [0, -16]


def test_networks_with_the_same_fault_in_the_same_place_share_a_mark():
    bad = line(forward=(1.0, NAN, NAN), faults=(None, "NaN", "NaN"))
    figure = flow_figure([bad, line(), bad], "forward", theme="light")
    assert [text for text in words(figure) if "NaN" in text] == ["1, 3: ✕ NaN here and on →|"]


def test_a_name_that_somebody_chose_is_shown_and_not_read_by_plotly():
    figure = flow_figure([line(label="<b>%{y}")], "forward", theme="light")
    assert "&lt;b&gt;%&#123;y}" in figure.data[0].hovertemplate


def test_where_a_fault_begins_depends_on_the_direction():
    faults = (None, "0", None, "NaN")
    assert begins(faults, backward=False) == (1, "0", 2)
    assert begins(faults, backward=True) == (3, "NaN", 2)
    assert begins((None, None), backward=True) is None


@pytest.mark.parametrize("count", [7, 19, 109, 1201])
def test_ticks_are_few_and_there_is_no_layer_0(count):
    values = tuple(10.0 ** (-place / 4) for place in range(count))
    axes = flow_figure([line(forward=values, backward=values)], "forward", theme="light").layout
    assert axes.xaxis.tickvals[0] == 1
    assert 2 <= len(axes.xaxis.tickvals) <= 8
    assert 1 <= len(axes.yaxis.tickvals) <= 10


def test_the_table_has_every_number_and_names_what_is_none():
    frame = flow_table([line(), line(label="b", forward=(1.0, NAN, NAN), faults=(None, "infinity", "NaN"))])
    assert len(frame) == 6
    assert frame["spread"].tolist()[:4] == [1.0, 0.1, 0.01, 1.0]
    assert frame["spread"].isna().tolist() == [False] * 4 + [True] * 2
    assert frame["spread_fault"].tolist() == [""] * 4 + ["infinity", "NaN"]
    assert csv_text(frame).splitlines()[1].startswith("plain-20,1,conv0,1.0,,0.001,,1.0")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.354, "0.35"),
        (512.0, "510"),
        (4.13e-4, "4.1·10⁻⁴"),
        (2.5e86, "2.5·10⁸⁶"),
        (9.99e-8, "1.0·10⁻⁷"),
        (0.0, "0"),
        (NAN, "NaN"),
        (INF, "∞"),
    ],
)
def test_numbers_of_any_size_can_be_read(value, text):
    assert power_text(value) == text
