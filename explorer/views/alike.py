"""How alike layers are -> a map with what is no more than chance marked, and one layer against all others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from explorer.views.charts.axes import axis
from explorer.views.charts.figure import MUTED, Part, figure, scatter
from explorer.views.charts.heat import BAR_PIXELS, Scale, colour_bar, frame, heat, map_axes, pointed_at
from explorer.views.charts.panels import along, by_stage
from explorer.views.numbers import true_minus
from explorer.views.palette import BACKGROUND, TEXT, Theme, stage_colour
from explorer.views.similarity import Alike

LEFT, BELOW, RIGHT = 66, 44, 8
_CHARACTER_PIXELS = 6.5
_NAMED_CELLS = 24
_MARK_SHARE = 0.4  # of a cell


@dataclass(frozen=True, kw_only=True)
class Side:
    """The layers along one side of the map.

    Attributes:
        title: of the axis.
        names: of the layers, in the order of the calls.
        stages: the stage of each.
    """

    title: str
    names: tuple[str, ...]
    stages: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Map:
    """What is drawn.

    Attributes:
        across: the layers from left to right.
        up: the layers from bottom to top.
        alike: ``(layers across, layers up)``.
    """

    across: Side
    up: Side
    alike: Alike


def alike_figure(found: Map, picked: tuple[int, int], *, wide: int, theme: Theme) -> go.Figure:
    """The map: every cell can be clicked, and what is no more than chance has a cross.

    Args:
        found: what is drawn.
        picked: the cell with a frame, across and up.
        wide: pixels of the figure from left to right.
        theme: light or dark.
    """
    columns, rows = found.alike.value.shape
    plot = wide - LEFT - RIGHT
    cell = plot / max(columns, rows)
    scale = Scale(False, min(0.0, float(np.nanmin(found.alike.value, initial=0.0))), 1.0)
    x, y = (place.ravel() for place in np.mgrid[0:columns, 0:rows])
    marked = found.alike.by_chance[x, y]
    traces = [
        heat(found.alike.value.T, scale, theme=theme) | {"hoverinfo": "skip", "colorbar": colour_bar("h", theme)},
        scatter(
            x[marked],
            y[marked],
            mode="markers",
            marker={"symbol": "x-thin", "size": max(3, _MARK_SHARE * cell), "line": {"color": "#FFFFFF", "width": 1}},
        ),
        pointed_at(x, y, "%{customdata}", customdata=[_said(found, *place) for place in zip(x, y, strict=True)]),
    ]
    across, up = picked
    axis_x, axis_y = map_axes((-0.5, rows - 0.5, columns - 0.5, -0.5))
    return figure(
        traces,
        theme=theme,
        height=round(cell * rows) + BELOW + BAR_PIXELS,
        margin=(LEFT, RIGHT, BAR_PIXELS, BELOW),
        x=axis_x | _stage_ticks(found.across, cell, theme),
        y=axis_y | _stage_ticks(found.up, None, theme) | {"constraintoward": "top"},
        shapes=[
            *_borders(found, theme),
            *frame((across - 0.5, up - 0.5, across + 0.5, up + 0.5)),
        ],
        plot_bgcolor=MUTED[theme],
        hoverdistance=-1,
    )


def one_against_all(found: Map, across: int, up: int, *, theme: Theme) -> go.Figure:
    """One layer of those across against all those up, with intervals, and what chance gives as a grey band.

    Args:
        found: what is drawn.
        across: the layer.
        up: the other one, which is marked.
        theme: light or dark.
    """
    side = found.up
    value, low, high = found.alike.value[across], found.alike.low[across], found.alike.high[across]
    places = list(range(len(value)))
    # a line through low, high and a gap for each layer
    stems_x = [at for place in places for at in (place, place, None)]
    stems_y = [end for place in places for end in (*_finite(low[place], high[place]), None)]
    stems = scatter(stems_x, stems_y, mode="lines", line={"color": MUTED[theme], "width": 1.2})
    chance_low, chance_high = found.alike.chance_low[across], found.alike.chance_high[across]
    known = [place for place in places if np.isfinite(chance_low[place])]
    band = scatter(
        [*known, *known[::-1]],
        [*chance_low[known], *chance_high[known][::-1]],
        mode="none",
        fill="toself",
        fillcolor=TEXT[theme],
        opacity=0.15,
    )
    said = [[name, _said(found, across, place)] for place, name in enumerate(side.names)]
    lines = by_stage(side.stages, value.tolist(), said, hover="%{customdata[1]}", theme=theme)
    lowest = min([0.0, *chance_low[known], *value[np.isfinite(value)]])
    named = range(0, len(places), -(-len(places) // _NAMED_CELLS))
    ticks = {"tickvals": list(named), "ticktext": [side.names[place].removeprefix("layer") for place in named]}
    return along(
        [([band, stems, *lines], axis("CKA", range=[lowest - 0.04, 1.04]))],
        side.stages,
        side.title,
        theme=theme,
        height=300,
        picked=up,
        ticks=ticks,
    )


def alike_table(found: Map) -> pd.DataFrame:
    """Every number of the map, one row for each cell."""
    columns, rows = found.alike.value.shape
    return pd.DataFrame(
        [
            {
                "layer": found.across.names[x],
                "other": found.up.names[y],
                "cka": found.alike.value[x, y],
                "low": found.alike.low[x, y],
                "high": found.alike.high[x, y],
                "chance_low": found.alike.chance_low[x, y],
                "chance_high": found.alike.chance_high[x, y],
            }
            for x in range(columns)
            for y in range(rows)
        ]
    )


def cka_text(value: float) -> str:
    """A CKA with two decimals, wherever it stands: ``0.80``, ``−0.01``, ``NaN``."""
    return true_minus(f"{value:z.2f}").replace("nan", "NaN")


def interval_words(low: float, high: float) -> str:
    """Both ends of an interval: ``0.71 to 0.83``."""
    return f"{cka_text(low)} to {cka_text(high)}"


def _said(found: Map, across: int, up: int) -> str:
    pair = f"{found.across.names[across]} and {found.up.names[up]}"
    value = found.alike.value[across, up]
    if not np.isfinite(value):
        return f"{pair}<br>not defined"
    ends = interval_words(found.alike.low[across, up], found.alike.high[across, up])
    chance = interval_words(found.alike.chance_low[across, up], found.alike.chance_high[across, up])
    return f"{pair}<br><b>{cka_text(value)}</b>, 95 % interval {ends}<br>by chance {chance}"


def _finite(low: float, high: float) -> tuple[float | None, float | None]:
    return (low, high) if np.isfinite(low) else (None, None)


def _runs(stages: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Each stage with the places of its first and its last layer."""
    runs = [(stage, [place for place, _ in run]) for stage, run in groupby(enumerate(stages), lambda one: one[1])]
    return [(stage, places[0], places[-1]) for stage, places in runs]


def _stage_ticks(side: Side, cell: float | None, theme: Theme) -> Part:
    """Names of the stages in their colours; beside each other those alone that have the room."""
    runs = [
        (stage, first, last)
        for stage, first, last in _runs(side.stages)
        if cell is None or len(stage) * _CHARACTER_PIXELS < (last - first + 1) * cell + _CHARACTER_PIXELS
    ]
    return axis(
        side.title,
        tickvals=[(first + last) / 2 for _, first, last in runs],
        ticktext=[f'<span style="color:{stage_colour(stage, theme)}"><b>{stage}</b></span>' for stage, _, _ in runs],
        tickangle=0,
        ticklabelstandoff=3,
    )


def _borders(found: Map, theme: Theme) -> list[Part]:
    """Thin lines where a stage begins, in the colour of the page."""
    columns, rows = found.alike.value.shape
    line = {"type": "line", "line": {"color": BACKGROUND[theme], "width": 1.5}}
    upright = [first - 0.5 for _, first, _ in _runs(found.across.stages)[1:]]
    level = [first - 0.5 for _, first, _ in _runs(found.up.stages)[1:]]
    return [
        *({**line, "x0": x, "x1": x, "y0": -0.5, "y1": rows - 0.5} for x in upright),
        *({**line, "x0": -0.5, "x1": columns - 0.5, "y0": y, "y1": y} for y in level),
    ]
