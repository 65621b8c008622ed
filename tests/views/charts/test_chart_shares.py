"""A share reads ``4.4 %`` on charts as in the text, never ``4.4%`` as d3's own formats of percent have it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import explorer
from explorer import describe, preset, trace
from explorer.views.depth import Measured, depth_figure
from explorer.views.norm_channel import histogram_figure
from explorer.views.norm_lab import Curve, curves_figure, steps_figure
from explorer.views.taken_out import TakenOut, taken_out_figure
from explorer.views.training import TrainingLine, live_chart, training_figure

# Plotly's ``%{y}`` is no sign of percent
SIGN_WITHOUT_SPACE = re.compile("(?<!\u00a0)%(?!{)|%}")
D3_PERCENT = re.compile(r"""["'][.\d~]+%["']|:[.\d~]*%\}""")
VALUES = np.random.default_rng(0).normal(size=(2, 500))


def charts() -> Iterator[Any]:
    """Each chart that draws shares, as what is sent to the browser."""
    rows = trace(describe(preset("resnet18")), (64, 64)).layers
    lines = [TrainingLine(label="a", dashed=True, at=np.arange(3.0), values=np.array([0.9, 0.2, 0.044]))]
    curve = Curve(name="a", x=[1, 2, 4], y=[0.3, 0.5, 0.044])
    out = [TakenOut(block="layer1.0", stage="layer1", share=0.9, lower=0.5)]
    figures = [
        histogram_figure(*VALUES, stage="layer1", theme="light"),
        steps_figure({"a": {"norm": VALUES}}, theme="light"),
        taken_out_figure(out, levels=(0.95, 0.1), theme="light"),
        depth_figure([Measured(row=row, mean=0, std=1, zeros=0.5, silent=()) for row in rows], theme="light"),
    ]
    for log in (False, True):
        figures.append(curves_figure([curve], x="x", y="y", theme="light", percent=True, log_y=log))
        figures.append(training_figure(lines, "test_error", epochs=3, log=log, theme="light"))
        yield live_chart(lines, "test_error", epochs=3, log=log, theme="light")
    for figure in figures:
        yield json.loads(figure.to_json())


def test_every_sign_of_percent_on_a_chart_stands_behind_a_space_at_which_no_line_breaks() -> None:
    for chart in charts():
        text = json.dumps(chart, ensure_ascii=False)
        assert "\u00a0%" in text
        assert not SIGN_WITHOUT_SPACE.findall(text), text


def test_no_line_of_the_app_has_a_format_of_percent_without_the_space() -> None:
    assert all(map(D3_PERCENT.search, ['tickformat=".0%"', '"%{y:.1%}"', "'.3~%'", 'f"{share:.1%}"']))
    for file in Path(explorer.__file__).parent.rglob("*.py"):
        assert not D3_PERCENT.search(file.read_text(encoding="utf-8")), file


def test_a_bar_of_a_histogram_says_its_share_of_all_values() -> None:
    before, after = histogram_figure(*VALUES, stage="layer1", theme="light").data
    for bars, values in ((before, VALUES[0]), (after, VALUES[1])):
        assert bars.hovertext == tuple(f"{100 * count / values.size:.1f}\u00a0%" for count in bars.customdata)
