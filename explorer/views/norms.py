"""All norms of a network at a glance -> a figure: what their channels hold, along the depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.views.norm_words import finite, written
from explorer.views.palette import BACKGROUND, TEXT, Theme, stage_colour
from explorer.views.stage_names import name_stages

Quantity = Literal["gamma", "beta", "running_mean", "running_var"]

QUANTITIES: dict[Quantity, str] = {
    "gamma": "γ",
    "beta": "β",
    "running_mean": "running mean",
    "running_var": "running variance",
}
# Beyond this many norms a panel has no dots: each is an element of its own in the browser.
DOTTED_NORMS = 400


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
    figure = make_subplots(rows=len(shown), cols=1, shared_xaxes=True, vertical_spacing=0.03)
    stages = [norm.stage for norm in norms]
    for panel, quantity in enumerate(shown, start=1):
        logarithmic = quantity == "running_var"
        for stage in dict.fromkeys(stages):
            places = [place for place, of in enumerate(stages) if of == stage]
            traces = _spread_traces(norms, places, quantity, stage_colour(stage, theme), theme, logarithmic)
            figure.add_traces(traces, rows=panel, cols=1)
        figure.update_yaxes(title_text=QUANTITIES[quantity], title_standoff=2, nticks=5, row=panel, col=1)
        if logarithmic:
            figure.update_yaxes(type="log", exponentformat="power", dtick=1, nticks=None, row=panel, col=1)
            _few_powers(figure, norms, panel)
    name_stages(figure, stages, theme)
    place = next((place for place, norm in enumerate(norms) if norm.layer == picked), None)
    if place is not None:
        figure.add_vline(x=place, line={"color": TEXT[theme], "width": 1, "dash": "dot"})
    figure.update_xaxes(showticklabels=False, range=[-0.6, len(norms) - 0.4], zeroline=False, showgrid=False)
    figure.update_xaxes(title_text="norms in the order of the calls", title_standoff=4, row=len(shown), col=1)
    figure.update_layout(margin={"l": 64, "r": 0, "t": 22, "b": 26}, hoverdistance=-1, dragmode=False)
    return figure


def _spread_traces(
    norms: Sequence[NormNumbers],
    places: Sequence[int],
    quantity: Quantity,
    colour: str,
    theme: Theme,
    logarithmic: bool,
) -> list[go.Scatter]:
    """The channels of some norms as a thin line, a thick line and a dot each."""
    spreads = {place: _quantiles(norms[place], quantity, logarithmic) for place in places}
    known = {place: spread for place, spread in spreads.items() if spread is not None}
    x = [at for place in known for at in (place, place, None)]
    thick = min(7.0, max(1.5, 500 / len(norms)))
    still: dict[str, Any] = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    ends = [end for spread in known.values() for end in (spread[0], spread[4], None)]
    middles = [end for spread in known.values() for end in (spread[1], spread[3], None)]
    words = [_hover(norms[place], quantity, spread) for place, spread in known.items()]
    return [
        go.Scatter(x=x, y=ends, line={"color": colour, "width": 1}, **still),
        go.Scatter(x=x, y=middles, line={"color": colour, "width": thick}, **still),
        go.Scatter(
            x=list(known),
            y=[spread[2] for spread in known.values()],
            customdata=[[norms[place].layer] for place in known],
            text=words,
            hovertemplate="%{text}<extra></extra>",
            mode="markers" if len(norms) <= DOTTED_NORMS else "lines",
            line={"color": colour, "width": 0.5},
            marker={"color": BACKGROUND[theme], "size": 5, "line": {"color": colour, "width": 1.5}},
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            showlegend=False,
        ),
    ]


def _quantiles(norm: NormNumbers, quantity: Quantity, logarithmic: bool) -> list[float] | None:
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


def _few_powers(figure: go.Figure, norms: Sequence[NormNumbers], panel: int) -> None:
    """A tick at every power of ten, or at every n-th where they would be too many."""
    variances = finite(np.concatenate([norm.numbers["running_var"] for norm in norms if "running_var" in norm.numbers]))
    variances = variances[variances > 0]
    if variances.size:
        decades = np.log10(variances.max()) - np.log10(variances.min())
        figure.update_yaxes(dtick=max(1, int(np.ceil(decades / 4))), row=panel, col=1)
