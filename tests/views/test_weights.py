"""Charts of weights: the spread along the depth, and histograms of a layer's numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.views.palette import stage_colour
from explorer.views.weights import MOST_BINS, numbers_figure, spread_figure

LAYERS = ["conv1", "layer1.0.conv1", "layer1.0.conv2", "fc"]
STAGES = ["stem", "layer1", "layer1", "head"]


def test_every_layer_is_a_point_in_the_colour_of_its_stage_that_can_be_clicked():
    figure = spread_figure(LAYERS, STAGES, [1.0, 0.5, 2.0, 30.0], theme="light", picked="fc")
    points = {
        name: (x, y, trace.line.color)
        for trace in figure.data
        for name, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }
    assert {name: points[name][1] for name in LAYERS} == dict(zip(LAYERS, [1.0, 0.5, 2.0, 30.0], strict=True))
    assert [points[name][0] for name in LAYERS] == [0, 1, 2, 3]
    assert points["layer1.0.conv2"][2] == stage_colour("layer1", "light")


def test_one_stands_in_the_chart_whatever_the_ratios_are():
    figure = spread_figure(LAYERS, STAGES, [20.0, 30.0, 40.0, 50.0], theme="dark")
    low, high = figure.layout.yaxis.range
    assert low < 0 < math.log10(50) < high
    assert any(shape.y0 == shape.y1 == 1 for shape in figure.layout.shapes)


def test_a_layer_of_zeros_is_a_gap():
    figure = spread_figure(LAYERS, STAGES, [1.0, 0.0, 2.0, 1.0], theme="light")
    layer1 = next(trace for trace in figure.data if "layer1.0.conv1" in trace.customdata)
    assert list(layer1.y) == [None, 2.0]


@pytest.mark.parametrize("count", [1, 72, 100_000])
def test_a_histogram_counts_every_finite_number(count: int):
    numbers = np.random.default_rng(0).normal(size=count)
    with_gaps = np.append(numbers, [math.nan, math.inf])
    bars = numbers_figure({"weights": with_gaps}, stage="layer1", theme="light").data[0]
    assert sum(bars.customdata) == count
    assert len(bars.customdata) <= MOST_BINS
    assert sum(bars.y) == pytest.approx(1)


def test_each_part_has_a_panel_of_its_own_with_its_moments():
    parts = {"γ": np.array([1.0, 3.0]), "β": np.array([0.0, 0.0])}
    figure = numbers_figure(parts, stage="stem", theme="light")
    titles = [note.text for note in figure.layout.annotations]
    assert titles[0].startswith("<b>γ</b>  mean 2 · standard deviation 1")
    assert titles[1].startswith("<b>β</b>  mean 0 · standard deviation 0")


def test_without_a_finite_number_nothing_is_drawn_and_that_is_said():
    figure = numbers_figure({"weights": np.array([math.nan])}, stage="stem", theme="light")
    assert not figure.data
    assert "no finite value" in figure.layout.annotations[0].text
