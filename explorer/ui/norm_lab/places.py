"""A norm before the activation, after it, and none: the values at each place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from explorer.labs.norm_lab.places import ORDERS, Order, Place, norm_places
from explorer.ui import cached, shell, widgets
from explorer.ui.charts import chart
from explorer.ui.frames import table
from explorer.ui.norm_lab.example import IOFFE
from explorer.ui.norm_lab.params import LAYER, LAYERS, SEED
from explorer.views.norm_lab import Curve, curves_figure, steps_figure
from explorer.views.numbers import percent, written

_TITLES: dict[Order, str] = {"before": "before ReLU", "after": "after ReLU", "none": "no norm"}


def show() -> None:
    """Draw the experiment."""
    st.markdown(
        f"The same {LAYERS} convolutions with the same weights, and the norm **before** the activation (as in ResNet), "
        "**after** it, or nowhere. What does the next layer get?"
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="lab_places_choice"):
        layer = widgets.slide(LAYER, width=260)
        seed = widgets.number(SEED, width=120)
    found = _places(layer, seed)
    shown = {order: [place for place in places if place.layer == layer] for order, places in found.items()}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(f"**The values after every step of layer {layer}**")
        _histograms(shown, layer)
    with right:
        _table(shown)
        _said(shown)
    st.markdown("**The standard deviation of what the layers pass on**")
    _spreads(found)
    st.caption(
        "64 digits through 3×3 convolutions with 16 channels; Kaiming weights, norms at their start (γ = 1, β = 0), "
        f"with the statistics of the batch. Zeros are counted exactly. {IOFFE}, section 3.2, puts the norm before the "
        "activation, since its input is “more likely to have a symmetric, non-sparse distribution”; [He et al. "
        "2015](https://arxiv.org/abs/1512.03385), section 3.4, “right after each convolution and before activation”."
    )


def _places(layer: int, seed: int) -> dict[Order, tuple[Place, ...]]:
    return cached.result(
        ("norm lab places", layer, seed),
        lambda: norm_places(layer, layers=LAYERS, seed=seed),
        lambda made: sum(
            place.values.nbytes for places in made.values() for place in places if place.values is not None
        ),
    )


def _histograms(shown: dict[Order, list[Place]], layer: int) -> None:
    rows: dict[str, dict[str, np.ndarray]] = {
        _TITLES[order]: {place.step: place.values for place in places if place.values is not None}
        for order, places in shown.items()
    }
    chart(
        steps_figure(rows, theme=shell.theme(), height=420),
        "lab_steps",
        alt=f"Histograms of the values after every step of layer {layer}, a row for each order of the steps.",
    )


def _table(shown: dict[Order, list[Place]]) -> None:
    frame = pd.DataFrame(
        [
            (
                _TITLES[order],
                place.step,
                percent(place.zeros, figures=3),
                written(_rounded(place.mean), 3),
                written(place.std, 3),
            )
            for order, places in shown.items()
            for place in places
        ],
        columns=["order", "step", "zeros", "mean", "std"],
    )
    table(
        frame,
        "lab_places_table",
        alt="Share of zeros, mean and standard deviation after every step of the layer, for the three orders.",
        words={"order": "Norm", "step": "After", "zeros": "Zeros", "mean": "Mean", "std": "Standard deviation"},
    )


def _said(shown: dict[Order, list[Place]]) -> None:
    last = {order: places[-1] for order, places in shown.items()}
    before, after, none = (last[order] for order in ORDERS)
    st.markdown(
        f"- **Before**: ReLU sets {percent(before.zeros, figures=3)} of the values to 0; the next layer gets mean "
        f"{written(before.mean)} and standard deviation {written(before.std)}.\n"
        f"- **After**: the next layer gets mean {written(_rounded(after.mean))} and standard deviation "
        f"{written(after.std)}; the zeros have become one negative number per channel, "
        f"{percent(after.zeros, figures=3)} are left.\n"
        f"- **None**: {percent(none.zeros, figures=3)} zeros, mean {written(none.mean)}, standard deviation "
        f"{written(none.std)}: as large as the weights and the layers before happen to make them."
    )


def _spreads(found: dict[Order, tuple[Place, ...]]) -> None:
    curves = []
    for order, places in found.items():
        ends = [place for place in places if place.step == ORDERS[order][-1]]
        curves.append(Curve(name=_TITLES[order], x=[place.layer for place in ends], y=[place.std for place in ends]))
    chart(
        curves_figure(curves, x="layer", y="standard deviation", theme=shell.theme(), height=260, log_y=True),
        "lab_place_spreads",
        alt="Standard deviation of what every layer passes on, for the three orders.",
    )


def _rounded(mean: float) -> float:
    """A mean that is nothing but single precision's rounding is 0."""
    return 0.0 if abs(mean) < 1e-6 else mean
