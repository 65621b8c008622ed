"""The figures and words about norms show the numbers that they were given, held against numpy and torch."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch.nn import functional as F

from explorer.views.export.tables import csv_text
from explorer.views.norm_channel import (
    BINS,
    MOST_POINTS,
    against_figure,
    channels_figure,
    histogram_figure,
    line_figure,
)
from explorer.views.norm_words import (
    MEANINGS,
    channel_table,
    checks,
    findings_table,
    line_formulas,
    line_text,
    moments_text,
    spread_text,
    step_formulas,
)
from explorer.views.norms import QUANTITIES, NormNumbers, Quantity, glance_figure
from explorer.views.numbers import written
from explorer.views.palette import stage_colour

EPS = 1e-5


@dataclass(frozen=True)
class Found:
    layer: str
    channel: int | None
    problem: str
    value: float
    threshold: float | None


def draw(seed: int = 0, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(1.0, 2.0, size=shape or (64,))


def norms(*, running: bool = True) -> list[NormNumbers]:
    made = []
    for place, (layer, stage) in enumerate([("bn1", "stem"), ("layer1.0.bn1", "layer1"), ("layer1.0.bn2", "layer1")]):
        numbers: dict[Quantity, np.ndarray] = {"gamma": draw(place), "beta": draw(place + 10)}
        if running:
            numbers |= {"running_mean": draw(place + 20), "running_var": draw(place + 30) ** 2 + 0.1}
        made.append(NormNumbers(layer=layer, stage=stage, numbers=numbers))
    return made


def numbers_in(text: str) -> list[float]:
    return [float(n.replace("−", "-")) for n in re.findall(r"−?\d+(?:\.\d+)?(?:e−?\d+)?", text)]


def last_number(text: str) -> float:
    return numbers_in(text)[-1]


# --- all norms at a glance ---


def dots(figure):
    return [trace for trace in figure.data if trace.customdata is not None]


def test_every_norm_has_a_dot_at_the_median_of_its_channels_in_every_panel() -> None:
    made = norms()
    figure = glance_figure(made, theme="light")
    for panel, quantity in enumerate(QUANTITIES):
        axis = "y" if panel == 0 else f"y{panel + 1}"
        found = {
            data[0]: y
            for trace in dots(figure)
            if trace.yaxis == axis
            for data, y in zip(trace.customdata, trace.y, strict=True)
        }
        assert found == {norm.layer: pytest.approx(np.median(norm.numbers[quantity])) for norm in made}


def test_thin_lines_run_from_the_smallest_to_the_largest_and_thick_ones_over_the_middle_half() -> None:
    made = norms()
    first = glance_figure(made, theme="light").data
    thin, thick = first[0], first[1]
    assert thin.y[:2] == pytest.approx([made[0].numbers["gamma"].min(), made[0].numbers["gamma"].max()])
    assert thick.y[:2] == pytest.approx(np.percentile(made[0].numbers["gamma"], [25, 75]))
    assert thick.line.width > thin.line.width


def test_norms_have_the_colour_of_their_stage_and_its_name_stands_above() -> None:
    figure = glance_figure(norms(), theme="dark")
    assert dots(figure)[0].line.color == stage_colour("stem", "dark")
    assert [note.text for note in figure.layout.annotations] == ["<b>stem</b><br>\u00a0", "<b>conv2_x</b><br>layer1"]


def test_a_norm_without_running_statistics_has_two_panels() -> None:
    figure = glance_figure(norms(running=False), theme="light")
    assert {trace.yaxis for trace in figure.data} == {"y", "y2"}


def test_numbers_that_are_not_finite_are_left_out_and_counted_on_hover() -> None:
    made = norms()
    made[1].numbers["gamma"][:3] = [np.nan, np.inf, 7.0]
    figure = glance_figure(made, theme="light")
    words = dots(figure)[1].text[0]
    assert "2 not finite" in words
    assert written(np.median(made[1].numbers["gamma"][2:])) in words


def test_a_variance_of_zero_does_not_break_the_logarithmic_axis() -> None:
    made = norms()
    made[0].numbers["running_var"][:] = 0.0
    figure = glance_figure(made, theme="light")
    drawn = [y for trace in figure.data if trace.yaxis == "y4" for y in trace.y if y is not None]
    assert min(drawn) > 0


def test_the_picked_norm_is_marked_at_its_place_in_every_panel() -> None:
    figure = glance_figure(norms(), theme="light", picked="layer1.0.bn2")
    marks = [shape for shape in figure.layout.shapes if shape.line.dash == "dot"]
    assert [(mark.x0, mark.yref, mark.y0, mark.y1) for mark in marks] == [(2, "paper", 0, 1)]


# --- one channel ---


def test_a_band_reaches_one_deviation_to_either_side_of_the_mean_in_both_histograms() -> None:
    before, after = draw(1, 4, 6, 6), 3 * draw(2, 4, 6, 6) - 5
    figure = histogram_figure(before, after, stage="layer2", theme="light")
    for axis, values in (("x", before), ("x2", after)):
        (line,) = (shape for shape in figure.layout.shapes if shape.type == "line" and shape.xref == axis)
        (band,) = (shape for shape in figure.layout.shapes if shape.type == "rect" and shape.xref == axis)
        assert line.x0 == line.x1 == pytest.approx(np.mean(values))
        assert [band.x0, band.x1] == pytest.approx([np.mean(values) - np.std(values), np.mean(values) + np.std(values)])


def test_both_histograms_count_every_value_in_the_same_bins() -> None:
    before = draw(1, 4, 6, 6).astype(np.float32)
    after = F.relu(torch.from_numpy(before)).numpy()
    figure = histogram_figure(before, after, stage="layer2", theme="light")
    first, second = figure.data
    edges = np.histogram_bin_edges(np.concatenate([before.ravel(), after.ravel()]).astype(np.float64), bins=BINS)
    assert np.array_equal(first.customdata, np.histogram(before, edges)[0])
    assert np.array_equal(second.customdata, np.histogram(after, edges)[0])
    assert sum(first.y) == pytest.approx(1)
    assert second.marker.color == stage_colour("layer2", "light")


@settings(deadline=None)
@given(
    arrays.arrays(float, st.integers(1, 40), elements=st.floats(-1e3, 1e3)),
    arrays.arrays(float, st.integers(1, 40), elements=st.floats(-1e3, 1e3)),
)
def test_the_band_is_one_deviation_wide_on_both_sides_of_the_line_in_each_panel(
    before: np.ndarray, after: np.ndarray
) -> None:
    shapes = histogram_figure(before, after, stage="stem", theme="light").layout.shapes
    for panel, values in (("x", before), ("x2", after)):
        line, band = (shape for shape in shapes if shape.xref == panel)
        deviation = torch.from_numpy(values).std(correction=0).item()
        assert line.x0 == line.x1 == pytest.approx(values.mean())
        assert (line.x0 - band.x0, band.x1 - line.x0) == pytest.approx((deviation, deviation), abs=1e-6)
        assert {(shape.yref, shape.y0, shape.y1) for shape in (line, band)} == {(f"y{panel[1:]} domain", 0, 1)}


def test_titles_say_mean_and_deviation_of_both() -> None:
    before, after = draw(1, 500), draw(2, 500) * 3
    titles = [note.text for note in histogram_figure(before, after, stage="stem", theme="light").layout.annotations]
    for title, values in zip(titles, (before, after), strict=True):
        assert numbers_in(title) == pytest.approx([values.mean(), values.std()], rel=1e-3)


def test_a_channel_of_one_value_and_one_without_any_finite_value_are_drawn() -> None:
    constant = histogram_figure(np.ones(5), np.zeros(5), stage="stem", theme="light")
    assert sum(constant.data[0].customdata) == 5
    empty = histogram_figure(np.full(5, np.nan), np.ones(5), stage="stem", theme="light")
    assert "no finite value" in empty.layout.annotations[0].text


def test_statistics_equal_to_the_running_ones_lie_on_the_dotted_line() -> None:
    running = draw(3) ** 2
    figure = against_figure(running, running, what="variance", stage="stem", theme="light", picked=5)
    identity, points = figure.data
    assert np.array_equal(identity.x, identity.y)
    assert np.array_equal(points.x, points.y)
    assert list(points.customdata) == list(range(64))
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert figure.layout.xaxis.range == figure.layout.yaxis.range
    assert [width > 0 for width in points.marker.line.width] == [channel == 5 for channel in range(64)]


def test_a_channel_that_cannot_be_drawn_leaves_the_others_their_numbers() -> None:
    running, batch = draw(4), draw(5)
    running[2], batch[7] = np.nan, np.inf
    points = against_figure(running, batch, what="mean", stage="stem", theme="light").data[-1]
    assert set(range(64)) - set(points.customdata) == {2, 7}
    place = list(points.customdata).index(9)
    assert (points.x[place], points.y[place]) == (running[9], batch[9])


def test_bars_stand_one_per_channel_in_order() -> None:
    figure = channels_figure(draw(6), what="distance", stage="layer3", theme="light", picked=4)
    assert np.array_equal(figure.data[0].y, draw(6))
    assert list(figure.data[0].customdata) == list(range(64))
    assert figure.layout.shapes[0].x0 == 4


@pytest.mark.parametrize("count", [100, MOST_POINTS * 20])
def test_the_line_of_eval_mode_goes_through_what_torch_puts_out(count: int) -> None:
    x = torch.from_numpy(draw(7, 1, 1, count))
    mean, var, gamma, beta = (torch.tensor([v], dtype=torch.float64) for v in (0.3, 1.7, -0.8, 0.25))
    y = F.batch_norm(x, mean, var, gamma, beta, training=False, eps=EPS).numpy()
    a = -0.8 / np.sqrt(1.7 + EPS)
    line = (a, 0.25 - a * 0.3)
    figure = line_figure(x.numpy(), y, line, stage="stem", theme="light", what_if=(2.0, 1.0), train=(0.5, 0.0))
    points, drawn, train, mine = figure.data
    assert len(points.x) == min(count, MOST_POINTS)
    assert (points.x.min(), points.x.max()) == (x.min(), x.max())
    assert np.allclose(points.y, line[0] * points.x + line[1])
    assert np.allclose(drawn.y, line[0] * drawn.x + line[1])
    assert np.allclose(mine.y, 2 * mine.x + 1)
    assert np.allclose(train.y, 0.5 * train.x)


def test_a_line_that_is_not_finite_is_not_drawn() -> None:
    figure = line_figure(draw(8), draw(9), (np.nan, 0.0), stage="stem", theme="light")
    assert len(figure.data) == 1


# --- words ---


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.123456, "0.1235"), (-2.0, "−2"), (1e-5, "1e−5"), (2.5e12, "2.5e12"), (float("nan"), "NaN"), (-np.inf, "−∞")],
)
def test_numbers_read_with_four_figures_and_a_true_minus(value: float, text: str) -> None:
    assert written(value) == text


def test_line_reads_as_a_sum_or_a_difference() -> None:
    assert line_text((0.5, -1.25)) == "y = 0.5·x − 1.25"
    assert line_text((-0.5, 1.25)) == "y = −0.5·x + 1.25"


def test_formulas_of_the_line_end_in_what_torch_computes() -> None:
    held = {"gamma": -0.8, "beta": 0.25, "mean": 0.3, "var": 1.7}
    norm = {name: torch.tensor([number], dtype=torch.float64) for name, number in held.items()}
    at_zero, at_one = (
        F.batch_norm(
            torch.full((1, 1), x, dtype=torch.float64), norm["mean"], norm["var"], norm["gamma"], norm["beta"], eps=EPS
        ).item()
        for x in (0.0, 1.0)
    )
    a, b = line_formulas(**held, eps=EPS)
    assert last_number(a) == pytest.approx(at_one - at_zero, rel=1e-3)
    assert last_number(b) == pytest.approx(at_zero, rel=1e-3)
    assert "−0.8 / √(1.7 + 1e−5)" in a


def test_formulas_of_the_four_steps_end_in_what_torch_computes() -> None:
    values = torch.from_numpy(draw(11, 200, 1))
    gamma, beta = torch.tensor([1.5]).double(), torch.tensor([-0.5]).double()
    normalised = F.batch_norm(values, None, None, training=True, eps=EPS)[0].item()
    scaled = F.batch_norm(values, None, None, gamma, beta, training=True, eps=EPS)[0].item()
    mean, var = values.mean().item(), values.var(correction=0).item()
    texts = step_formulas(x=values[0].item(), mean=mean, var=var, eps=EPS, gamma=1.5, beta=-0.5, count=200)
    assert "over N = 200 values" in texts[0]
    assert written(mean) in texts[0]
    for text, expected in zip(texts[1:], (var, normalised, scaled), strict=True):
        assert last_number(text) == pytest.approx(expected, rel=1e-3)


def test_a_mean_of_nothing_but_rounding_reads_as_zero() -> None:
    values = draw(12, 1000)
    centred = values - values.mean()
    assert centred.mean() != 0
    assert spread_text(centred).startswith("mean 0 · variance")
    assert moments_text(values).startswith(f"mean {written(values.mean())} ")


def test_every_check_is_said_whether_something_was_found_or_not() -> None:
    found = [
        Found("bn1", 3, "near-zero γ", 0.0, 1e-3),
        Found("bn1", 9, "near-zero γ", 1e-4, 1e-3),
        Found("layer1.0.bn1", None, "never updated", 0, None),
    ]
    made = {
        check.problem: check
        for check in checks(
            found,
            {"near-zero γ": "|γ| below 0.001"},
            norms=2,
            channels=1128,
            skipped={"mean far from batch": "no picture fits"},
        )
    }
    assert list(made) == list(MEANINGS)
    assert made["near-zero γ"].words == "2 of 1,128 channels, in 1 of 2 norms (|γ| below 0.001)"
    assert made["never updated"].words == "1 of 2 norms"
    assert made["non-finite"].words == "none of 1,128 channels"
    assert made["mean far from batch"].words == "not checked: no picture fits"
    assert [made[p].sign for p in ("near-zero γ", "non-finite", "mean far from batch")] == ["found", "clear", "skipped"]


def test_findings_are_a_row_per_channel_with_what_they_mean() -> None:
    frame = findings_table(
        [Found("bn1", 3, "near-zero γ", 0.0, 1e-3), Found("layer1.0.bn1", None, "never updated", 0, None)],
        {"bn1": "stem", "layer1.0.bn1": "layer1"},
    )
    assert frame["stage"].tolist() == ["stem", "conv2_x · layer1"]
    assert (
        csv_text(frame).splitlines()[1]
        == 'near-zero γ,bn1,stem,3,0.0,0.001,"the output of the channel is β, whatever its input"'
    )
    assert csv_text(frame).splitlines()[2].startswith("never updated,layer1.0.bn1,conv2_x · layer1,,0.0,,")
    assert list(findings_table([], {}).columns) == list(frame.columns)


def test_channel_table_leaves_out_what_a_norm_does_not_keep() -> None:
    frame = channel_table({"gamma": draw(1), "running_mean": None})
    assert list(frame.columns) == ["channel", "gamma"]
    assert frame["channel"].tolist() == list(range(64))
