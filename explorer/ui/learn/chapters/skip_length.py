"""A skip over one, two or three layers."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.block_spec import BlockSpec, BlockType
from explorer.ui.learn.blocks import Drawn, draw_blocks
from explorer.ui.learn.chapter import Chapter, Link

_BASE = BlockSpec(channels_in=64, channels_out=64, conv_bias=False)
_LENGTHS: dict[BlockType, str] = {"single": "Over one layer", "basic": "Over two layers", "triple": "Over three layers"}
_SIDE = 56


def _figure() -> None:
    blocks = [Drawn(title=title, spec=_BASE.replace(type=name), side=_SIDE) for name, title in _LENGTHS.items()]
    draw_blocks(*(Drawn(title=one.title, spec=one.spec, side=_SIDE, words=_words(one)) for one in blocks))
    st.caption("Drawn and counted by this app: 3×3 convolutions without bias, each with its norm.")


def _words(block: Drawn) -> str:
    convs = sum(row.kind == "conv" for row in block.trace.plan.layers)
    relus = sum(row.kind == "relu" and row.path == "main" for row in block.trace.plan.layers)
    inside = {0: "none: F is linear but for the norm", 1: "one", 2: "two"}[relus]
    return f"Convolutions in F: {convs}. ReLUs in F: {inside}."


CHAPTER = Chapter(
    name="skip-length",
    title="How far a skip jumps",
    text=(
        "A skip may jump over one layer or over several. ResNet-18 and 34 jump over two, the bottlenecks of 50 and "
        "deeper over three. More are possible.\n\n"
        "One is possible too, but of little use: with a single layer F has no ReLU inside, so y = W₁x + x = (W₁ + "
        "I)x is one linear layer, written in another way. The paper saw no advantage of it. From two layers on there "
        "is something between them that a single layer with a shortcut could not do.\n\n"
        "It makes no difference to the rule of shapes how far the skip jumps. What leaves the last of the skipped "
        "layers must have the shape of what entered the first."
    ),
    formula=r"a^{[l+k]} = g\bigl(z^{[l+k]} + a^{[l]}\bigr) \\[6pt] k = 1:\; y = W_1 x + x = (W_1 + I)\,x",
    where=(
        "k: layers that the skip jumps over; I: the identity; norms and the ReLU behind the sum are left out on the "
        "right."
    ),
    figure=_figure,
    tries=(
        Link(page="block", label="All three on real numbers", query={"b_part": "side", "b_compared": "skips"}),
        Link(page="block", label="One layer", query={"b_type": "single"}),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, section 3.2",),
    seeds=("004.4",),
)
