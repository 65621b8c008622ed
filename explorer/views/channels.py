"""Silent and equal channels along the depth, as a figure and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from explorer.views.charts.axes import share_axis
from explorer.views.charts.figure import Part, bar
from explorer.views.charts.panels import along
from explorer.views.numbers import percent
from explorer.views.palette import Theme, stage_colour


@dataclass(frozen=True, kw_only=True)
class ChannelCounts:
    """What was found of the channels of one row.

    Attributes:
        row: its name.
        stage: its stage.
        channels: how many it has.
        silent: how many are 0 everywhere.
        doubles: how many are equal to one of a lower number.
    """

    row: str
    stage: str
    channels: int
    silent: int
    doubles: int


def channels_figure(found: Sequence[ChannelCounts], *, picked: int, theme: Theme) -> go.Figure:
    """The share of silent channels of each row, and below it that of equal ones; every bar can be clicked.

    Args:
        found: the rows in order.
        picked: place of the row that is marked.
        theme: light or dark.
    """
    places = list(range(len(found)))
    look: Part = {"marker": {"color": [stage_colour(one.stage, theme) for one in found]}}

    def panel(counts: Sequence[int], title: str, said: str) -> tuple[list[Part], Part]:
        shares = [count / one.channels for count, one in zip(counts, found, strict=True)]
        named = [
            [one.row, f"{count:,} of {one.channels:,} {said} ({percent(share)})"]
            for one, count, share in zip(found, counts, shares, strict=True)
        ]
        drawn = bar(places, shares, "%{customdata[0]}: %{customdata[1]}", customdata=named, **look)
        return [drawn], share_axis(title, 0, max(0.05, 1.08 * max(shares)), most=5)

    return along(
        [
            panel([one.silent for one in found], "silent", "are silent"),
            panel([one.doubles for one in found], "equal", "are nearly equal to another"),
        ],
        [one.stage for one in found],
        "activations in order",
        theme=theme,
        height=330,
        gap=0.1,
        picked=picked,
        bargap=0.25,
    )


def channels_table(found: Sequence[ChannelCounts]) -> pd.DataFrame:
    """Every number of the figure: ``row``, ``stage``, ``channels``, ``silent``, ``equal_to_another``."""
    return pd.DataFrame(
        [
            {
                "row": one.row,
                "stage": one.stage,
                "channels": one.channels,
                "silent": one.silent,
                "equal_to_another": one.doubles,
            }
            for one in found
        ]
    )
