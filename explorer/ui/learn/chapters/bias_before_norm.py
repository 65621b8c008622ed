"""A bias in front of a norm: gone at once in training, in evaluation when the running mean has taken it in."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link
from explorer.views.norm_words import written

_BIAS, _UPDATES, _MOMENTUM = (3.0, -7.0), 60, 0.1


def _figure() -> None:
    from explorer.labs.norm_lab.bias import bias_curve
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.norm_lab import Curve, curves_figure

    found = cached.result(
        ("norm lab bias", _BIAS, _MOMENTUM, _UPDATES),
        lambda: bias_curve(_BIAS, momentum=_MOMENTUM, updates=_UPDATES),
        lambda made: 16 * len(made.evaluation),
    )
    batches = list(range(len(found.evaluation)))
    curves = [
        Curve(name="eval: with − without the bias", x=batches, y=found.evaluation),
        Curve(name="formula", x=batches, y=found.expected, is_law=True),
    ]
    figure = curves_figure(
        curves, x="batches in train mode before", y="largest difference", theme=shell.theme(), log_y=True
    )
    alt = "Largest difference of the outputs with and without a bias in eval mode, over the batches seen before."
    chart(figure, "learn_bias", height=280, alt=alt)
    st.caption(
        f"A 3×3 convolution with biases {' and '.join(map(written, _BIAS))} and its norm, on two pictures of 4×4, in "
        f"double precision. In train mode the outputs differ by {written(float(f'{found.train:.1g}'))}, which is "
        f"rounding. In eval mode by {written(found.evaluation[0])} at first and by "
        f"{written(float(f'{found.evaluation[-1]:.2g}'))} after {_UPDATES} batches. γ = 1."
    )


CHAPTER = Chapter(
    name="bias-before-norm",
    title="A bias that changes nothing",
    text=(
        "A bias (偏置) adds the same number to all values of a channel. The norm behind the convolution takes the "
        "channel's mean away, and the bias is part of that mean: it is gone. Nor does it learn, for a number without "
        "effect has no gradient. β does its work; so convolutions in front of a norm are made with `bias=False`.\n\n"
        "This is true at once in **training**, where the mean is the batch's. In **evaluation** the running mean is "
        "taken away, and it contains the bias only so far as it has followed: with momentum 0.1 the tenth part after "
        "one batch, and nearly all after sixty. Whoever adds a bias to a trained network and evaluates it sees it in "
        "full."
    ),
    formula=(
        r"(w * x + b) - \mathrm{E}[w * x + b] = w * x - \mathrm{E}[w * x]\\[6pt] "
        r"\text{eval: } (1-m)^n\, \frac{|b|}{\sqrt{\sigma_r^2+\varepsilon}}"
    ),
    where="b: bias; m: momentum; n: batches seen in train mode; σᵣ²: running variance; the larger of both channels.",
    figure=_figure,
    tries=(
        Link(page="batchnorm", label="Other biases and momenta", query={"norm_part": "lab", "experiment": "bias"}),
        Link(page="block", label="What it wastes", query={"b_part": "breaks", "case": "bias"}),
    ),
    sources=("Ioffe and Szegedy 2015, arXiv 1502.03167, section 3.2: the bias “can be ignored”",),
    seeds=("003.4",),
)
