"""The norm experiments -> figures: curves, percentiles by epoch, histograms after every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.views import numbers
from explorer.views.charts.axes import MOST_TICKS, axis, gaps, linear_range, log_axis, log_range, share_axis
from explorer.views.charts.bars import histogram
from explorer.views.charts.figure import figure, scatter
from explorer.views.charts.lines import Look, dotted, look
from explorer.views.charts.panels import Panel, panels
from explorer.views.norm_words import finite
from explorer.views.palette import TEXT, Theme

BINS = 41
MARKED_POINTS = 40
_LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "font": {"size": 12}}


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A line of a chart.

    Attributes:
        name: of it, for the legend.
        x: where its points are.
        y: their values; what is not finite is a gap, and so is what a logarithmic axis cannot show.
        is_law: whether it is a formula beside which the others are measured; then it has no markers.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    is_law: bool = False


@dataclass(frozen=True, kw_only=True)
class Band:
    """What a layer is given, by epoch: three percentiles of all values."""

    title: str
    low: Sequence[float]
    median: Sequence[float]
    high: Sequence[float]


def curves_figure(
    curves: Sequence[Curve],
    *,
    x: str,
    y: str,
    theme: Theme,
    height: int = 320,
    log_x: bool = False,
    log_y: bool = False,
    percent: bool = False,
    marked: float | None = None,
) -> go.Figure:
    """Lines over one axis, told apart by colours, dashes and markers.

    Args:
        curves: at most eight.
        x: title of the axis.
        y: title of the axis.
        theme: light or dark.
        height: in pixels.
        log_x: whether its scale is logarithmic, with a tick at every place that was measured if they are few.
        log_y: whether its scale is logarithmic.
        percent: whether y is a share.
        marked: place on the axis that a line is drawn at.
    """
    across = axis(x)
    if log_x:
        places = sorted({place for curve in curves for place in curve.x})
        across = log_axis(x, *(log_range(places) or (0, 1)))
        if len(places) <= MOST_TICKS:
            across |= {"tickvals": places, "ticktext": [f"{place:,.6g}" for place in places]}
    ends = (log_range if log_y else linear_range)([value for curve in curves for value in curve.y])
    up = axis(y, type="log" if log_y else "linear")
    if ends is not None and log_y:
        up = log_axis(y, *ends, percent=percent)
    elif ends is not None and percent:
        up = share_axis(y, *ends)
    laws = [curve.is_law for curve in curves]
    return figure(
        [
            scatter(
                list(curve.x),
                gaps(curve.y, log=log_y),
                f"{curve.name}<br>%{{x:,}}: {'%{hovertext}' if percent else '%{y:.4~g}'}",
                hovertext=[numbers.percent(value, figures=5) for value in curve.y] if percent else None,
                name=curve.name,
                # of the measured ones each has a look of its own
                **(_law(theme) if curve.is_law else _measured(look(laws[:place].count(False), theme), len(curve.x))),
            )
            for place, curve in enumerate(curves)
        ],
        theme=theme,
        height=height,
        margin=(62, 10, 48, 42),
        x=across,
        y=up,
        shapes=[] if marked is None else [dotted(x=marked)],
        grows=True,
        showlegend=len(curves) > 1,
        legend=_LEGEND,
    )


def bands_figure(bands: Sequence[Band], *, y: str, theme: Theme, height: int = 320) -> go.Figure:
    """The 15th, 50th and 85th percentile by epoch, networks beside each other on one axis.

    As Figure 1 of Ioffe and Szegedy 2015 (arXiv 1502.03167) draws them.

    Args:
        bands: one for each network.
        y: title of the axis.
        theme: light or dark.
        height: in pixels.
    """
    ink = TEXT[theme]
    drawn: list[Panel] = []
    for band in bands:
        percentiles = {"15\u00a0%": band.low, "85\u00a0%": band.high, "50\u00a0%": band.median}
        traces = [
            scatter(
                list(range(len(values))),
                gaps(values),
                f"{band.title}<br>epoch %{{x}}, {name}: %{{y:.4~g}}",
                mode="lines+markers" if name == "50\u00a0%" else "lines",
                line={"color": ink, "width": 2 if name == "50\u00a0%" else 1},
                marker={"color": ink, "size": 6},
                # down to the line before it
                fill="tonexty" if name == "85\u00a0%" else "none",
                fillcolor="rgba(128,128,128,0.22)",
            )
            for name, values in percentiles.items()
        ]
        title = axis() if drawn else axis(y)
        drawn.append(Panel(traces=traces, x=axis("epoch", dtick=1), y=title, title=f"<b>{band.title}</b>"))
    return panels([drawn], theme=theme, height=height, margin=(52, 6, 26, 40), gap=0.03, share="y")


def steps_figure(rows: Mapping[str, Mapping[str, np.ndarray]], *, theme: Theme, height: int = 320) -> go.Figure:
    """A histogram after every step of a layer: a row for each order of the steps, zero in the middle of each panel.

    Args:
        rows: by order the values after each step, in order.
        theme: light or dark.
        height: in pixels.
    """
    drawn = []
    for order, steps in rows.items():
        line: list[Panel] = []
        for name, values in steps.items():
            known = finite(values)
            reach = float(np.abs(known).max(initial=0.0)) or 1.0
            edges = np.linspace(-reach, reach, BINS + 1)
            traces = histogram(known, edges, colour=TEXT[theme], name=name)
            title = name if line else f"<b>{order}</b><br>{name}"
            line.append(
                Panel(traces=traces, x={"nticks": 3}, y={"showticklabels": False, "showgrid": False}, title=title)
            )
        drawn.append(line)
    return panels(drawn, theme=theme, height=height, margin=(8, 8, 40, 22), gap=0.04, row_gap=0.2, bargap=0)


def _law(theme: Theme) -> dict[str, Any]:
    """A formula beside which the others are measured."""
    return {"mode": "lines", "line": {"color": TEXT[theme], "width": 1, "dash": "dot"}}


def _measured(drawn: Look, points: int) -> dict[str, Any]:
    return {
        "mode": "lines+markers" if points <= MARKED_POINTS else "lines",
        "line": drawn.line(),
        "marker": {"color": drawn.colour, "size": 6, "symbol": drawn.symbol},
    }
