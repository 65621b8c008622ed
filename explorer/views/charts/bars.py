"""Bars: of a histogram, and in groups below each other with their names beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from explorer.views.charts.axes import axis
from explorer.views.charts.figure import Part, bar
from explorer.views.numbers import percent

GAP_ROWS = 0.35
"""Between two groups, in bars."""


def histogram(values: np.ndarray, edges: np.ndarray, *, colour: str, name: str, opacity: float = 1.0) -> list[Part]:
    """The share of values between each pair of edges; no bars where there are no values.

    Args:
        values: finite ones.
        edges: of the bins, in order.
        colour: of the bars.
        name: of the values, said of every bar.
        opacity: of the bars.
    """
    if not values.size:
        return []
    counts, _ = np.histogram(values, bins=edges)
    hover = f"{name}<br>around %{{x:.3~g}}: %{{customdata:,}} values, %{{hovertext}}"
    middles, widths = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    shares = counts / values.size
    said = {"customdata": counts, "hovertext": [percent(share) for share in shares.tolist()]}
    return [bar(middles, shares, hover, width=widths, marker={"color": colour}, opacity=opacity, **said)]


class Group(NamedTuple):
    """Bars that stand together below a title.

    Attributes:
        title: what they are of.
        colour: of the title.
        names: of the bars.
    """

    title: str
    colour: str
    names: Sequence[str]


def rows_of(groups: Sequence[Group]) -> list[list[float]]:
    """Where the bars of each group stand, in bars from the top; a group's title stands one above its first bar."""
    places = []
    top = 0.0
    for group in groups:
        places.append([top + 1 + index for index in range(len(group.names))])
        top += len(group.names) + 1 + GAP_ROWS
    return places


def names_axis(groups: Sequence[Group]) -> Part:
    """The words beside bars that run from left to right: each group's title in its colour, and each bar's name."""
    places: list[float] = []
    words: list[str] = []
    for group, rows in zip(groups, rows_of(groups), strict=True):
        places += [rows[0] - 1, *rows]
        words += [f'<span style="color:{group.colour}"><b>{group.title}</b></span>', *group.names]
    return axis(
        range=[places[-1] + 0.6, -0.6],
        fixedrange=True,
        automargin=True,
        ticklabelstandoff=5,
        showgrid=False,
        zeroline=False,
        tickvals=places,
        ticktext=words,
    )


def height_of(groups: Sequence[Group], pixels: float) -> float:
    """Pixels that groups need whose bars have as many each, without what stands around them."""
    return pixels * sum(len(group.names) + 1 + GAP_ROWS for group in groups)
