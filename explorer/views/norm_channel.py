"""One channel or one norm -> figures: before and after, running against batch, per channel, the line of eval mode."""

from __future__ import annotations

from typing import Literal

import numpy as np
import plotly.graph_objects as go

from explorer.views.charts.axes import axis, linear_range, log_axis, log_range, share_axis
from explorer.views.charts.bars import histogram
from explorer.views.charts.figure import Part, bar, figure, scatter
from explorer.views.charts.lines import dotted
from explorer.views.charts.panels import Panel, panels
from explorer.views.norm_words import Line, finite, line_text, moments_text
from explorer.views.palette import TEXT, Theme, stage_colour

Statistic = Literal["mean", "variance"]
BINS = 60
# Points of a scatter of single values; more of them draw the same cloud and slow the browser down.
MOST_POINTS = 600


def histogram_figure(before: np.ndarray, after: np.ndarray, *, stage: str, theme: Theme) -> go.Figure:
    """The values of one channel before and after the norm, on one axis.

    Args:
        before: what arrives, of any shape.
        after: what the norm outputs.
        stage: whose colour the second one has.
        theme: light or dark.
    """
    parts = {"before": (finite(before), TEXT[theme], 0.5), "after": (finite(after), stage_colour(stage, theme), 1.0)}
    everything = np.concatenate([values for values, _, _ in parts.values()])
    edges = np.histogram_bin_edges(everything, bins=BINS)
    rows = []
    for name, (values, colour, opacity) in parts.items():
        bars = histogram(values, edges, colour=colour, opacity=opacity, name=name)
        highest = max((float(one["y"].max()) for one in bars), default=1.0)
        panel = Panel(
            traces=bars,
            x=axis("value" if name == "after" else "", zeroline=True),
            y=share_axis("share", 0, 1.05 * highest, most=4),
            title=f"<b>{name}</b>  {moments_text(values)}",
            shapes=mean_and_band(values, theme),
        )
        rows.append([panel])
    return panels(rows, theme=theme, height=336, margin=(56, 4, 20, 40), gap=0.1, share="x", bargap=0)


def mean_and_band(values: np.ndarray, theme: Theme) -> list[Part]:
    """A line at the mean of some values, and a band of one standard deviation to both sides."""
    if not values.size:
        return []
    mean, deviation = float(values.mean()), float(values.std())
    band = {"type": "rect", "fillcolor": TEXT[theme], "opacity": 0.08, "line": {"width": 0}}
    return [{"type": "line", "x0": mean, "x1": mean}, {**band, "x0": mean - deviation, "x1": mean + deviation}]


def against_figure(
    running: np.ndarray, batch: np.ndarray, *, what: Statistic, stage: str, theme: Theme, picked: int | None = None
) -> go.Figure:
    """A statistic of the batch over the running one, a dot per channel, with the line on which both are equal.

    Args:
        running: ``(C,)``.
        batch: ``(C,)``.
        what: which statistic; variances have logarithmic axes.
        stage: whose colour the dots have.
        theme: light or dark.
        picked: channel with a ring around it.
    """
    logarithmic = what == "variance"
    drawn = np.isfinite(running) & np.isfinite(batch) & ((running > 0) & (batch > 0) if logarithmic else True)
    channels = np.flatnonzero(drawn)
    is_picked = channels == picked
    ink = {"color": TEXT[theme], "width": np.where(is_picked, 2, 0).tolist()}
    traces: list[Part] = [
        scatter(
            running[channels],
            batch[channels],
            "channel %{customdata}<br>running %{x:.4~g}<br>this batch %{y:.4~g}",
            mode="markers",
            customdata=channels,
            marker={"color": stage_colour(stage, theme), "size": np.where(is_picked, 13, 7).tolist(), "line": ink},
        )
    ]
    titles = f"running {what}", f"{what} of this batch"
    x, y = map(axis, titles)
    if channels.size:
        together = np.concatenate([running[channels], batch[channels]])
        low, high = (log_range if logarithmic else linear_range)(together) or (0, 1)
        ends = [10**low, 10**high] if logarithmic else [low, high]
        equal = {"color": TEXT[theme], "width": 1, "dash": "dot"}
        traces.insert(0, scatter(ends, ends, mode="lines", line=equal))
        if logarithmic:
            x, y = (log_axis(title, low, high, most=6) for title in titles)
        else:
            x, y = (axis(title, range=ends) for title in titles)
    return figure(traces, theme=theme, height=330, x=x, y=y, hoverdistance=-1)


def channels_figure(values: np.ndarray, *, what: str, stage: str, theme: Theme, picked: int | None = None) -> go.Figure:
    """One number per channel as a bar; every bar can be clicked.

    Args:
        values: ``(C,)``.
        what: title of the axis.
        stage: whose colour the bars have.
        theme: light or dark.
        picked: channel that is marked.
    """
    channels = np.arange(len(values))
    heights = np.where(np.isfinite(values), values, np.nan)
    look = {"customdata": channels, "marker": {"color": stage_colour(stage, theme)}}
    return figure(
        [bar(channels, heights, "channel %{customdata}<br>%{y:.4~g}", **look)],
        theme=theme,
        height=170,
        x=axis("channel", range=[-0.6, len(values) - 0.4]),
        y=axis(what, rangemode="tozero", nticks=4),
        shapes=[] if picked is None else [dotted(x=picked)],
        bargap=0.1,
        # by x, so that a click above a low bar counts; a hoverdistance of −1 would always give the last bar
        hovermode="x",
    )


def line_figure(
    before: np.ndarray,
    after: np.ndarray,
    line: Line,
    *,
    stage: str,
    theme: Theme,
    what_if: Line | None = None,
    train: Line | None = None,
) -> go.Figure:
    """What a norm in eval mode makes of the values of one channel: all points lie on one line.

    Args:
        before: what arrives, of any shape.
        after: what the norm outputs in eval mode, of the same shape.
        line: a and b of ``y = a·x + b``.
        stage: whose colour the points have.
        theme: light or dark.
        what_if: a and b with another γ and β.
        train: a and b that the batch at hand would give in train mode.
    """
    x, y = _sampled(before, after)
    ends = np.array(linear_range(x) or (-1.0, 1.0))
    dots = {"color": stage_colour(stage, theme), "size": 6, "opacity": 0.55}
    traces = [scatter(x, y, "x %{x:.4~g}<br>y %{y:.4~g}", mode="markers", marker=dots)]
    lines = {
        "eval": (line, "solid", 1.5),
        "train, this batch": (train, "dot", 1.5),
        "with your γ and β": (what_if, "dash", 2.5),
    }
    for name, (one, dash, width) in lines.items():
        if one is None or not np.isfinite(one).all():
            continue
        # at the left end of its line the train mode's name does not meet the other names
        left, above = name.startswith("train"), (one[0] >= 0) != name.startswith("train")
        traces.append(
            scatter(
                ends,
                one[0] * ends + one[1],
                f"{name}<br>{line_text(one)}",
                mode="lines+text",
                text=[name, ""] if left else ["", name],
                textposition=f"{'top' if above else 'bottom'} {'right' if left else 'left'}",
                line={"color": TEXT[theme], "width": width, "dash": dash},
            )
        )
    return figure(
        traces,
        theme=theme,
        height=340,
        x=axis("x: input", zeroline=True),
        y=axis("y: output of the norm"),
    )


def _sampled(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Some of the finite pairs: evenly spread over all of them, the smallest and the largest x included."""
    x, y = (np.asarray(values, dtype=np.float64).ravel() for values in (before, after))
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = x[finite], y[finite]
    if x.size <= MOST_POINTS:
        return x, y
    order = np.argsort(x, kind="stable")[np.linspace(0, x.size - 1, MOST_POINTS).round().astype(int)]
    return x[order], y[order]
