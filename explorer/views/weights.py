"""Weights of layers as charts: how far spread along the depth, and one layer's numbers as histograms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.views.charts.axes import axis, log_axis, log_range, share_axis
from explorer.views.charts.bars import histogram
from explorer.views.charts.lines import dotted
from explorer.views.charts.panels import Panel, along, by_stage, panels
from explorer.views.norm_words import finite, moments_text
from explorer.views.palette import Theme, stage_colour

MOST_BINS = 60
_PANEL_PIXELS = 190
_AROUND_ONE = 1.5


def spread_figure(
    layers: Sequence[str], stages: Sequence[str], ratios: Sequence[float], *, theme: Theme, picked: str = ""
) -> go.Figure:
    """How many times as far spread each layer's weights are as at the start; every point can be clicked.

    Args:
        layers: their names, in order.
        stages: the stage of every layer.
        ratios: of the standard deviations; 0 leaves a gap.
        theme: light or dark.
        picked: name of the layer that is marked.
    """
    low, high = log_range([*ratios, 1 / _AROUND_ONE, _AROUND_ONE]) or (-1.0, 1.0)
    drawable = [ratio or None for ratio in ratios]  # a logarithmic axis has no 0
    hover = "<b>%{customdata}</b><br>%{y:.3~g} times as at the start"
    return along(
        [(by_stage(stages, drawable, layers, hover=hover, theme=theme), log_axis("σ / σ at the start", low, high))],
        stages,
        "convolutions and linear layers in order",
        theme=theme,
        height=260,
        picked=layers.index(picked) if picked in layers else None,
        shapes=[dotted(y=1)],
        hoverdistance=-1,
    )


def numbers_figure(parts: Mapping[str, np.ndarray], *, stage: str, theme: Theme) -> go.Figure:
    """Histograms below each other, each on an axis of its own.

    Args:
        parts: what is counted by its name, of any shape.
        stage: whose colour the bars have.
        theme: light or dark.
    """
    rows = []
    for name, numbers in parts.items():
        known = finite(numbers)
        bins = min(MOST_BINS, max(1, math.isqrt(known.size)))
        edges = np.histogram_bin_edges(known, bins=bins) if known.size else np.array([0.0, 1.0])
        bars = histogram(known, edges, colour=stage_colour(stage, theme), name=name)
        highest = max((float(one["y"].max()) for one in bars), default=1.0)
        y = share_axis("share", 0, 1.05 * highest, most=4)
        rows.append([Panel(traces=bars, x=axis(zeroline=True), y=y, title=f"<b>{name}</b>  {moments_text(numbers)}")])
    return panels(
        rows,
        theme=theme,
        height=60 + _PANEL_PIXELS * len(rows),
        margin=(56, 4, 24, 24),
        gap=0.22 / len(rows),
        bargap=0,
    )
