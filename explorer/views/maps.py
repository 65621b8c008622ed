"""Feature maps -> figures: the tiled grid, one channel with its values, the receptive field on the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from explorer.architecture.plan import Layer, Plan
from explorer.architecture.seen import seen
from explorer.views.charts.axes import axis
from explorer.views.charts.figure import CLEAR, Part, bar, figure
from explorer.views.charts.heat import (
    BAR_PIXELS,
    BAR_WIDTH_PIXELS,
    Scale,
    colour_bar,
    colour_scale,
    frame,
    heat,
    map_axes,
    picture,
    pointed_at,
)
from explorer.views.charts.lines import dotted
from explorer.views.montage import NON_FINITE_COLOUR, Montage, Tiles
from explorer.views.palette import Theme, stage_colour

# Cells of at most this many rows and columns have their value written into them.
WRITTEN_CELLS = 10
# More places to click than this slow the browser down; larger maps are clicked on a coarser lattice.
CLICKABLE = 128 * 128
# Room for an axis with its title.
AXIS_PIXELS = 38
EDGE_PIXELS = 2
_SIDE_BAR_PIXELS = 48


@dataclass(frozen=True, kw_only=True)
class Field:
    """What one position of a map can see of the network's input, in input pixels.

    Attributes:
        left: first column by the windows on the way, negative where it begins in the padding; as ``visible`` where
            something looked at a whole map.
        top: first row, likewise.
        right: one behind the last column.
        bottom: one behind the last row.
        visible: (left, top, right, bottom) of the part that lies on the picture.
        whole: whether that is the whole picture.
    """

    left: int
    top: int
    right: int
    bottom: int
    visible: tuple[int, int, int, int]
    whole: bool


def field_of(plan: Plan, row: Layer, y: int, x: int) -> Field:
    """The receptive field of a position: the smallest rectangle that holds every pixel which can change it.

    Args:
        plan: of a network that is described.
        row: one of its rows.
        y: row of the position in the map, from 0.
        x: column of the position in the map, from 0.
    """
    height, width = plan.input_size
    rows, columns = seen(plan, row, y, axis=0), seen(plan, row, x, axis=1)
    visible = (columns.start, rows.start, columns.stop, rows.stop)
    if row.whole_map_at:
        left, top, right, bottom = visible
    else:
        (left, right), (top, bottom) = row.reach.at(x), row.reach.at(y)
    return Field(
        left=left, top=top, right=right, bottom=bottom, visible=visible, whole=visible == (0, 0, width, height)
    )


def strongest(values: np.ndarray) -> tuple[int, int]:
    """Row and column of the largest finite magnitude of a map ``(H, W)``; the first one where there are several."""
    magnitude = np.where(np.isfinite(values), np.abs(values), -1.0)
    y, x = np.unravel_index(int(np.argmax(magnitude)), values.shape)
    return int(y), int(x)


def grid_figure(
    grid: Tiles,
    *,
    wide: int,
    theme: Theme,
    picked: int | None = None,
    names: Sequence[str] = (),
    below: Sequence[str] = (),
) -> go.Figure:
    """Tiles as one picture; every tile can be clicked and says what it is.

    Args:
        grid: from ``montage`` or ``cutouts``.
        wide: pixels of the figure from left to right.
        theme: light or dark.
        picked: channel with a frame around it.
        names: what is said of each tile; the numbers of the channels where there are none.
        below: words below each tile.
    """
    boxes = [box for channel in grid.channels if (box := grid.tile_box(channel)) is not None]
    tiles = pointed_at(
        [(left + right) / 2 for left, _, right, _ in boxes],
        [(top + bottom) / 2 for _, top, _, bottom in boxes],
        "%{text}",
        text=names or [f"channel {channel}" for channel in grid.channels],
        customdata=list(grid.channels),
    )
    if isinstance(grid, Montage) and (grid.limits == grid.limits[0]).all():
        tiles["marker"] |= {
            "color": [0.0] * len(boxes),
            "cmin": grid.vmin,
            "cmax": grid.vmax,
            "colorscale": colour_scale(grid.signed),
            "showscale": True,
            "colorbar": colour_bar("h", theme),
        }
    above = BAR_PIXELS if isinstance(grid, Montage) else EDGE_PIXELS
    framed = grid.tile_box(picked) if picked in grid.channels else None
    x, y = map_axes((0, 0, grid.width, grid.height), bare=True)
    return figure(
        [tiles],
        theme=theme,
        height=round((wide - 2 * EDGE_PIXELS) * grid.height / grid.width) + above + EDGE_PIXELS,
        margin=(EDGE_PIXELS, EDGE_PIXELS, above, EDGE_PIXELS),
        x=x,
        y=y,
        shapes=frame(framed, outside=1) if framed else [],
        notes=[
            {"x": (left + right) / 2, "y": bottom, "yanchor": "top", "text": words}
            for words, (left, _, right, bottom) in zip(below, boxes, strict=False)
        ],
        images=[picture(grid.png, grid.width, grid.height)],
        # the gaps between the tiles are transparent; weak tiles would otherwise run into the page
        plot_bgcolor=CLEAR if below else "rgba(128,128,128,0.35)",
        hoverdistance=-1,
    )


def channel_figure(
    values: np.ndarray, scale: Scale, *, height: int, theme: Theme, position: tuple[int, int] | None = None
) -> go.Figure:
    """One channel with its exact values; every position can be clicked.

    Args:
        values: ``(H, W)``.
        scale: what the colours mean.
        height: of the figure in pixels.
        theme: light or dark.
        position: row and column with a frame around it.
    """
    written = ".2~g" if max(values.shape) <= WRITTEN_CELLS else None
    colours = heat(values.astype(np.float32), scale, theme=theme, written=written)
    margin = (AXIS_PIXELS, BAR_WIDTH_PIXELS, EDGE_PIXELS, AXIS_PIXELS)
    return _map(values, colours, position, theme=theme, height=height, margin=margin, bare=False)


def maps_figure(values: np.ndarray, scale: Scale, *, height: int, theme: Theme, bar: bool = False) -> go.Figure:
    """One of several maps that stand side by side on one scale.

    Args:
        values: ``(H, W)``.
        scale: what the colours mean, the same for all of them.
        height: of the figure in pixels.
        theme: light or dark.
        bar: whether to draw the colour bar.
    """
    colours = heat(values.astype(np.float32), scale, theme=theme, bar=bar)
    # room for the bar also where there is none, so that all of them are equally large
    margin = (EDGE_PIXELS, _SIDE_BAR_PIXELS, EDGE_PIXELS, EDGE_PIXELS)
    return _map(values, colours, None, theme=theme, height=height, margin=margin, bare=True)


def _map(
    values: np.ndarray,
    colours: Part,
    position: tuple[int, int] | None,
    *,
    theme: Theme,
    height: int,
    margin: tuple[int, int, int, int],
    bare: bool,
) -> go.Figure:
    """A map in colours with places to point at."""
    rows, columns = values.shape
    step = math.ceil(math.sqrt(rows * columns / CLICKABLE))
    y, x = (places.ravel() for places in np.mgrid[0:rows:step, 0:columns:step])
    places = pointed_at(
        x.astype(np.int16),
        y.astype(np.int16),
        "y %{y}, x %{x}<br>%{customdata:.4~g}",
        customdata=values[y, x].astype(np.float32),
    )
    shapes = []
    if position is not None:
        top, left = position
        shapes = frame((left - 0.5, top - 0.5, left + 0.5, top + 0.5))
    across, down = map_axes((-0.5, -0.5, columns - 0.5, rows - 0.5), bare=bare)
    return figure(
        [colours | {"hoverinfo": "skip"}, places],
        theme=theme,
        height=height,
        margin=margin,
        x=across,
        y=down,
        shapes=shapes,
        # the map has a hole where a value is NaN or infinite
        plot_bgcolor=NON_FINITE_COLOUR if not np.isfinite(values).all() else CLEAR,
        hoverdistance=-1,
    )


def vector_figure(
    values: np.ndarray, *, stage: str, theme: Theme, picked: int | None = None, names: Sequence[str] | None = None
) -> go.Figure:
    """Features without positions, one bar each; every bar can be clicked.

    Args:
        values: ``(C,)``.
        stage: whose colour the bars have.
        theme: light or dark.
        picked: feature that is marked.
        names: of the features where they are classes.
    """
    indices, heights = np.arange(len(values)), values.astype(np.float32)
    words = names if names is not None else [f"feature {index}" for index in indices]
    bars = bar(indices, heights, marker={"color": stage_colour(stage, theme)})
    # a bar of one pixel is hard to hit: the nearest one answers, at whatever height
    ends = pointed_at(
        indices,
        heights,
        "%{customdata[1]} (%{x})<br>%{y:.4~g}",
        customdata=[[index, str(word)] for index, word in enumerate(words)],
    )
    return figure(
        [bars, ends],
        theme=theme,
        height=360,
        x=axis("class" if names is not None else "feature"),
        y=axis("value"),
        shapes=[dotted(x=picked)] if picked is not None else [],
        bargap=0,
        hovermode="x",
        hoverdistance=-1,
    )


def picture_figure(
    png: bytes, *, size: tuple[int, int], height: int, theme: Theme, field: Field | None = None
) -> go.Figure:
    """The picture that the network sees, with a receptive field as a box.

    Args:
        png: the picture; may be enlarged.
        size: its height and width in input pixels.
        height: of the figure on the screen, in pixels.
        theme: light or dark.
        field: what is framed, cut at the picture's edges.
    """
    rows, columns = size
    x, y = map_axes((0, 0, columns, rows), bare=True)
    return figure(
        [pointed_at([0, columns], [0, rows])],
        theme=theme,
        height=height,
        margin=(EDGE_PIXELS, EDGE_PIXELS, EDGE_PIXELS, EDGE_PIXELS),
        x=x,
        y=y,
        # a line of half a pixel would hide a field of one
        shapes=frame(field.visible) if field is not None else [],
        images=[picture(png, columns, rows)],
        hoverdistance=-1,
    )
