"""All norms of a network at a glance -> a figure: what their channels hold, along the depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from explorer.views.charts.axes import axis, log_axis, log_range
from explorer.views.charts.figure import Part, scatter
from explorer.views.charts.panels import MARKED_POINTS, along
from explorer.views.norm_words import finite
from explorer.views.numbers import written
from explorer.views.palette import BACKGROUND, Theme, stage_colour

Quantity = Literal["gamma", "beta", "running_mean", "running_var"]

QUANTITIES: dict[Quantity, str] = {
    "gamma": "γ",
    "beta": "β",
    "running_mean": "running mean",
    "running_var": "running variance",
}
_PANEL_PIXELS, _REST_PIXELS = 90, 86


@dataclass(frozen=True, eq=False, kw_only=True)
class NormNumbers:
    """What a norm holds.

    Attributes:
        layer: the row's name.
        stage: the stage it lies in.
        numbers: per channel ``(C,)``; a norm without running statistics has two of the four.
    """

    layer: str
    stage: str
    numbers: Mapping[Quantity, np.ndarray]


def glance_figure(norms: Sequence[NormNumbers], *, theme: Theme, picked: str | None = None) -> go.Figure:
    """γ, β, running mean and running variance of all norms in the order of the calls; every norm can be clicked.

    A thin line runs from the smallest to the largest channel, a thick one over the middle half, a dot is the median.

    Args:
        norms: in order.
        theme: light or dark.
        picked: name of the norm that is marked.
    """
    shown = [quantity for quantity in QUANTITIES if any(quantity in norm.numbers for norm in norms)]
    return along(
        [(_spreads(norms, quantity, theme), _axis(norms, quantity)) for quantity in shown],
        [norm.stage for norm in norms],
        "norms in the order in which they run",
        theme=theme,
        height=_REST_PIXELS + _PANEL_PIXELS * len(shown),
        gap=0.03,
        picked=next((place for place, norm in enumerate(norms) if norm.layer == picked), None),
        hoverdistance=-1,
    )


def _axis(norms: Sequence[NormNumbers], quantity: Quantity) -> Part:
    """Variances have a logarithmic one."""
    title = QUANTITIES[quantity]
    if quantity != "running_var":
        return axis(title, nticks=5)
    ends = log_range(np.concatenate([norm.numbers[quantity] for norm in norms if quantity in norm.numbers]))
    return log_axis(title, *ends, most=4) if ends else axis(title)


def _spreads(norms: Sequence[NormNumbers], quantity: Quantity, theme: Theme) -> list[Part]:
    """The channels of every norm as a thin line, a thick line and a dot, in the colour of its stage."""
    spreads = [_quantiles(norm, quantity, logarithmic=quantity == "running_var") for norm in norms]
    thick = min(7.0, max(1.5, 500 / len(norms)))
    traces: list[Part] = []
    for stage in dict.fromkeys(norm.stage for norm in norms):
        colour = stage_colour(stage, theme)
        known = {
            place: spread
            for place, spread in enumerate(spreads)
            if spread is not None and norms[place].stage == stage
        }  # fmt: skip
        x = [at for place in known for at in (place, place, None)]
        for first, last, width in ((0, 4, 1.0), (1, 3, thick)):
            ends = [end for spread in known.values() for end in (spread[first], spread[last], None)]
            traces.append(scatter(x, ends, mode="lines", line={"color": colour, "width": width}))
        traces.append(
            scatter(
                list(known),
                [spread[2] for spread in known.values()],
                "%{text}",
                mode="markers" if len(norms) <= MARKED_POINTS else "lines",
                customdata=[[norms[place].layer] for place in known],
                text=[_hover(norms[place], quantity, spread) for place, spread in known.items()],
                line={"color": colour, "width": 0.5},
                marker={"color": BACKGROUND[theme], "size": 5, "line": {"color": colour, "width": 1.5}},
            )
        )
    return traces


def _quantiles(norm: NormNumbers, quantity: Quantity, *, logarithmic: bool) -> list[float] | None:
    """Smallest, the quartiles and largest; None where nothing can be drawn."""
    values = finite(norm.numbers.get(quantity, np.array([])))
    if logarithmic:
        values = values[values > 0]
    if not values.size:
        return None
    # what np.quantile does, in a tenth of its time: a deep network has thousands of these
    places = (values.size - 1) * np.array([0, 0.25, 0.5, 0.75, 1])
    return np.interp(places, np.arange(values.size), np.sort(values)).tolist()


def _hover(norm: NormNumbers, quantity: Quantity, spread: Sequence[float]) -> str:
    smallest, low, median, high, largest = map(written, spread)
    values = norm.numbers[quantity]
    wrong = int((~np.isfinite(values)).sum())
    words = [
        f"<b>{norm.layer}</b> · {QUANTITIES[quantity]}, {len(values):,} channels",
        f"median {median}",
        f"middle half {low} to {high}",
        f"all {smallest} to {largest}",
    ]
    return "<br>".join(words + ([f"{wrong:,} not finite"] if wrong else []))
