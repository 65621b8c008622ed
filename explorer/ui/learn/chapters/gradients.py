"""Vanishing and exploding gradients: a factor per layer."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link
from explorer.views.gradient_flow import flow_figure

_DEPTH = 56


def _figure() -> None:
    from explorer.labs.gradient_flow.gradient_flow import Flow, flow_of
    from explorer.labs.training.one_thread import one_thread
    from explorer.labs.training.sets import digit_net
    from explorer.ui.gradient_flow.measured import line

    def make() -> dict[str, Flow]:
        with one_thread():
            return {
                f"plain-{_DEPTH}, no norm": flow_of(digit_net(_DEPTH, "none", norm="none")),
                f"residual-{_DEPTH}, no norm": flow_of(digit_net(_DEPTH, norm="none")),
            }

    flows = cached.result(
        ("learn gradients", _DEPTH), make, lambda made: sum(500 * len(f.layers) for f in made.values())
    )
    st.plotly_chart(
        flow_figure([line(label, flow) for label, flow in flows.items()], "backward", theme=shell.theme()),
        theme=None,
        key="learn_gradients",
        config={"displayModeBar": False},
        alt=f"Norm of the gradient at every convolution of {' and '.join(flows)}, on a logarithmic axis.",
    )
    factors = [
        f"{number}: {label}, {flow.backward.sentence}"
        for number, (label, flow) in enumerate(flows.items(), start=1)
        if flow.backward is not None
    ]
    st.caption(
        f"Norm of the gradient from the last layer (right) to the first. {'; '.join(factors)}. Fresh weights "
        "(Kaiming, fan-out, seed 0), 32 digits, one pass forward and back, measured when you opened this chapter."
    )


CHAPTER = Chapter(
    name="gradients",
    title="A factor per layer",
    text=(
        "On its way back the gradient passes every layer, and each multiplies it. If the factor is a little below 1, "
        "after many layers nothing is left: the gradient vanishes (梯度消失), and the first layers learn nothing. A "
        "little above 1, and it explodes (梯度爆炸), and the weights with it. 0.9 after 50 layers is "
        f"{0.9**50:.3f}; 1.1 after 50 layers is {1.1**50:.0f}.\n\n"
        "This was the first obstacle to depth. Two things have largely removed it: weights drawn with a spread that "
        "fits the layer's size, and norms between the layers. The figure shows two networks that "
        "lack the norms: without shortcuts the gradient vanishes, with them it explodes."
    ),
    formula=r"\left\lVert \frac{\partial L}{\partial x_0} \right\rVert \approx r^{\,n} \cdot "
    r"\left\lVert \frac{\partial L}{\partial x_n} \right\rVert",
    where="L: the loss; xᵢ: what layer i puts out; r: the factor per layer, a line fitted through the logarithms.",
    figure=_figure,
    tries=(
        Link(page="gradient-flow", label="With norm and without"),
        Link(
            page="gradient-flow",
            label="Five ways to draw the weights",
            query={"g_nets": "plain-56-none,plain-56", "g_by": "initialisation", "g_net": "plain-56-none"},
        ),
        Link(
            page="gradient-flow",
            label="Vanishing in 20, 56 and 110 layers",
            query={"g_nets": "plain-20-none,plain-56-none,plain-110-none", "g_init": "default"},
        ),
    ),
    sources=(
        "He et al. 2015, arXiv 1512.03385, section 1",
        "Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks",
    ),
    seeds=("000.5",),
)
