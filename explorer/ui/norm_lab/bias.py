"""A bias before the norm: no effect in training, one in evaluation until the running mean contains it."""

from __future__ import annotations

import streamlit as st

from explorer.labs.norm_lab.bias import BiasCurve, bias_curve
from explorer.ui import cached, shell, widgets
from explorer.ui.block.params import CASE, PART
from explorer.ui.charts import chart
from explorer.ui.norm_lab.example import IOFFE
from explorer.ui.norm_lab.params import BIAS_0, BIAS_1, BIAS_UPDATES, MOMENTUM
from explorer.ui.shell import link_to
from explorer.views.norm_lab import Curve, curves_figure
from explorer.views.numbers import written

_ROUNDING = 1e-12


def show() -> None:
    """Draw the experiment."""
    st.markdown(
        "The norm subtracts the mean of the batch, and a bias before it is part of that mean: **in training it changes "
        "nothing**. In evaluation the norm subtracts the running mean, which has to learn of the bias first."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="lab_bias_choice"):
        biases = tuple(widgets.number(bias, width=150) for bias in (BIAS_0, BIAS_1))
        momentum = widgets.slide(MOMENTUM, help="Weight of a new batch.", width=200)
        updates = widgets.slide(BIAS_UPDATES, width=200)
    found = cached.result(
        ("norm lab bias", biases, momentum, updates),
        lambda: bias_curve(biases, momentum=momentum, updates=updates),
        lambda made: 16 * len(made.evaluation),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _chart(found)
    with right:
        _said(found, biases, momentum, updates)
    st.caption(
        "A convolution with two 3×3 kernels, Laplace's and Sobel's, on two pictures of 4×4 pixels, with its batch "
        "norm: once with the biases, once without, in double precision. Drawn: the largest difference between the two "
        "outputs. The law: (1 − m)ⁿ·|b| / √(running σ² + ε), the larger of both channels. That is why convolutions "
        f"before a norm have no bias; β does its work. {IOFFE}, section 3.2: the bias “can be ignored”."
    )


def _chart(found: BiasCurve) -> None:
    x = list(range(len(found.evaluation)))
    chart(
        curves_figure(
            [
                Curve(name="eval: with − without", x=x, y=found.evaluation),
                Curve(name="law", x=x, y=found.expected, is_law=True),
            ],
            x="batches seen in train mode",
            y="largest difference",
            theme=shell.theme(),
            log_y=True,
        ),
        "lab_bias",
        alt="Largest difference of the outputs with and without the biases in eval mode, over the batches seen.",
    )


def _said(found: BiasCurve, biases: tuple[float, ...], momentum: float, updates: int) -> None:
    start, end = found.evaluation[0], found.evaluation[-1]
    share = 1 - (1 - momentum) ** updates
    st.markdown(
        f"- **train**: the outputs differ by {_size(found.train)}.\n"
        f"- **eval**: by {written(start)} before the first batch, by {_size(end)} after {updates:,}.\n"
        f"- The running means are {' and '.join(map(written, found.running_mean))} apart: "
        f"(1 − {written(1 - momentum)}^{updates}) = {written(share)} of the biases "
        f"{' and '.join(map(written, biases))}.\n"
        f"- In training the gradient of the loss for the biases is {_size(found.bias_gradient)}, against up to "
        f"{written(found.weight_gradient)} for the kernels: the biases would not even learn."
    )
    link_to(
        "block",
        "The block with such biases",
        {PART: "breaks", CASE: "bias"},
        help="Block, What breaks.",
    )


def _size(value: float) -> str:
    if value == 0:
        return "nothing"
    rounded = written(value, 2)
    return f"{rounded}, which is rounding" if value < _ROUNDING else rounded
