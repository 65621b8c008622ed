"""Maps of an answer -> figures: one over its picture, shares along the depth, curves and ranks that test it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from explorer.views.charts.axes import axis, share_axis
from explorer.views.charts.figure import Part, figure, scatter
from explorer.views.charts.heat import BAR_WIDTH_PIXELS, Scale, colour_bar, colour_scale, map_axes, picture, pointed_at
from explorer.views.charts.lines import dotted, look
from explorer.views.charts.panels import along, by_stage
from explorer.views.maps import CLICKABLE, EDGE_PIXELS
from explorer.views.montage import picture_png
from explorer.views.numbers import percent, written
from explorer.views.overlay import overlaid
from explorer.views.palette import Theme

_SMALLEST = 448  # pixels of a picture with a map over it
_DEPTH_HEIGHT, _CURVES_HEIGHT, _RANKS_HEIGHT = 236, 270, 256
_MOST_NAMED = 14


def overlay_figure(
    seen: Image.Image, values: np.ndarray, scale: Scale, *, height: int, theme: Theme, bar: bool = True
) -> go.Figure:
    """A map over the picture that it explains; every cell can be pointed at.

    Args:
        seen: the picture as the network gets it.
        values: ``(h, w)``.
        scale: what the colours mean.
        height: of the figure in pixels.
        theme: light or dark.
        bar: whether to draw the colour bar; there is room for it in any case.
    """
    rows, columns = values.shape
    step = math.ceil(math.sqrt(rows * columns / CLICKABLE))
    y, x = (places.ravel() for places in np.mgrid[0:rows:step, 0:columns:step])
    cells = pointed_at(
        (x + 0.5) * seen.width / columns,
        (y + 0.5) * seen.height / rows,
        "row %{customdata[0]}, column %{customdata[1]} of the map<br>%{customdata[2]:.4~g}",
        customdata=np.stack([y, x, values[y, x]], axis=1),
    )
    if bar:
        cells["marker"] |= {
            "color": [scale.low] * len(x),
            "cmin": scale.low,
            "cmax": scale.high if scale.high > scale.low else scale.low + 1.0,
            "colorscale": colour_scale(scale.signed),
            "showscale": True,
            "colorbar": colour_bar("v", theme),
        }
    across, down = map_axes((0, 0, seen.width, seen.height), bare=True)
    return figure(
        [cells],
        theme=theme,
        height=height,
        margin=(EDGE_PIXELS, BAR_WIDTH_PIXELS if bar else EDGE_PIXELS, EDGE_PIXELS, EDGE_PIXELS),
        x=across,
        y=down,
        images=[picture(picture_png(overlaid(seen, values, scale, smallest=_SMALLEST)), seen.width, seen.height)],
        hoverdistance=-1,
    )


def depth_figure(
    values: Mapping[str, float], stages: Sequence[str], title: str, said: str, *, theme: Theme, picked: str
) -> go.Figure:
    """A share along the depth, a point for each part of the network; every point can be clicked.

    Args:
        values: by part, 0 to 1; a gap where it is not known.
        stages: of the parts.
        title: what the share is.
        said: behind the share, where a point is hovered.
        theme: light or dark.
        picked: the part that is marked.
    """
    parts = list(values)
    names = [[part, percent(values[part])] for part in parts]
    hover = f"%{{customdata[0]}}: %{{customdata[1]}} {said}"
    traces = by_stage(stages, list(values.values()), names, hover=hover, theme=theme)
    return along(
        [(traces, share_axis(title, -0.02, 1.02, most=5))],
        stages,
        "parts of the network in order",
        theme=theme,
        height=_DEPTH_HEIGHT,
        picked=parts.index(picked) if picked in parts else None,
        ticks=_named(parts),
        shapes=[dotted(y=0.5)],
        hovermode="x",
        hoverdistance=-1,
    )


def curve_figure(lines: Mapping[str, tuple[Sequence[float], Sequence[float]]], name: str, *, theme: Theme) -> go.Figure:
    """A class's probability while pixels change, a line for the map and one for what it is compared with.

    Args:
        lines: by label, shares of the pixels and probabilities.
        name: of the class.
        theme: light or dark.
    """
    traces, notes = [], []
    for number, (label, (shares, probabilities)) in enumerate(lines.items()):
        line = look(number, theme)
        said = [f"{percent(p)} after {percent(s, 0)} of the pixels" for s, p in zip(shares, probabilities, strict=True)]
        traces.append(
            scatter(list(shares), list(probabilities), f"{label}: %{{text}}", text=said, mode="lines", line=line.line())
        )
        notes.append(
            {
                "text": f"<b>{label}</b>",
                "font": {"color": line.colour, "size": 12},
                "x": 0.99,
                "xref": "paper",
                "y": 0.97 - 0.11 * number,
                "yref": "paper",
                "xanchor": "right",
                "yanchor": "top",
            }
        )
    return figure(
        traces,
        theme=theme,
        height=_CURVES_HEIGHT,
        margin=(66, 10, 8, 42),
        x=share_axis("pixels changed", -0.01, 1.01, most=5),
        y=share_axis(f"probability of {name}", -0.02, 1.04, most=5),
        notes=notes,
    )


def ranks_figure(
    ranks: Mapping[str, float], stages: Sequence[str], probabilities: Sequence[float], *, theme: Theme, picked: int
) -> go.Figure:
    """The rank correlation of a map with the original by the part down to which weights are redrawn.

    Args:
        ranks: by part, −1 to 1; a gap where it is not defined.
        stages: of the parts.
        probabilities: of the class that is explained.
        theme: light or dark.
        picked: place of the part that is marked.
    """
    places = list(range(len(ranks)))
    line = look(0, theme)
    drawn = scatter(
        places,
        [value if math.isfinite(value) else None for value in ranks.values()],
        "down to %{customdata[1]}: %{customdata[2]}<br>the class has %{customdata[3]}",
        customdata=[
            [place, part, written(value, 2), percent(probability)]
            for place, (part, value), probability in zip(places, ranks.items(), probabilities, strict=True)
        ],
        mode="lines+markers",
        line=line.line(),
        marker={"size": 7},
    )
    return along(
        [([drawn], axis("rank correlation", range=[-1.05, 1.05], tickvals=[-1, -0.5, 0, 0.5, 1]))],
        stages,
        "weights redrawn from the last layer down to",
        theme=theme,
        height=_RANKS_HEIGHT,
        picked=picked,
        ticks=_named(list(ranks)),
        shapes=[dotted(y=0)],
        hovermode="x",
        hoverdistance=-1,
    )


def _named(parts: Sequence[str]) -> Part:
    places = list(range(len(parts)))[:: -(-len(parts) // _MOST_NAMED)]
    return {"tickvals": places, "ticktext": [parts[place].removeprefix("layer") for place in places]}
