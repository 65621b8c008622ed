"""The loss on a plane through the space of weights: contours, a surface that turns, and the path of a training."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from explorer.views.charts.axes import axis, log_axis
from explorer.views.charts.figure import CLEAR, GRID, MUTED, Part, figure, scatter
from explorer.views.charts.heat import BAR_PIXELS, colour_bar, colour_scale
from explorer.views.numbers import loss_text, percent
from explorer.views.palette import Theme

CEILING = 100.0
"""Higher losses are drawn as this one: they say that outputs overflow, and would leave no colours for the rest."""
_HEIGHT = 430
_SURFACE_HEIGHT = 400
_MOST_TICKS = 6
_LINES = 14
_SMALLEST = 1e-6
_LEVEL = "rgba(255,255,255,0.35)"


class LossScale(NamedTuple):
    """The losses that the colours begin and end with, in powers of ten; the same for all that is compared."""

    low: float
    high: float


def loss_scale(losses: Iterable[np.ndarray]) -> LossScale:
    """One logarithmic scale for several surfaces.

    Args:
        losses: of each, of any shape; what is not finite is drawn as the ceiling.
    """
    drawn = np.concatenate([_drawn(loss).ravel() for loss in losses])
    low, high = float(drawn.min()), float(drawn.max())
    return LossScale(low, high) if high - low > 0.01 else LossScale(low - 0.5, high + 0.5)


def is_cut(losses: Iterable[np.ndarray]) -> bool:
    """Whether some losses are higher than what is drawn."""
    return any(not bool((loss <= CEILING).all()) for loss in losses)


def contour_figure(x: np.ndarray, y: np.ndarray, loss: np.ndarray, scale: LossScale, *, theme: Theme) -> go.Figure:
    """The loss around trained weights from above, lines of equal loss in it.

    Args:
        x: places along the first direction, ``(columns,)``.
        y: along the second one, ``(rows,)``.
        loss: ``(rows, columns)``.
        scale: from ``loss_scale``.
        theme: ``light`` or ``dark``.
    """
    return _from_above(
        x,
        y,
        loss,
        scale,
        theme=theme,
        titles=("first random direction", "second random direction"),
        marked=_outlined([0.0], [0.0], ["the trained weights"]),
    )


def path_figure(
    x: np.ndarray,
    y: np.ndarray,
    loss: np.ndarray,
    scale: LossScale,
    *,
    epochs: Sequence[int],
    places: Sequence[tuple[float, float]],
    projected: Sequence[float],
    own: Sequence[float],
    explained: tuple[float, float],
    theme: Theme,
) -> go.Figure:
    """The loss in the plane that lies closest to a training, and where its epochs lie there.

    Args:
        x: places along the first component, ``(columns,)``.
        y: along the second one, ``(rows,)``.
        loss: ``(rows, columns)``.
        scale: from ``loss_scale``.
        epochs: of the path, in order.
        places: of each.
        projected: the loss in the plane at each place.
        own: the loss of each epoch's own weights.
        explained: the share of the variance along each component.
        theme: ``light`` or ``dark``.
    """
    across, upright = zip(*places, strict=True)
    said = [
        f"epoch {epoch:,}{', before training' if epoch == 0 else ''}<br>loss of its weights: {loss_text(of)}"
        f"<br>in the plane: {loss_text(here)}"
        for epoch, of, here in zip(epochs, own, projected, strict=True)
    ]
    first, second = (percent(share) for share in explained)
    return _from_above(
        x,
        y,
        loss,
        scale,
        theme=theme,
        titles=(f"first principal component, {first} of the variance", f"second one, {second}"),
        marked=_outlined(across, upright, said, [f"{epoch:,}" for epoch in epochs]),
    )


def surface_figure(x: np.ndarray, y: np.ndarray, loss: np.ndarray, scale: LossScale, *, theme: Theme) -> go.Figure:
    """The same as ``contour_figure`` as a surface that turns under the mouse; the arguments are those."""
    ticks = _ticks(scale)
    plain: Part = {
        "showbackground": False,
        "gridcolor": GRID[theme],
        "zeroline": False,
        "showspikes": False,
        "color": MUTED[theme],
        "tickfont": {"size": 11},
    }
    bare: Part = {**plain, "title": {"text": ""}, "nticks": 5, "showticklabels": False}
    lines = {"show": True, "color": _LEVEL, "width": 1, **_levels(scale)}
    surface: Part = {
        "type": "surface",
        "x": x,
        "y": y,
        "z": _drawn(loss),
        "cmin": scale.low,
        "cmax": scale.high,
        "colorscale": colour_scale(signed=False),
        "showscale": False,
        "text": _said(loss),
        "hovertemplate": "loss %{text}<br>at (%{x:.3~g}, %{y:.3~g})<extra></extra>",
        "contours": {"z": lines, "x": {"highlight": False}, "y": {"highlight": False}},
        "lighting": {"ambient": 0.75, "diffuse": 0.6, "specular": 0.08, "roughness": 0.8, "fresnel": 0.05},
    }
    return figure(
        [surface],
        theme=theme,
        height=_SURFACE_HEIGHT,
        margin=(0, 0, 0, 0),
        scene={
            "xaxis": bare,
            "yaxis": bare,
            "zaxis": {**plain, "title": {"text": "loss"}, "range": [scale.low, scale.high], **ticks},
            "aspectmode": "manual",
            "aspectratio": {"x": 1, "y": 1, "z": 0.75},
            "camera": {"eye": {"x": 1.3, "y": -1.5, "z": 0.85}, "center": {"x": 0, "y": 0, "z": -0.1}},
            "dragmode": "orbit",
            "bgcolor": CLEAR,
        },
    )


def _from_above(
    x: np.ndarray,
    y: np.ndarray,
    loss: np.ndarray,
    scale: LossScale,
    *,
    theme: Theme,
    titles: tuple[str, str],
    marked: Sequence[Part],
) -> go.Figure:
    contours: Part = {
        "type": "contour",
        "x": x,
        "y": y,
        "z": _drawn(loss),
        "zmin": scale.low,
        "zmax": scale.high,
        "colorscale": colour_scale(signed=False),
        "colorbar": {**colour_bar("h", theme), **_ticks(scale)},
        "contours": {"coloring": "heatmap", **_levels(scale)},
        "line": {"width": 0.8, "color": _LEVEL},
        "text": _said(loss),
        "hovertemplate": "loss %{text}<br>at (%{x:.3~g}, %{y:.3~g})<extra></extra>",
    }
    side: Part = {"constrain": "domain", "showgrid": False, "zeroline": False, "nticks": 7}
    return figure(
        [contours, *marked],
        theme=theme,
        height=_HEIGHT,
        margin=(58, 12, BAR_PIXELS, 42),
        x=axis(titles[0], range=[x[0], x[-1]], **side),
        y=axis(titles[1], range=[y[0], y[-1]], scaleanchor="x", **side),
    )


def _outlined(x: Sequence[float], y: Sequence[float], said: Sequence[str], names: Sequence[str] = ()) -> list[Part]:
    """Points, joined in their order, that are seen on light and on dark ground; their names stand in them."""
    size = 19 if names else 9
    dark = {"size": size + 4, "color": "#000000"}
    below = scatter(x, y, mode="lines+markers", line={"color": "#000000", "width": 5}, marker=dark)
    above = scatter(
        x,
        y,
        "%{hovertext}",
        hovertext=said,
        mode="lines+markers+text",
        text=names,
        textfont={"color": "#000000", "size": 11},
        line={"color": "#FFFFFF", "width": 2},
        marker={"size": size, "color": "#FFFFFF"},
    )
    return [below, above]


def _drawn(loss: np.ndarray) -> np.ndarray:
    """Powers of ten of the losses, between what can be told from zero and the ceiling."""
    return np.log10(np.clip(np.nan_to_num(loss, nan=CEILING, posinf=CEILING), _SMALLEST, CEILING))


def _said(loss: np.ndarray) -> list[list[str]]:
    return [[loss_text(value) for value in row] for row in loss.tolist()]


def _levels(scale: LossScale) -> Part:
    return {"start": scale.low, "end": scale.high, "size": (scale.high - scale.low) / _LINES}


def _ticks(scale: LossScale) -> Part:
    """Losses written out where a logarithmic axis would write them."""
    written = log_axis("", scale.low, scale.high, most=_MOST_TICKS)
    if "tickvals" not in written:
        return {}
    return {"tickvals": [float(np.log10(value)) for value in written["tickvals"]], "ticktext": written["ticktext"]}
