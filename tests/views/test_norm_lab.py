"""Drawings and words of the norm experiments."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from explorer.views.norm_arithmetic import Moments, Step, batch_formulas, eval_formula, outputs_table, update_formulas
from explorer.views.norm_cube import CHANNELS, PICTURES, cube_html, together
from explorer.views.norm_lab import Band, Curve, bands_figure, curves_figure, steps_figure

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text())["normalisation"]
STATS = REFERENCE["channel_stats"][0]
MOMENTS = Moments(
    count=STATS["n_values"], mean=STATS["mean"], var=STATS["var_biased"], var_unbiased=STATS["var_unbiased"]
)


def last_number(line: str) -> float:
    return float(line.split()[-1].replace("−", "-"))


def test_the_formulas_end_in_the_references_numbers():
    *_, first, mistake = batch_formulas(MOMENTS, x=1.0, gamma=2.0, beta=1.0, eps=1e-5)
    traps = REFERENCE["traps"]
    assert last_number(first) == pytest.approx(REFERENCE["train_output"][0][0][0][0], rel=1e-11)
    assert last_number(mistake) == pytest.approx(
        traps["normalise_with_unbiased_variance_channel0_first_value"], rel=1e-11
    )
    found = [last_number(line) for line in update_formulas(MOMENTS, Step(weight=0.1, mean_before=0, var_before=1))]
    assert found == [
        STATS["running_mean_after_1"],
        STATS["running_var_after_1"],
        traps["running_var_with_biased_variance_channel0"],
    ]
    line = eval_formula(x=1.0, mean=0.45, var=1.5, gamma=2.0, beta=1.0, eps=1e-5)
    assert last_number(line) == pytest.approx(REFERENCE["eval_output_after_1_update"][0][0][0][0], rel=1e-11)


def test_the_table_of_outputs_has_every_value_in_twelve_figures():
    out = np.array(REFERENCE["train_output"])
    frame = outputs_table(np.array(REFERENCE["input_nchw"]), out, out)
    assert len(frame) == out.size
    assert frame.loc[0, "train"] == "−2.05504755374"
    assert frame.iloc[-1][["picture", "channel", "y", "x"]].tolist() == [1, 1, 1, 1]


def test_a_norm_takes_together_what_its_tensors_axes_say():
    picture, channel = np.indices((PICTURES, CHANNELS))
    expected = {"batch": channel, "instance": picture * CHANNELS + channel, "group": picture * 2 + channel // 3}
    for norm, numbers in expected.items():
        for p, c in np.ndindex(PICTURES, CHANNELS):
            assert together(norm, p, c) == numbers[p, c]
    assert [cube_html(norm, "").count('class="framed"') for norm in (*expected, "none")] == [3, 1, 3, 0]


def test_a_logarithmic_axis_leaves_out_what_it_cannot_show_and_has_ticks_within_a_power_of_ten():
    curves = [Curve(name="a", x=[1, 2, 4], y=[0.0, 0.3, math.nan]), Curve(name="b", x=[1, 2, 4], y=[0.2, 0.9, 0.5])]
    figure = curves_figure(curves, x="x", y="y", theme="light", height=300, log_x=True, log_y=True, percent=True)
    assert list(figure.data[0].y) == [None, 0.3, None]
    assert "50\u00a0%" in figure.layout.yaxis.ticktext
    assert list(figure.layout.xaxis.ticktext) == ["1", "2", "4"]
    assert figure.data[1].hovertext == ("20\u00a0%", "90\u00a0%", "50\u00a0%")


@pytest.mark.parametrize("values", [[0.0, 0.0], [math.inf, math.nan], [1e-300, 1e300]])
def test_no_numbers_are_too_odd_to_draw(values):
    curve = Curve(name="a", x=[0, 1], y=values)
    curves_figure([curve], x="x", y="y", theme="dark", height=300, log_y=True, marked=1).to_json()
    bands_figure([Band(title="a", low=values, median=values, high=values)], y="y", theme="dark", height=300).to_json()
    steps_figure({"a": {"norm": np.array(values)}}, theme="dark", height=300).to_json()


def test_a_band_runs_between_its_outer_percentiles_with_the_middle_one_inside():
    bands = [
        Band(title="norm", low=[-2, -1], median=[0, 1], high=[5, 3]),
        Band(title="none", low=[-9, 0], median=[1, 1], high=[2, 2]),
    ]
    traces = bands_figure(bands, y="y", theme="light").data
    for place, band in enumerate(bands):
        low, high, median = traces[3 * place : 3 * place + 3]
        assert [list(one.y) for one in (low, high, median)] == [band.low, band.high, band.median]
        assert [one.fill for one in (low, high, median)] == ["none", "tonexty", "none"]
        assert {one.xaxis for one in (low, high, median)} == {"x" if place == 0 else "x2"}


def test_histograms_have_a_panel_behind_every_step():
    values = np.array([-1.0, 0.0, 0.0, 3.0])
    figure = steps_figure(
        {"before": {"norm": values, "ReLU": values}, "none": {"ReLU": values}}, theme="light", height=300
    )
    assert [sum(bars.y) for bars in figure.data] == pytest.approx([1.0] * 3)
    assert figure.layout.annotations[0].text == "<b>before</b><br>norm"
