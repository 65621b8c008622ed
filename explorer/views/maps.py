"""Feature maps -> plotly figures: the tiled grid, one channel with its values, the receptive field on the picture.

Colours in a map mean values: sequential for what is not negative, diverging with zero in the middle for signed ones.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from PIL import ImageColor

from explorer.architecture.plan import Layer
from explorer.views.montage import NON_FINITE_COLOUR, Montage
from explorer.views.palette import DIVERGING, SEQUENTIAL, TEXT, Theme, stage_colour

# Cells of at most this many rows and columns have their value written into them.
WRITTEN_CELLS = 10
# More places to click than this slow the browser down; larger maps are clicked on a coarser lattice.
CLICKABLE = 128 * 128
# Room for a colour bar that lies above a picture.
BAR_PIXELS = 40
# Room for one that stands beside it, and for an axis.
BAR_WIDTH_PIXELS = 62
AXIS_PIXELS = 38
EDGE_PIXELS = 2
# without "pad" the theme sets one, which widens the ground of a chart beyond its picture
_MARGIN = {**dict.fromkeys("lrtb", EDGE_PIXELS), "pad": 0, "autoexpand": False}


@dataclass(frozen=True, kw_only=True)
class Field:
    """What one position of a map can see of the network's input, in input pixels.

    Attributes:
        left: first column, negative where it begins in the padding.
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


def field_of(row: Layer, y: int, x: int, *, input_size: tuple[int, int]) -> Field:
    """The receptive field of a position, along the longest path to it.

    Position p of a row sees the input from ``receptive_start + p · jump``, ``receptive_field`` pixels long (Araujo,
    Norris and Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks").

    Args:
        row: of the plan at that input size.
        y: row of the position in the map, from 0.
        x: column of the position in the map, from 0.
        input_size: height and width of the network's input in pixels.
    """
    height, width = input_size
    if row.sees_all or len(row.output_shape) == 1:
        return Field(left=0, top=0, right=width, bottom=height, visible=(0, 0, width, height), whole=True)
    left, top = (row.receptive_start + position * row.jump for position in (x, y))
    right, bottom = left + row.receptive_field, top + row.receptive_field
    visible = (
        min(max(left, 0), width),
        min(max(top, 0), height),
        max(min(right, width), 0),
        max(min(bottom, height), 0),
    )
    return Field(
        left=left, top=top, right=right, bottom=bottom, visible=visible, whole=visible == (0, 0, width, height)
    )


def strongest(values: np.ndarray) -> tuple[int, int]:
    """Row and column of the largest finite magnitude of a map ``(H, W)``; the first one where there are several."""
    magnitude = np.where(np.isfinite(values), np.abs(values), -1.0)
    y, x = np.unravel_index(int(np.argmax(magnitude)), values.shape)
    return int(y), int(x)


def grid_figure(grid: Montage, *, picked: int | None = None) -> go.Figure:
    """The tiled channels as one picture; every tile can be clicked and says which channel it is.

    Args:
        grid: from ``montage``.
        picked: channel with a frame around it.
    """
    figure = go.Figure()
    _place(figure, grid.png, grid.width, grid.height)
    boxes = [box for channel in grid.channels if (box := grid.tile_box(channel)) is not None]
    one_scale = bool((grid.limits == grid.limits[0]).all())
    figure.add_scatter(
        x=[(left + right) / 2 for left, _, right, _ in boxes],
        y=[(top + bottom) / 2 for _, top, _, bottom in boxes],
        customdata=list(grid.channels),
        hovertemplate="channel %{customdata}<extra></extra>",
        **_unseen(1),
    )
    if one_scale:
        figure.update_traces(
            marker={
                "color": [0.0] * len(boxes),
                "cmin": grid.vmin,
                "cmax": grid.vmax,
                "colorscale": colour_scale(grid.signed),
                "showscale": True,
                "colorbar": _colour_bar("h"),
            },
        )
    if picked in grid.channels:
        box = grid.tile_box(picked)
        assert box is not None
        _frame(figure, box, outside=max(1, grid.gap // 2))
    _bare(figure, grid.width, grid.height)
    # the gaps between the tiles are transparent; weak tiles would otherwise run into the page
    figure.update_layout(plot_bgcolor="rgba(128,128,128,0.35)", margin={**_MARGIN, "t": BAR_PIXELS})
    return figure


def channel_figure(
    values: np.ndarray, *, signed: bool, limits: tuple[float, float], position: tuple[int, int] | None = None
) -> go.Figure:
    """One channel with its exact values; every position can be clicked.

    Args:
        values: ``(H, W)``.
        signed: whether to use the diverging scale.
        limits: values at both ends of the scale.
        position: row and column with a frame around it.
    """
    height, width = values.shape
    figure = go.Figure(
        go.Heatmap(
            z=values.astype(np.float32),
            zmin=limits[0],
            zmax=limits[1] if limits[1] > limits[0] else limits[0] + 1.0,
            colorscale=colour_scale(signed),
            colorbar=_colour_bar("v"),
            hoverinfo="skip",
            **({"texttemplate": "%{z:.2~g}", "textfont": {"size": 10}} if max(height, width) <= WRITTEN_CELLS else {}),
        )
    )
    step = math.ceil(math.sqrt(height * width / CLICKABLE))
    y, x = (axis.ravel() for axis in np.mgrid[0:height:step, 0:width:step])
    figure.add_scatter(
        x=x.astype(np.int16),
        y=y.astype(np.int16),
        customdata=values[y, x].astype(np.float32),
        hovertemplate="y %{y}, x %{x}<br>%{customdata:.4~g}<extra></extra>",
        **_unseen(1),
    )
    if position is not None:
        top, left = position
        _frame(figure, (left - 0.5, top - 0.5, left + 0.5, top + 0.5))
    figure.update_layout(
        margin={**_MARGIN, "l": AXIS_PIXELS, "r": BAR_WIDTH_PIXELS, "b": AXIS_PIXELS},
        # a heatmap leaves a hole where a value is NaN or infinite
        plot_bgcolor=NON_FINITE_COLOUR if not np.isfinite(values).all() else "rgba(0,0,0,0)",
        hoverdistance=-1,
        dragmode=False,
    )
    side = {"showgrid": False, "zeroline": False, "constrain": "domain", "title_standoff": 4, "automargin": False}
    figure.update_xaxes(range=[-0.5, width - 0.5], title_text="x", **side)
    figure.update_yaxes(range=[height - 0.5, -0.5], title_text="y", scaleanchor="x", **side)
    return figure


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
    indices = np.arange(len(values))
    words = [str(name) for name in names] if names is not None else [f"feature {index}" for index in indices]
    figure = go.Figure(
        go.Bar(
            x=indices,
            y=values.astype(np.float32),
            hoverinfo="skip",
            marker={"color": stage_colour(stage, theme), "line": {"width": 0}},
            showlegend=False,
        )
    )
    # a bar of one pixel is hard to hit: the nearest one answers, at whatever height
    figure.add_scatter(
        x=indices,
        y=values.astype(np.float32),
        customdata=words,
        hovertemplate="%{customdata} (%{x})<br>%{y:.4~g}<extra></extra>",
        **_unseen(1),
    )
    if picked is not None:
        figure.add_vline(x=picked, line={"color": TEXT[theme], "width": 1, "dash": "dot"})
    figure.update_layout(margin={**_MARGIN, "l": 64, "t": 8, "b": 40}, bargap=0, dragmode=False)
    figure.update_layout(hovermode="x", hoverdistance=-1)
    figure.update_xaxes(title_text="class" if names is not None else "feature", title_standoff=4)
    figure.update_yaxes(title_text="value", title_standoff=6, automargin=False)
    return figure


def picture_figure(png: bytes, *, size: tuple[int, int], field: Field | None = None) -> go.Figure:
    """The picture that the network sees, with a receptive field as a box.

    Args:
        png: the picture; may be enlarged.
        size: its height and width in input pixels.
        field: what is framed, cut at the picture's edges.
    """
    height, width = size
    figure = go.Figure()
    _place(figure, png, width, height)
    figure.add_scatter(x=[0, width], y=[0, height], hoverinfo="skip", **_unseen(1))
    if field is not None:
        left, top, right, bottom = field.visible
        # a line of half a pixel would hide a field of one
        _frame(figure, (left, top, right, bottom))
    _bare(figure, width, height)
    return figure


def maps_figure(values: np.ndarray, *, signed: bool, limits: tuple[float, float], bar: bool = False) -> go.Figure:
    """One of several maps that stand side by side on one scale.

    Args:
        values: ``(H, W)``.
        signed: whether to use the diverging scale.
        limits: values at both ends of the scale, the same for all of them.
        bar: whether to draw the colour bar.
    """
    figure = channel_figure(values, signed=signed, limits=limits)
    figure.update_traces(showscale=bar, texttemplate=None, selector={"type": "heatmap"})
    # room for the bar also where there is none, so that all of them are equally large
    figure.update_layout(margin={**_MARGIN, "r": 48})
    figure.update_xaxes(visible=False, constraintoward="left")
    figure.update_yaxes(visible=False, constraintoward="top")
    return figure


def shared_limits(maps: Sequence[np.ndarray]) -> tuple[bool, tuple[float, float]]:
    """One scale for several maps.

    Args:
        maps: of any shapes.

    Returns:
        Whether a value is negative, and both ends of the scale: zero is in the middle when signed, else at the start.
    """
    extremes = [(float(finite.min()), float(finite.max())) for m in maps if (finite := m[np.isfinite(m)]).size]
    low = min((low for low, _ in extremes), default=0.0)
    high = max((high for _, high in extremes), default=0.0)
    if low < 0:
        reach = max(-low, high)
        return True, (-reach, reach)
    return False, (0.0, high)


def colour_scale(signed: bool) -> list[list[Any]]:
    """The palette's scale as plotly takes it.

    As rgb(): Streamlit's charts take ``#000001`` to ``#000040`` for places of the theme's own colours, and magma begins
    with ``#000004``.
    """
    colours = [f"rgb{ImageColor.getrgb(colour)}" for colour in (DIVERGING if signed else SEQUENTIAL)]
    return [[place / (len(colours) - 1), colour] for place, colour in enumerate(colours)]


def _place(figure: go.Figure, png: bytes, width: float, height: float) -> None:
    """Lay a picture under everything else; its pixels are the units of both axes."""
    figure.add_layout_image(
        source="data:image/png;base64," + base64.b64encode(png).decode("ascii"),
        xref="x",
        yref="y",
        x=0,
        y=0,
        sizex=width,
        sizey=height,
        sizing="stretch",
        layer="below",
    )


def _bare(figure: go.Figure, width: float, height: float) -> None:
    """No axes; equal units, the whole picture and nothing else."""
    figure.update_layout(margin=_MARGIN, hoverdistance=-1, dragmode=False)
    side = {"visible": False, "constrain": "domain"}
    figure.update_xaxes(range=[0, width], constraintoward="left", **side)
    figure.update_yaxes(range=[height, 0], constraintoward="top", scaleanchor="x", **side)


def _unseen(size: int) -> dict[str, Any]:
    """Points that can be hovered and clicked but are not drawn; the nearest one answers."""
    clear = {"marker": {"opacity": 0}}
    # the limit is on what is drawn: ten thousand invisible circles would still take their time
    return {
        "mode": "markers",
        "marker": {"size": size, "opacity": 0, "maxdisplayed": 1},
        "selected": clear,
        "unselected": clear,
        "showlegend": False,
    }


def _frame(figure: go.Figure, box: tuple[float, float, float, float], *, outside: float = 0) -> None:
    """A frame that is seen on light and on dark ground."""
    left, top, right, bottom = box
    for colour, width in (("#000000", 4), ("#FFFFFF", 2)):
        figure.add_shape(
            type="rect",
            x0=left - outside,
            y0=top - outside,
            x1=right + outside,
            y1=bottom + outside,
            line={"color": colour, "width": width},
        )


def _colour_bar(orientation: Literal["h", "v"]) -> dict[str, Any]:
    bar = {"orientation": orientation, "thickness": 8, "len": 1.0, "outlinewidth": 0, "tickformat": ".3~g", "nticks": 7}
    if orientation == "v":
        return {**bar, "xpad": 6, "y": 0.5}
    return {**bar, "y": 1, "yanchor": "bottom", "ypad": 3, "xpad": 0}
