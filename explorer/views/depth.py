"""Activations along the depth -> figures and a table: mean, spread, zeros, residual ratios, silent channels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.architecture.plan import Layer, Plan, paper_name
from explorer.views.palette import TEXT, Theme, stage_colour
from explorer.views.stage_names import name_stages

MEASURES = {"mean": "mean", "std": "spread (σ)", "zeros": "share of zeros"}
# Beyond this many points a panel has lines only: each marker is an element of its own in the browser.
MARKED_POINTS = 400
# The spread gets a logarithmic axis where it grows by more than this.
LOG_RATIO = 100.0
NAMED_CHANNELS = 12


@dataclass(frozen=True, eq=False, kw_only=True)
class Measured:
    """What one row put out, in numbers.

    Attributes:
        row: of the plan.
        mean: over all values.
        std: standard deviation over all values.
        zeros: share of the values that are 0.
        silent: channels that are 0 at every position of every picture.
    """

    row: Layer
    mean: float
    std: float
    zeros: float
    silent: tuple[int, ...]


def depth_figure(measured: Sequence[Measured], *, theme: Theme, picked: str | None = None) -> go.Figure:
    """Mean, spread and share of zeros of rows in the order of the calls, one panel each; every point can be clicked.

    Args:
        measured: the rows that are shown.
        theme: light or dark.
        picked: name of the row that is marked.
    """
    figure = make_subplots(rows=len(MEASURES), cols=1, shared_xaxes=True, vertical_spacing=0.04)
    stages = list(dict.fromkeys(one.row.stage for one in measured))
    mode = "lines+markers" if len(measured) <= MARKED_POINTS else "lines"
    for panel, measure in enumerate(MEASURES, start=1):
        for stage in stages:
            places = [place for place, one in enumerate(measured) if one.row.stage == stage]
            figure.add_scatter(
                x=places,
                y=[_drawable(getattr(measured[place], measure)) for place in places],
                customdata=[[measured[place].row.layer, measured[place].row.kind] for place in places],
                hovertemplate="%{customdata[0]} (%{customdata[1]})<br>"
                + MEASURES[measure]
                + " %{y:.4~g}<extra></extra>",
                mode=mode,
                line={"color": stage_colour(stage, theme), "width": 1},
                marker={"size": 5},
                unselected={"marker": {"opacity": 1}},
                showlegend=False,
                row=panel,
                col=1,
            )
        figure.update_yaxes(title_text=MEASURES[measure], title_standoff=6, automargin=False, row=panel, col=1)
    figure.update_yaxes(range=[-0.02, 1.02], tickformat=".0%", row=len(MEASURES), col=1)
    if _spans(one.std for one in measured):
        figure.update_yaxes(type="log", exponentformat="power", row=2, col=1)
    name_stages(figure, [one.row.stage for one in measured], theme)
    marked = next((place for place, one in enumerate(measured) if one.row.layer == picked), None)
    if marked is not None:
        figure.add_vline(x=marked, line={"color": TEXT[theme], "width": 1, "dash": "dot"})
    figure.update_xaxes(showticklabels=False, range=[-0.5, len(measured) - 0.5])
    figure.update_xaxes(title_text="layers in the order of the calls", title_standoff=4, row=len(MEASURES), col=1)
    figure.update_layout(
        margin={"l": 64, "r": 0, "t": 24, "b": 30, "autoexpand": False}, hovermode="x", hoverdistance=-1, dragmode=False
    )
    return figure


def ratio_figure(ratios: dict[str, float], plan: Plan, *, theme: Theme, picked: str | None = None) -> go.Figure:
    """‖F(x)‖ / ‖shortcut(x)‖ along the blocks; every point can be clicked.

    Args:
        ratios: by block, in order.
        plan: the network they were measured in.
        theme: light or dark.
        picked: block that is marked.
    """
    blocks = list(ratios)
    stages = [plan.blocks[block][0].stage for block in blocks]
    figure = go.Figure()
    for stage in dict.fromkeys(stages):
        places = [place for place, of in enumerate(stages) if of == stage]
        figure.add_scatter(
            x=places,
            y=[_drawable(ratios[blocks[place]]) for place in places],
            customdata=[blocks[place] for place in places],
            hovertemplate="%{customdata}<br>‖F(x)‖ is %{y:.3~g} × ‖shortcut‖<extra></extra>",
            mode="lines+markers" if len(blocks) <= MARKED_POINTS else "lines",
            line={"color": stage_colour(stage, theme), "width": 1.5},
            marker={"size": 7},
            unselected={"marker": {"opacity": 1}},
            showlegend=False,
        )
    figure.add_hline(y=1, line={"color": TEXT[theme], "width": 1, "dash": "dot"}, opacity=0.5)
    if picked in blocks:
        figure.add_vline(x=blocks.index(picked), line={"color": TEXT[theme], "width": 1, "dash": "dot"})
    name_stages(figure, stages, theme)
    figure.update_xaxes(
        title_text="blocks in order", title_standoff=4, showticklabels=False, range=[-0.5, len(blocks) - 0.5]
    )
    figure.update_yaxes(title_text="‖F(x)‖ / ‖shortcut‖", title_standoff=6, automargin=False, rangemode="tozero")
    if _spans(ratios.values()):
        figure.update_yaxes(type="log", exponentformat="power")
    figure.update_layout(
        margin={"l": 64, "r": 0, "t": 24, "b": 30, "autoexpand": False}, hovermode="x", hoverdistance=-1, dragmode=False
    )
    return figure


def silent_table(measured: Sequence[Measured]) -> pd.DataFrame:
    """The rows with channels that are 0 everywhere on these pictures.

    Args:
        measured: all rows.

    Returns:
        One row each: ``layer``, ``kind``, ``stage``, ``silent`` channels, of how many ``channels``, ``silent_share``,
        ``positions`` per channel and picture, and the first ``silent_channels``.
    """
    rows: list[dict[str, Any]] = []
    for one in measured:
        if not one.silent:
            continue
        shape = one.row.output_shape
        rows.append(
            {
                "layer": one.row.layer,
                "kind": one.row.kind,
                "stage": paper_name(one.row.stage),
                "silent": len(one.silent),
                "channels": shape[0],
                "silent_share": len(one.silent) / shape[0],
                "positions": math.prod(shape[1:]),
                "silent_channels": _listed(one.silent),
            }
        )
    columns = ["layer", "kind", "stage", "silent", "channels", "silent_share", "positions", "silent_channels"]
    return pd.DataFrame(rows, columns=columns)


def _listed(channels: Sequence[int]) -> str:
    named = ", ".join(map(str, channels[:NAMED_CHANNELS]))
    return f"{named} and {len(channels) - NAMED_CHANNELS:,} more" if len(channels) > NAMED_CHANNELS else named


def _drawable(value: float) -> float | None:
    """NaN and infinity have no place on an axis: a gap."""
    return value if math.isfinite(value) else None


def _spans(values: Any) -> bool:
    positive = [value for value in values if math.isfinite(value) and value > 0]
    return bool(positive) and max(positive) > LOG_RATIO * float(np.median(positive))
