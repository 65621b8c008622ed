"""What a position sees -> figures: the pixels that count on the picture with both fields, and sizes along the depth."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
import plotly.graph_objects as go
from PIL import Image, ImageColor

from explorer.views.charts.axes import gaps, log_axis, log_range
from explorer.views.charts.figure import Part, figure, scatter
from explorer.views.charts.heat import colour_bar, map_axes, picture, pointed_at
from explorer.views.charts.labels import End, end_labels
from explorer.views.charts.lines import look
from explorer.views.charts.panels import along
from explorer.views.maps import CLICKABLE
from explorer.views.numbers import percent
from explorer.views.palette import SEQUENTIAL, TEXT, Theme

_SMALLEST_PNG = 448
_COLOURS = SEQUENTIAL[3:]
"""The brighter part of the scale: its dark end would not be seen on a dark picture."""
_DIMMED = 0.6
_EDGE = 6
_BAR = 48
_DEPTH_HEIGHT = 330
_NAMES = 128
"""Pixels on the right for the names of lines."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SeenField:
    """What one position sees.

    Attributes:
        boxes: by name, (left, top, right, bottom) on the picture; the last one is drawn dashed.
        middle: row and column of the middle of the field, where the first pixel is at 0; None where it is not known.
        gradient: how much each pixel counts, ``(H, W)``; None where that is not measured.
        threshold: share of the largest above which a pixel counts.
        radii: of circles around the middle, by the share of the gradient that they hold.
    """

    boxes: Mapping[str, tuple[int, int, int, int]]
    middle: tuple[float, float] | None
    gradient: np.ndarray | None
    threshold: float
    radii: Mapping[float, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, kw_only=True)
class DepthLine:
    """Sizes of one field along the depth.

    Attributes:
        label: at its end.
        sizes: of each row in pixels; None or NaN where there is none.
        place: among the lines that were measured, from 0; None for what is worked out.
        dashed: whether it is drawn so.
    """

    label: str
    sizes: Sequence[float | None]
    place: int | None = None
    dashed: bool = False


def field_figure(
    shown: Image.Image,
    seen: SeenField,
    *,
    size: tuple[int, int],
    positions: tuple[int, int],
    height: int,
    theme: Theme,
) -> go.Figure:
    """The picture in grey, on it the pixels that count, the boxes of the fields and circles; positions can be clicked.

    Args:
        shown: the picture.
        seen: what is drawn on it.
        size: height and width of the network's input in pixels.
        positions: height and width of the map.
        height: of the figure in pixels.
        theme: ``light`` or ``dark``.
    """
    rows, columns = size
    step = math.ceil(math.sqrt(positions[0] * positions[1] / CLICKABLE))
    down, across = np.mgrid[0 : positions[0] : step, 0 : positions[1] : step]
    clicks = pointed_at(
        ((across + 0.5) * columns / positions[1]).ravel(),
        ((down + 0.5) * rows / positions[0]).ravel(),
        "look from y %{customdata[0]}, x %{customdata[1]}",
        customdata=np.stack([down.ravel(), across.ravel()], axis=1),
    )
    bar = {} if seen.gradient is None else _bar(seen.threshold, theme)
    x, y = map_axes((0, 0, columns, rows), bare=True)
    return figure(
        [{**clicks, "marker": {**clicks["marker"], **bar}}],
        theme=theme,
        height=height,
        margin=(_EDGE, _EDGE, _BAR, _EDGE),
        x=x,
        y=y,
        shapes=[*_boxes(seen.boxes), *_circles(seen)],
        notes=_names(seen, columns),
        images=[picture(_composed(shown, seen, size), columns, rows)],
        hoverdistance=-1,
    )


def depth_figure(
    lines: Sequence[DepthLine],
    *,
    names: Sequence[str],
    stages: Sequence[str],
    input_size: tuple[int, int],
    theme: Theme,
    picked: int | None = None,
    marked: Sequence[int] = (),
) -> go.Figure:
    """Sizes of fields along the depth on a logarithmic axis, and the size of the picture; points can be clicked.

    Args:
        lines: what is drawn.
        names: of the rows, which a click brings.
        stages: of the rows.
        input_size: height and width of the picture in pixels.
        theme: ``light`` or ``dark``.
        picked: place of the row that is marked.
        marked: places of the rows in which nothing adds context.
    """
    sides = sorted(set(input_size))
    low, high = log_range([*sides, *(size for line in lines for size in line.sizes)]) or (0.0, 1.0)
    ends = [End(text=f"picture: {side}", colour=TEXT[theme], y=math.log10(side)) for side in sides]
    traces: list[Part] = []
    for line in lines:
        drawn = look(line.place or 0, theme, dashes=((),))
        colour = TEXT[theme] if line.place is None else drawn.colour
        sizes = gaps(line.sizes, log=True)
        traces.append(
            scatter(
                list(range(len(sizes))),
                sizes,
                f"<b>%{{customdata}}</b><br>{escape(line.label)}: %{{y:,.1f}} pixels",
                mode="lines" if line.place is None else "lines+markers",
                customdata=list(names[: len(sizes)]),
                line={"color": colour, "width": 1.4 if line.place is None else 2.4, "dash": _dash(line)},
                marker={"size": 6},
                connectgaps=True,
            )
        )
        last = next((size for size in reversed(sizes) if size is not None), None)
        if last is not None:
            ends.append(End(text=escape(line.label), colour=colour, y=math.log10(last)))
    return along(
        [(traces, log_axis("pixels across", low, high, most=7))],
        stages,
        "blocks in the order of the calls",
        theme=theme,
        height=_DEPTH_HEIGHT,
        picked=picked,
        shapes=[*(_side(side, theme) for side in sides), *(_shade(place, theme) for place in marked)],
        labels=end_labels(ends, low=low, high=high, pixels=_DEPTH_HEIGHT - 70),
        right=_NAMES,
        hovermode="closest",
        hoverdistance=40,
    )


def _dash(line: DepthLine) -> str:
    return "dash" if line.dashed else "solid"


def _side(side: int, theme: Theme) -> Part:
    line = {"color": TEXT[theme], "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": side, "y1": side, "line": line}


def _shade(place: int, theme: Theme) -> Part:
    box = {"x0": place - 0.5, "x1": place + 0.5, "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}}
    return {"type": "rect", **box, "fillcolor": TEXT[theme], "opacity": 0.08, "layer": "below"}


def _composed(shown: Image.Image, seen: SeenField, size: tuple[int, int]) -> bytes:
    """The picture in dimmed grey under the colours of the pixels that count."""
    rows, columns = size
    factor = max(1, math.ceil(_SMALLEST_PNG / max(size)))
    whole = columns * factor, rows * factor
    grey = np.asarray(shown.convert("L").resize(whole, Image.Resampling.BILINEAR), dtype=float)
    canvas = np.repeat(_DIMMED * grey[..., None], 3, axis=2)
    if seen.gradient is not None and seen.gradient.max() > 0:
        share = seen.gradient / seen.gradient.max()
        counts = share > seen.threshold
        place = 1 - np.log(np.where(counts, share, 1.0)) / math.log(seen.threshold)
        stops = np.array([ImageColor.getrgb(colour)[:3] for colour in _COLOURS], dtype=float)
        at = np.linspace(0, 1, len(stops))
        colours = np.stack([np.interp(place, at, stops[:, band]) for band in range(3)], axis=-1)
        cover = (counts * (0.55 + 0.4 * place))[..., None]
        cover, colours = (one.repeat(factor, axis=0).repeat(factor, axis=1) for one in (cover, colours))
        canvas = canvas * (1 - cover) + colours * cover
    file = io.BytesIO()
    Image.fromarray(np.rint(canvas).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def _bar(threshold: float, theme: Theme) -> Part:
    """The colour bar: shares of the largest on a logarithmic scale."""
    shares = [threshold, 0.1, 0.2, 0.5, 1.0]
    scale = [[place / (len(_COLOURS) - 1), colour] for place, colour in enumerate(_COLOURS)]
    words = {"tickvals": [math.log10(share) for share in shares], "ticktext": [percent(one, 0) for one in shares]}
    return {
        "color": [math.log10(threshold)],
        "cmin": math.log10(threshold),
        "cmax": 0.0,
        "colorscale": [[place, f"rgb{ImageColor.getrgb(str(colour))}"] for place, colour in scale],
        "showscale": True,
        "colorbar": {**colour_bar("h", theme), **words},
    }


def _boxes(boxes: Mapping[str, tuple[int, int, int, int]]) -> list[Part]:
    """Frames in white on black; the last of several is dashed."""
    shapes = []
    for place, (left, top, right, bottom) in enumerate(boxes.values()):
        corners = {"x0": left, "y0": top, "x1": right, "y1": bottom}
        dash = "dash" if place else "solid"
        shapes += [
            {"type": "rect", **corners, "line": {"color": "#000000", "width": 4}},
            {"type": "rect", **corners, "line": {"color": "#FFFFFF", "width": 2, "dash": dash}},
        ]
    return shapes


def _circles(seen: SeenField) -> list[Part]:
    if seen.middle is None:
        return []
    y, x = (place + 0.5 for place in seen.middle)
    return [
        {"type": "circle", "x0": x - radius, "x1": x + radius, "y0": y - radius, "y1": y + radius, "line": line}
        for radius in seen.radii.values()
        if radius > 0
        for line in ({"color": "#000000", "width": 3}, {"color": "#FFFFFF", "width": 1.5, "dash": "dot"})
    ]


def _names(seen: SeenField, columns: int) -> list[Part]:
    """What each frame and circle is: in the first frame, below the second, on the circles as far as they are seen."""
    look = {"bgcolor": "rgba(0,0,0,0.72)", "font": {"color": "#FFFFFF", "size": 11}, "borderpad": 2}
    notes = [
        {"x": left, "y": bottom if place else top, "xanchor": "left", "yanchor": "top", "text": name, **look}
        for place, (name, (left, top, _, bottom)) in enumerate(seen.boxes.items())
    ]
    if seen.middle is not None:
        y, x = (place + 0.5 for place in seen.middle)
        notes += [
            {"x": x, "y": y - radius, "xanchor": "center", "yanchor": "middle", "text": percent(share, 0), **look}
            for share, radius in seen.radii.items()
            if y - radius > 0 and 0 < x < columns
        ]
    return notes
