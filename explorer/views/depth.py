"""Activations along the depth -> figures and a table: mean, spread, zeros, residual ratios, silent channels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from explorer.architecture.plan import Layer, Plan, paper_name
from explorer.views.charts.axes import axis, log_axis, log_range, share_axis
from explorer.views.charts.figure import Part
from explorer.views.charts.lines import dotted
from explorer.views.charts.panels import along, by_stage
from explorer.views.numbers import percent
from explorer.views.palette import Theme

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
    """Mean, standard deviation and share of zeros of rows, one panel each; every point can be clicked.

    Args:
        measured: the rows that are shown.
        theme: light or dark.
        picked: name of the row that is marked.
    """
    stages = [one.row.stage for one in measured]
    names = [[one.row.layer, one.row.kind, percent(one.zeros)] for one in measured]
    spreads = [one.std for one in measured]
    drawn: dict[str, tuple[Sequence[float], Part]] = {
        "mean": ([one.mean for one in measured], axis("mean")),
        "standard deviation": (spreads, _wide_axis("standard deviation", spreads)),
        "share of zeros": (
            [one.zeros for one in measured],
            share_axis("share of zeros", -0.02, 1.02, most=4),
        ),
    }
    hover = "%{customdata[0]} (%{customdata[1]})<br>"
    return along(
        [
            (by_stage(stages, values, names, hover=f"{hover}{words} {number}", theme=theme), y)
            for (words, (values, y)), number in zip(
                drawn.items(), ("%{y:.4~g}", "%{y:.4~g}", "%{customdata[2]}"), strict=True
            )
        ],
        stages,
        "layers in the order of the calls",
        theme=theme,
        height=446,
        picked=next((place for place, one in enumerate(measured) if one.row.layer == picked), None),
        hovermode="x",
        hoverdistance=-1,
    )


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
    hover = "%{customdata}<br>‖F(x)‖ is %{y:.3~g} × ‖shortcut‖"
    traces = by_stage(stages, list(ratios.values()), blocks, hover=hover, theme=theme)
    return along(
        [(traces, _wide_axis("‖F(x)‖ / ‖shortcut‖", ratios.values(), rangemode="tozero"))],
        stages,
        "blocks in order",
        theme=theme,
        height=256,
        picked=blocks.index(picked) if picked in blocks else None,
        shapes=[dotted(y=1)],
        hovermode="x",
        hoverdistance=-1,
    )


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
                "silent_channels": _first_channels(one.silent),
            }
        )
    columns = ["layer", "kind", "stage", "silent", "channels", "silent_share", "positions", "silent_channels"]
    return pd.DataFrame(rows, columns=columns)


def _first_channels(channels: Sequence[int]) -> str:
    named = ", ".join(map(str, channels[:NAMED_CHANNELS]))
    return f"{named} and {len(channels) - NAMED_CHANNELS:,} more" if len(channels) > NAMED_CHANNELS else named


def _wide_axis(title: str, values: Iterable[float], **settings: Any) -> Part:
    """An axis that is logarithmic where a few values would flatten all others."""
    positive = [value for value in values if math.isfinite(value) and value > 0]
    ends = log_range(positive)
    if ends is None or max(positive) <= LOG_RATIO * float(np.median(positive)):
        return axis(title, **settings)
    return log_axis(title, *ends, most=5)
