"""The norm experiments -> figures: curves, percentiles by epoch, histograms behind every step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.views.figures import style
from explorer.views.norm_words import finite, written
from explorer.views.palette import TEXT, Theme

BINS = 41
MARKED_POINTS = 40
_TICKS, _FEW_POWERS = 6, 3
_DASHES = ("solid", "dash", "dot", "dashdot")
_SYMBOLS = ("circle", "square", "diamond", "x")
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
    log_x: bool = False,
    log_y: bool = False,
    percent: bool = False,
    marked: float | None = None,
) -> go.Figure:
    """Lines over one axis, told apart by dashes and markers: a colour would mean a stage.

    Args:
        curves: at most eight.
        x: title of the axis.
        y: title of the axis.
        theme: light or dark.
        log_x: whether its scale is logarithmic, with a tick at every power of two.
        log_y: whether its scale is logarithmic.
        percent: whether y is a share.
        marked: place on the axis that a line is drawn at.
    """
    layout = _layout(theme)
    layout["xaxis"] |= {"title": layout["xaxis"]["title"] | {"text": x}}
    layout["yaxis"] |= {"title": layout["yaxis"]["title"] | {"text": y}}
    if log_x:
        places = sorted({place for curve in curves for place in curve.x})
        layout["xaxis"] |= {"type": "log", "tickvals": places, "ticktext": [f"{place:,}" for place in places]}
    if log_y:
        layout["yaxis"] |= {"type": "log", **_log_ticks(curves, percent)}
    elif percent:
        layout["yaxis"]["tickformat"] = ".0%"
    if marked is not None:
        layout["shapes"] = [_mark(marked, theme)]
    traces = []
    measured = 0
    for curve in curves:
        law: dict[str, Any] = {"mode": "lines", "line": {"color": TEXT[theme], "width": 1, "dash": "dot"}}
        if not curve.is_law:
            law = {
                "mode": "lines+markers" if len(curve.x) <= MARKED_POINTS else "lines",
                "line": {"color": TEXT[theme], "width": 1.5, "dash": _DASHES[measured % len(_DASHES)]},
                "marker": {"color": TEXT[theme], "size": 6, "symbol": _SYMBOLS[measured % len(_SYMBOLS)]},
            }
            measured += 1
        traces.append(
            {
                "type": "scatter",
                "name": curve.name,
                "x": list(curve.x),
                "y": [_drawable(value, log_y) for value in curve.y],
                "hovertemplate": f"{curve.name}<br>%{{x:,}}: %{{y:{'.3~%' if percent else '.4~g'}}}<extra></extra>",
                **law,
            }
        )
    return go.Figure(traces, layout | {"showlegend": len(curves) > 1, "legend": _LEGEND})


def bands_figure(bands: Sequence[Band], *, y: str, theme: Theme) -> go.Figure:
    """The 15th, 50th and 85th percentile by epoch, networks beside each other on one axis.

    As Figure 1 of Ioffe and Szegedy 2015 (arXiv 1502.03167) draws them.

    Args:
        bands: one for each network.
        y: title of the axis.
        theme: light or dark.
    """
    figure = make_subplots(rows=1, cols=len(bands), shared_yaxes=True, horizontal_spacing=0.03)
    for column, band in enumerate(bands, start=1):
        epochs = list(range(len(band.median)))
        for name, values, fill in (
            ("15 %", band.low, None),
            ("85 %", band.high, "tonexty"),
            ("50 %", band.median, None),
        ):
            figure.add_scatter(
                x=epochs,
                y=[_drawable(value, False) for value in values],
                mode="lines+markers" if name == "50 %" else "lines",
                line={"color": TEXT[theme], "width": 2 if name == "50 %" else 1},
                marker={"color": TEXT[theme], "size": 6},
                fill=fill,
                fillcolor="rgba(128,128,128,0.22)",
                hovertemplate=f"{band.title}<br>epoch %{{x}}, {name}: %{{y:.4~g}}<extra></extra>",
                row=1,
                col=column,
            )
        _panel_title(figure, f"<b>{band.title}</b>", column, theme)
    figure.update_layout(_plain(theme) | {"margin": {"l": 52, "r": 6, "t": 26, "b": 40}})
    _style_axes(figure, theme)
    figure.update_xaxes(title_text="epoch", dtick=1)
    figure.update_yaxes(title_text=y, col=1)
    return figure


def steps_figure(rows: Mapping[str, Mapping[str, np.ndarray]], *, theme: Theme) -> go.Figure:
    """A histogram behind every step of a layer: a row for each order of the steps, zero in the middle of each panel.

    Args:
        rows: by order the values behind each step, in order.
        theme: light or dark.
    """
    columns = max(len(steps) for steps in rows.values())
    figure = make_subplots(rows=len(rows), cols=columns, vertical_spacing=0.2, horizontal_spacing=0.04)
    for row, (order, steps) in enumerate(rows.items(), start=1):
        for column, (name, values) in enumerate(steps.items(), start=1):
            known = finite(values)
            if known.size:
                reach = float(np.abs(known).max()) or 1.0
                counts, edges = np.histogram(known, bins=BINS, range=(-reach, reach))
                figure.add_bar(
                    x=(edges[:-1] + edges[1:]) / 2,
                    y=counts / known.size,
                    width=np.diff(edges),
                    marker={"color": TEXT[theme], "line": {"width": 0}},
                    hovertemplate=name + "<br>around %{x:.3~g}: %{y:.1%}<extra></extra>",
                    row=row,
                    col=column,
                )
            title = f"<b>{order}</b><br>{name}" if column == 1 else name
            _panel_title(figure, title, (row - 1) * columns + column, theme)
    figure.update_layout(_plain(theme) | {"margin": {"l": 8, "r": 8, "t": 40, "b": 22}, "bargap": 0})
    _style_axes(figure, theme)
    figure.update_xaxes(nticks=3)
    figure.update_yaxes(showticklabels=False, showgrid=False)
    return figure


def _mark(place: float, theme: Theme) -> dict[str, Any]:
    line = {"color": TEXT[theme], "width": 1, "dash": "dot"}
    return {"type": "line", "yref": "paper", "x0": place, "x1": place, "y0": 0, "y1": 1, "line": line}


def _layout(theme: Theme) -> dict[str, Any]:
    return style(theme=theme, height=300) | {
        "margin": {"l": 62, "r": 10, "t": 48, "b": 42},
        "hovermode": "closest",
        "dragmode": False,
    }


def _plain(theme: Theme) -> dict[str, Any]:
    """The app's style for a figure of several panels, which bring their own axes."""
    layout = style(theme=theme, height=300) | {"hovermode": "closest", "dragmode": False}
    return {name: value for name, value in layout.items() if name not in ("xaxis", "yaxis", "template")}


def _style_axes(figure: go.Figure, theme: Theme) -> None:
    axis = {name: value for name, value in style(theme=theme, height=300)["xaxis"].items() if name != "title"}
    figure.update_xaxes(**axis, title_standoff=4)
    figure.update_yaxes(**axis, title_standoff=4)


def _panel_title(figure: go.Figure, text: str, panel: int, theme: Theme) -> None:
    number = "" if panel == 1 else str(panel)
    figure.add_annotation(
        x=0,
        y=1,
        xref=f"x{number} domain",
        yref=f"y{number} domain",
        text=text,
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        font={"color": TEXT[theme], "size": 12},
    )


def _drawable(value: float, logarithmic: bool) -> float | None:
    return value if math.isfinite(value) and (value > 0 or not logarithmic) else None


def _log_ticks(curves: Sequence[Curve], percent: bool) -> dict[str, Any]:
    """Ticks at powers of ten, six or so; where there are less than two powers between the ends, at 1, 2 and 5."""
    values = [value for curve in curves for value in curve.y if _drawable(value, True)]
    if not values:
        return {}
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    step = max(1, math.ceil((high - low) / _TICKS))
    figures = (1, 2, 5) if high - low <= _FEW_POWERS else (1,)
    ticks = [figure * 10.0**power for power in range(low, high + 1, step) for figure in figures]
    return {"tickvals": ticks, "ticktext": [_tick(tick, percent) for tick in ticks]}


def _tick(value: float, percent: bool) -> str:
    return f"{100 * value:.6g} %" if percent else written(value)
