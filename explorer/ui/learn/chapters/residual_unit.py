"""H(x) = F(x) + x: what F is, measured in a network that has learned."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.weights import example_spec
from explorer.ui import shell
from explorer.ui.cached import plan_of
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.example import ON_EXAMPLE, PICTURES, ratios

_SIDE = 32


def _figure() -> None:
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.depth import ratio_figure

    found = ratios()
    figure = ratio_figure(found, plan_of(example_spec(), (_SIDE, _SIDE)), theme=shell.theme())
    figure.update_layout(margin_l=72)
    figure.update_yaxes(title_standoff=14)
    alt = "‖F(x)‖ over the norm of what the shortcut carries, for every block of the trained example."
    chart(figure, "learn_ratios", height=250, alt=alt)
    st.caption(
        f"The trained example, a ResNet-20 that reads digits: ‖F(x)‖ ÷ ‖shortcut(x)‖ over {PICTURES} digits that it "
        f"has not seen, in eval mode: from {min(found.values()):.2f} to {max(found.values()):.2f}. Dotted: both are "
        "equally strong."
    )


CHAPTER = Chapter(
    name="residual-unit",
    title="F is what a block adds",
    text=(
        "A residual unit (残差单元) makes H(x) of x. Its main path does not compute H itself but F, the residual: "
        "what has to be added to x to get H. The shortcut carries x past it, and the addition puts both together.\n\n"
        "So F(x) = H(x) − x is the difference that the block makes, and its size can be measured. Here stands, for "
        "every block of a network that has learned, the norm of F(x) over the norm of what the shortcut carries. "
        "Within a stage it falls: later blocks change less of what arrives. The first block of each stage adds about "
        "as much as there is."
    ),
    formula=r"\mathcal{H}(x) = \mathcal{F}(x) + x",
    where="x: what arrives; F: the main path, convolutions and norms; H: the sum, which in a ResNet a ReLU follows.",
    figure=_figure,
    tries=(
        Link(
            page="feature-maps", label="x, F(x) and x + F(x) of every block", query={**ON_EXAMPLE, "view": "residual"}
        ),
        Link(page="feature-maps", label="The same in ResNet-50, untrained", query={"view": "residual"}),
        Link(page="block", label="Its size by epoch, in a run", query={"b_part": "identity", "b_claim": "ratios"}),
    ),
    traps=(
        Trap(
            written="H is the prediction, x the observation, and F the error between them, trained towards 0.",
            so=(
                "All three are maps of features in the middle of the network. The loss is taken behind the last layer; "
                "nothing pulls F towards 0, and in the trained network here F is at least half as strong as what the "
                "shortcut carries, in every block."
            ),
            see=Link(page="feature-maps", label="F(x) of a trained network", query={**ON_EXAMPLE, "view": "residual"}),
            source="He et al. 2015, arXiv 1512.03385, section 3.2: F is “the residual mapping to be learned”",
        ),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, sections 3.1 and 3.2, equation 1",),
    seeds=("002.1", "002.trap"),
)
