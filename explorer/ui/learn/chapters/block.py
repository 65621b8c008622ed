"""The residual block: two paths and an addition that needs equal shapes."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.example import ON_EXAMPLE
from explorer.views.tables import shortcut_counts


def _figure() -> None:
    from explorer.ui.block.choice import D2L
    from explorer.ui.block.numbers import run_of, show_run

    show_run(D2L.spec, run_of(D2L), picture=0, channel=0)
    st.caption(
        "A basic block with random weights and a random input of 4×3×6×6, run when you opened this chapter; one "
        "channel of one picture is shown."
    )


_COUNTS = shortcut_counts(trace(describe(preset("resnet50")), input_size=(224, 224)))

CHAPTER = Chapter(
    name="block",
    title="A block: two paths and a sum",
    text=(
        "A residual block (残差块) sends its input x along two paths. The **main path** is two or three convolutions "
        "with norms and ReLUs; what it puts out is called F(x). The **shortcut** (捷径连接) goes past them. At the end "
        "both are added element by element, and a ReLU follows.\n\n"
        "An addition needs equal shapes. While channels and size stay, the shortcut is x itself. Where the main path "
        "changes them, the shortcut has to do the same: a 1×1 convolution sets the channels, and its stride the size. "
        "Torch refuses to add other shapes, or, worse, repeats what has size 1 and says nothing."
    ),
    formula=r"\mathbf{y} = \mathrm{ReLU}\big(F(\mathbf{x}) + s(\mathbf{x})\big) \\[6pt] "
    r"s(\mathbf{x}) = \mathbf{x} \ \text{ or } \ W_s\,\mathbf{x}",
    where="x: what arrives; F: the main path; s: the shortcut; Wₛ: a 1×1 convolution, where shapes change.",
    figure=_figure,
    tries=(
        Link(page="block", label="This block, step by step"),
        Link(page="block", label="What breaks when shapes differ", query={"b_part": "breaks"}),
        Link(
            page="feature-maps",
            label="x, F(x) and their sum in a trained network",
            query={**ON_EXAMPLE, "view": "residual"},
        ),
    ),
    traps=(
        Trap(
            written="A block whose shortcut is x itself is “non-residual”; the one with a convolution is residual.",
            so=(
                "Both are residual: both add F(x) to what the shortcut carries. The identity is the usual case, "
                f"{_COUNTS['identity']} of the {sum(_COUNTS.values())} blocks of ResNet-50 have it, "
                f"{_COUNTS['projection']} have a projection."
            ),
            see=Link(
                page="architecture",
                label="A solid shortcut of ResNet-50",
                query={"row": "layer1.1.shortcut"},
            ),
            source="He et al. 2015, arXiv 1512.03385, section 3.2, equations 1 and 2",
        ),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, section 3.2, figure 2",),
    seeds=("000.2", "000.trap"),
)
