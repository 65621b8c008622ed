"""Raw, 0–1 and standardised pixels through one network: the scale of the input moves with the signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link, Trap

if TYPE_CHECKING:
    from explorer.labs.gradient_flow.gradient_flow import Flow

_DEPTH = 20
_ON_PAGE = {"g_nets": "plain-56-none,plain-56", "g_by": "input"}


def flows() -> dict[str, Flow]:
    """A pass through a plain network without norm for every scaling of the pixels, by its title."""

    def make() -> dict[str, Flow]:
        from explorer.labs.gradient_flow.flow_pictures import flow_pictures
        from explorer.labs.gradient_flow.gradient_flow import SCALING_TITLES, flow_of
        from explorer.labs.training.one_thread import one_thread
        from explorer.labs.training.sets import digit_net

        spec = digit_net(_DEPTH, "none", norm="none")
        data = flow_pictures("digits", in_channels=spec.in_channels, side=8)
        with one_thread():
            return {title: flow_of(spec, scaling=scaling, data=data) for scaling, title in SCALING_TITLES.items()}

    kept: dict[str, Flow] = cached.result(("learn inputs",), make, lambda made: 50_000 * len(made))
    return kept


def _figure() -> None:
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.norm_lab import Curve, curves_figure

    found = flows()
    curves = [
        Curve(
            name=title,
            x=[row.depth or 0 for row in flow.convolutions],
            y=[row.spread for row in flow.convolutions],
        )
        for title, flow in found.items()
    ]
    figure = curves_figure(
        curves, x="convolutions of the main path", y="spread (σ) of what it puts out", theme=shell.theme(), log_y=True
    )
    chart(
        figure,
        "learn_inputs",
        height=300,
        alt="Spread of activations along the depth, for three scalings of the pixels.",
    )
    factors = [flow.forward for flow in found.values() if flow.forward]
    said = ", ".join(f"{title}: × {factor.per_layer:.3f}" for title, factor in zip(found, factors, strict=True))
    st.caption(
        f"Plain-{_DEPTH} without norm, untrained (Kaiming, fan-out, seed 0), 32 digits of 8×8. Factor per layer: "
        f"{said}."
    )


CHAPTER = Chapter(
    name="standardised-input",
    title="Standardised input",
    text=(
        "Pixels come as numbers from 0 to 255, all of one sign. To standardise (标准化) them, their mean is taken "
        "away and what is left divided by their deviation, so that the first layer gets numbers around 0 of size 1. "
        "Then its weights learn at one speed, whatever the picture's brightness.\n\n"
        "The sources name it as a cure for vanishing gradients. Look at the three lines: without norms, scaling the "
        "input scales every activation alike, and the **factor per layer stays**, for convolution and ReLU pass any "
        "factor on. The lines begin at other heights and fall just as steeply. With a norm behind the first "
        "convolution the scale of the input is gone at once. What decides over many layers is the factor: "
        "initialisation, and norms."
    ),
    formula=(
        r"\hat p = \frac{p - \mu}{\sigma}\\[6pt] "
        r"\mathrm{ReLU}(W * (s\,x)) = s\,\mathrm{ReLU}(W * x) \;\; (s > 0)"
    ),
    where=(
        "p: pixel; μ, σ: mean and deviation of all pixels; s: any scale; without biases it passes through all layers."
    ),
    figure=_figure,
    tries=(
        Link(page="gradient-flow", label="The same at 56 layers", query={**_ON_PAGE, "g_net": "plain-56-none"}),
        Link(page="gradient-flow", label="With norms", query={**_ON_PAGE, "g_net": "plain-56"}),
    ),
    traps=(
        Trap(
            written="Standardised input keeps gradients from vanishing.",
            so=(
                "It sets the level at which the signal begins. What multiplies it from layer to layer is nearly the "
                "same for raw, 0–1 and standardised pixels."
            ),
            see=Link(
                page="gradient-flow",
                label="Which initialisation does more",
                query={"g_nets": "plain-56-none,plain-56", "g_by": "initialisation", "g_net": "plain-56-none"},
            ),
            source="LeCun et al. 1998, Efficient BackProp, section 4.3 (why inputs are standardised); He et al. 2015, "
            "arXiv 1512.03385, section 1 (normalised initialisation and intermediate normalisation against vanishing "
            "gradients)",
        ),
    ),
    sources=(
        "LeCun et al. 1998, Efficient BackProp, section 4.3",
        "He et al. 2015, arXiv 1502.01852, section 2.2 (the factor per layer)",
    ),
    seeds=("003.6",),
)
