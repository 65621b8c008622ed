"""One channel or one norm -> figures: before and after, running against batch, per channel, the line of eval mode."""

from __future__ import annotations

from typing import Literal

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

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
        after: what the norm puts out.
        stage: whose colour the second one has.
        theme: light or dark.
    """
    parts = {"before": finite(before), "after": finite(after)}
    everything = np.concatenate(list(parts.values()))
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.1)
    for panel, (name, values) in enumerate(parts.items(), start=1):
        colour = stage_colour(stage, theme) if name == "after" else TEXT[theme]
        if values.size:
            counts, edges = np.histogram(values, bins=np.histogram_bin_edges(everything, bins=BINS))
            figure.add_bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=counts / values.size,
                width=np.diff(edges),
                customdata=counts,
                hovertemplate=name + "<br>around %{x:.3~g}: %{customdata:,} values, %{y:.1%}<extra></extra>",
                marker={"color": colour, "line": {"width": 0}, "opacity": 1 if name == "after" else 0.5},
                showlegend=False,
                row=panel,
                col=1,
            )
            mean, deviation = float(values.mean()), float(values.std())
            figure.add_vline(x=mean, line={"color": TEXT[theme], "width": 1}, row=panel, col=1)
            figure.add_vrect(
                x0=mean - deviation,
                x1=mean + deviation,
                fillcolor=TEXT[theme],
                opacity=0.08,
                line_width=0,
                row=panel,
                col=1,
            )
        _title(figure, f"<b>{name}</b>  {moments_text(values)}", panel, theme)
        figure.update_yaxes(tickformat=".0%", nticks=4, title_text="share", title_standoff=4, row=panel, col=1)
    figure.update_xaxes(title_text="value", title_standoff=4, row=2, col=1)
    figure.update_xaxes(zeroline=True)
    figure.update_layout(margin={"l": 56, "r": 4, "t": 20, "b": 34}, bargap=0, dragmode=False)
    return figure


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
    figure = go.Figure()
    if channels.size:
        low, high = _span(np.concatenate([running[channels], batch[channels]]), logarithmic)
        figure.add_scatter(
            x=[low, high],
            y=[low, high],
            mode="lines",
            line={"color": TEXT[theme], "width": 1, "dash": "dot"},
            hoverinfo="skip",
            showlegend=False,
        )
        exponents = np.log10([low, high]) if logarithmic else np.array([low, high])
        figure.update_xaxes(range=exponents.tolist())
        figure.update_yaxes(range=exponents.tolist())
    figure.add_scatter(
        x=running[channels],
        y=batch[channels],
        customdata=channels,
        mode="markers",
        marker={
            "color": stage_colour(stage, theme),
            "size": [13 if channel == picked else 7 for channel in channels],
            "line": {"color": TEXT[theme], "width": [2 if channel == picked else 0 for channel in channels]},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        hovertemplate="channel %{customdata}<br>running %{x:.4~g}<br>this batch %{y:.4~g}<extra></extra>",
        showlegend=False,
    )
    if logarithmic:
        for update in (figure.update_xaxes, figure.update_yaxes):
            update(type="log", tickformat=".2~g")
            if channels.size:
                # within two powers of ten 1, 2 and 5 of each have a tick, beyond that the powers alone
                update(dtick="D2" if high < 100 * low else max(1, int(np.ceil(np.log10(high / low) / 5))))
    figure.update_xaxes(title_text=f"running {what}", title_standoff=4)
    figure.update_yaxes(title_text=f"{what} of this batch", title_standoff=4)
    figure.update_layout(margin={"l": 60, "r": 4, "t": 8, "b": 40}, hoverdistance=-1, dragmode=False)
    return figure


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
    figure = go.Figure(
        go.Bar(
            x=channels,
            y=np.where(np.isfinite(values), values, np.nan),
            customdata=channels,
            hovertemplate="channel %{customdata}<br>%{y:.4~g}<extra></extra>",
            marker={"color": stage_colour(stage, theme), "line": {"width": 0}},
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    )
    if picked is not None:
        figure.add_vline(x=picked, line={"color": TEXT[theme], "width": 1, "dash": "dot"})
    figure.update_xaxes(title_text="channel", title_standoff=4, range=[-0.6, len(values) - 0.4])
    figure.update_yaxes(title_text=what, title_standoff=4, rangemode="tozero", nticks=4)
    # by x, so that a click above a low bar counts; a hoverdistance of −1 would always give the last bar
    figure.update_layout(margin={"l": 60, "r": 4, "t": 8, "b": 36}, bargap=0.1, hovermode="x", dragmode=False)
    return figure


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
        after: what the norm puts out in eval mode, of the same shape.
        line: a and b of ``y = a·x + b``.
        stage: whose colour the points have.
        theme: light or dark.
        what_if: a and b with another γ and β.
        train: a and b that the batch at hand would give in train mode.
    """
    x, y = _sampled(before, after)
    ends = np.array(_span(x, False)) if x.size else np.array([-1.0, 1.0])
    figure = go.Figure()
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"color": stage_colour(stage, theme), "size": 6, "opacity": 0.55},
        hovertemplate="x %{x:.4~g}<br>y %{y:.4~g}<extra></extra>",
        showlegend=False,
    )
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
        figure.add_scatter(
            x=ends,
            y=one[0] * ends + one[1],
            mode="lines+text",
            text=[name, ""] if left else ["", name],
            textposition=f"{'top' if above else 'bottom'} {'right' if left else 'left'}",
            textfont={"color": TEXT[theme]},
            line={"color": TEXT[theme], "width": width, "dash": dash},
            hovertemplate=f"{name}<br>{line_text(one)}<extra></extra>",
            showlegend=False,
        )
    figure.update_xaxes(title_text="x: what arrives", title_standoff=4, zeroline=True)
    figure.update_yaxes(title_text="y: what the norm puts out", title_standoff=4, zeroline=True)
    figure.update_layout(margin={"l": 60, "r": 4, "t": 8, "b": 40}, hovermode="closest", dragmode=False)
    return figure


def _span(values: np.ndarray, logarithmic: bool) -> tuple[float, float]:
    """From the smallest to the largest value, with a little room on both sides."""
    low, high = float(values.min()), float(values.max())
    if logarithmic:
        return low / 1.5, high * 1.5
    room = (high - low) * 0.05 or max(abs(high), 1.0) * 0.05
    return low - room, high + room


def _sampled(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Some of the finite pairs: evenly spread over all of them, the smallest and the largest x included."""
    x, y = (np.asarray(values, dtype=np.float64).ravel() for values in (before, after))
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = x[finite], y[finite]
    if x.size <= MOST_POINTS:
        return x, y
    order = np.argsort(x, kind="stable")[np.linspace(0, x.size - 1, MOST_POINTS).round().astype(int)]
    return x[order], y[order]


def _title(figure: go.Figure, text: str, panel: int, theme: Theme) -> None:
    """Words over a panel, on its left."""
    figure.add_annotation(
        x=0,
        y=1,
        xref="x domain",
        yref="y domain" if panel == 1 else f"y{panel} domain",
        text=text,
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        font={"color": TEXT[theme], "size": 12},
    )
