"""Maps of values in colours, pictures, and what is pointed at in them.

Colours in a map mean values: sequential for what is not negative, diverging with zero in the middle for signed ones.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import numpy as np
from PIL import ImageColor

from explorer.views.charts.axes import axis
from explorer.views.charts.figure import MUTED, Part, scatter
from explorer.views.palette import DIVERGING, SEQUENTIAL, Theme

BAR_PIXELS = 40
"""Room for a colour bar that lies above a picture."""
BAR_WIDTH_PIXELS = 62
"""Room for one that stands beside it."""


class Scale(NamedTuple):
    """Which colours mean which values.

    Attributes:
        signed: whether the diverging scale is used, with zero in the middle.
        low: value at its lower end.
        high: value at its upper end.
    """

    signed: bool
    low: float
    high: float


def scale_of(maps: Iterable[np.ndarray], *, signed: bool = False) -> Scale:
    """One scale for several maps: zero is in its middle where a value is negative, else at its start.

    Args:
        maps: of any shapes; what is not finite is left out.
        signed: whether zero is in the middle all the same.
    """
    extremes = [(float(finite.min()), float(finite.max())) for m in maps if (finite := m[np.isfinite(m)]).size]
    low = min((low for low, _ in extremes), default=0.0)
    high = max((high for _, high in extremes), default=0.0)
    if low >= 0 and not signed:
        return Scale(False, 0.0, high)
    reach = max(-low, high)
    return Scale(True, -reach, reach)


def heat(
    values: np.ndarray, scale: Scale, *, theme: Theme, bar: bool = True, written: str | None = None, **settings: Any
) -> Part:
    """Cells in the colours of their values; what is not finite is a hole.

    Args:
        values: ``(rows, columns)``.
        scale: what the colours mean.
        theme: ``light`` or ``dark``.
        bar: whether to draw the colour bar.
        written: format of the values in the cells, such as ``.2f``; None leaves them out.
        **settings: what else Plotly's heatmap has.
    """
    return {
        "type": "heatmap",
        "z": values,
        "zmin": scale.low,
        "zmax": scale.high if scale.high > scale.low else scale.low + 1.0,
        "colorscale": colour_scale(scale.signed),
        "showscale": bar,
        "colorbar": colour_bar("v", theme),
        **({"texttemplate": f"%{{z:{written}}}", "textfont": {"size": 10}} if written else {}),
        **settings,
    }


def colour_scale(signed: bool) -> list[list[Any]]:
    """The palette's scale as Plotly takes it.

    As rgb(): Streamlit takes ``#000001`` to ``#000040`` for places of the theme's own colours, and magma begins with
    ``#000004``.
    """
    colours = [f"rgb{ImageColor.getrgb(colour)}" for colour in (DIVERGING if signed else SEQUENTIAL)]
    return [[place / (len(colours) - 1), colour] for place, colour in enumerate(colours)]


def colour_bar(orientation: Literal["h", "v"], theme: Theme) -> Part:
    """What the colours mean: above a map, or on its right."""
    bar = {
        "orientation": orientation,
        "thickness": 8,
        "len": 1.0,
        "outlinewidth": 0,
        "tickformat": ".3~g",
        "nticks": 7,
        "tickfont": {"color": MUTED[theme], "size": 11},
    }
    if orientation == "v":
        return {**bar, "xpad": 6, "y": 0.5}
    return {**bar, "y": 1, "yanchor": "bottom", "ypad": 3, "xpad": 0}


def pointed_at(x: Any, y: Any, hover: str = "", **settings: Any) -> Part:
    """Points that can be hovered and clicked but are not drawn; the nearest one answers."""
    clear = {"marker": {"opacity": 0}}
    # the limit is on what is drawn: ten thousand invisible circles would still take their time
    marker = {"size": 1, "opacity": 0, "maxdisplayed": 1}
    return scatter(x, y, hover, mode="markers", marker=marker, selected=clear, unselected=clear, **settings)


def frame(box: tuple[float, float, float, float], *, outside: float = 0) -> list[Part]:
    """A frame that is seen on light and on dark ground.

    Args:
        box: left, top, right and bottom.
        outside: how far it stands off.
    """
    left, top, right, bottom = box
    place = {"x0": left - outside, "y0": top - outside, "x1": right + outside, "y1": bottom + outside}
    return [
        {"type": "rect", **place, "line": {"color": colour, "width": width}}
        for colour, width in (("#000000", 4), ("#FFFFFF", 2))
    ]


def picture(png: bytes, width: float, height: float) -> Part:
    """A picture under everything else, whose pixels are the units of both axes."""
    return {
        "source": "data:image/png;base64," + base64.b64encode(png).decode("ascii"),
        "xref": "x",
        "yref": "y",
        "x": 0,
        "y": 0,
        "sizex": width,
        "sizey": height,
        "sizing": "stretch",
        "layer": "below",
    }


def map_axes(box: tuple[float, float, float, float], *, bare: bool = False) -> tuple[Part, Part]:
    """Both axes of a map: equal units, and y downward.

    Args:
        box: left, top, right and bottom of what is shown.
        bare: without titles and ticks, and in the corner of the figure.
    """
    left, top, right, bottom = box
    side = {"constrain": "domain", "showgrid": False, "zeroline": False, "visible": not bare}
    x, y = {"range": [left, right], **side}, {"range": [bottom, top], "scaleanchor": "x", **side}
    if bare:
        return x | {"constraintoward": "left"}, y | {"constraintoward": "top"}
    return x | axis("x"), y | axis("y")
