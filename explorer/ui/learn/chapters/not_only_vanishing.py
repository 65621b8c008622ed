"""Vanishing gradients alone do not explain degradation: norms mend them, and plain networks degrade all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link, Trap

if TYPE_CHECKING:
    from explorer.labs.gradient_flow.gradient_flow import Flow

DEPTH = 56
_NETS = {"plain, no norm": ("none", "none"), "plain": ("none", "batch"), "residual": ("B", "batch")}


def flows() -> dict[str, Flow]:
    """One pass forward and back through 56 layers: plain without norm, plain and residual with batch norm."""

    def make() -> dict[str, Flow]:
        from explorer.labs.gradient_flow.flow_pictures import flow_pictures
        from explorer.labs.gradient_flow.gradient_flow import flow_of
        from explorer.labs.training.one_thread import one_thread
        from explorer.labs.training.sets import digit_net

        data = flow_pictures("digits", in_channels=1, side=8)
        with st.spinner(f"Three passes through {DEPTH} layers"), one_thread():
            return {
                title: flow_of(digit_net(DEPTH, shortcut, norm=norm), data=data)  # type: ignore[arg-type]  # as above
                for title, (shortcut, norm) in _NETS.items()
            }

    kept: dict[str, Flow] = cached.result(("learn not only vanishing",), make, lambda made: 50_000 * len(made))
    return kept


def _figure() -> None:
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.norm_lab import Curve, curves_figure

    found = flows()
    curves = [
        Curve(
            name=f"{title}-{DEPTH}" if "," not in title else f"plain-{DEPTH}, no norm",
            x=[row.depth or 0 for row in flow.convolutions],
            y=[row.gradient for row in flow.convolutions],
        )
        for title, flow in found.items()
    ]
    figure = curves_figure(
        curves, x="convolutions of the main path", y="norm of the gradient", theme=shell.theme(), log_y=True
    )
    chart(figure, "learn_vanishing", height=300, alt="Norm of the gradient at every convolution of three networks.")
    said = "; ".join(
        f"{curve.name}: {flow.backward.sentence}"
        for curve, flow in zip(curves, found.values(), strict=True)
        if flow.backward
    )
    st.caption(
        f"Backward, from the last layer to the first. {said}. Untrained (Kaiming, fan-out, seed 0), 32 digits of "
        "8×8, as in training."
    )


CHAPTER = Chapter(
    name="not-only-vanishing",
    title="Not the vanishing gradient alone",
    text=(
        "Deep plain networks train badly; gradients can vanish in deep networks; so, it is often said, skips help "
        "because they keep gradients alive. Look first: without norms the gradient does vanish on its way back. With "
        "norms it does **not**, in the plain network as little as in the residual one.\n\n"
        "The paper's plain networks had batch norm too. Its authors checked that signals forward had variance and "
        "gradients backward healthy norms, and wrote that vanishing gradients are an unlikely cause. Plain networks "
        "degrade all the same. They supposed that such networks converge exponentially slowly, and left the reason "
        "open.\n\n"
        "In the plain network here gradients *grow* towards the input, a known effect of the norm itself; the skip "
        "takes most of that away."
    ),
    formula=(
        r"\frac{\partial L}{\partial a^{[l]}} = \frac{\partial L}{\partial a^{[l+2]}} "
        r"\Bigl( I + \frac{\partial \mathcal{F}}{\partial a^{[l]}} \Bigr)"
    ),
    where=(
        "I: the identity, which the skip brings; in a plain block it is missing. The ReLU behind the sum is left out."
    ),
    figure=_figure,
    tries=(
        Link(page="gradient-flow", label="The same, and the residual one without norm"),
        Link(page="training", label="And yet it degrades", query={"t_curve": "train_error"}),
        Link(page="training", label="56 layers without norm", query={"t_set": "no-norm"}),
    ),
    traps=(
        Trap(
            written="Residual networks work because they cure vanishing gradients.",
            so=(
                "Norms and a good initialisation had cured those before. With norms a plain network of 56 layers has "
                "gradients everywhere, and still ends with a higher training error than one of 20."
            ),
            see=Link(page="gradient-flow", label="Four networks of 56 layers"),
            source=(
                "He et al. 2015, arXiv 1512.03385, section 4.1: “unlikely to be caused by vanishing gradients”; "
                "figure 6"
            ),
        ),
    ),
    sources=(
        "He et al. 2015, arXiv 1512.03385, sections 1 and 4.1",
        "Yang et al. 2019, arXiv 1902.08129 (gradients that grow with batch norm)",
        "He et al. 2016, arXiv 1603.05027, equation 5 (the formula)",
    ),
    seeds=("004.trap",),
)
