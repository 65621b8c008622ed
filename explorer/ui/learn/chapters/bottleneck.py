"""Two 3×3 convolutions against 1×1, 3×3, 1×1."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.ui.learn.blocks import Drawn, draw_blocks
from explorer.ui.learn.chapter import Chapter, Link

_CHANNELS, _SIDE = 256, 56
_BASIC = BlockSpec(channels_in=_CHANNELS, channels_out=_CHANNELS, conv_bias=False)
BLOCKS = (
    Drawn(title="Basic: two 3×3", spec=_BASIC, side=_SIDE),
    Drawn(title="Bottleneck: 1×1, 3×3, 1×1", spec=_BASIC.replace(type="bottleneck"), side=_SIDE),
)


def _figure() -> None:
    draw_blocks(*(replace(block, words=_words(block)) for block in BLOCKS))
    st.caption(
        f"Drawn and counted by this app, for {_CHANNELS} channels at {_SIDE}×{_SIDE}: the convolutions, without "
        "their norms."
    )


def _words(block: Drawn) -> str:
    convs = [row for row in block.trace.plan.layers if row.kind == "conv"]
    terms = " + ".join(f"{row.op.kernel}·{row.op.kernel}·{row.op.channels_in}·{row.op.channels_out}" for row in convs)
    return f"{terms} = **{sum(row.params for row in convs):,}** weights"


def _params(name: str) -> str:
    return f"{trace(describe(preset(name)), (224, 224)).params / 1e6:.1f}"


CHAPTER = Chapter(
    name="bottleneck",
    title="Basic block and bottleneck",
    text=(
        "ResNet-18 and 34 are made of basic blocks: two 3×3 convolutions on all channels. From 50 layers on the "
        "paper takes bottlenecks (瓶颈): a 1×1 convolution brings 256 channels down to 64, the 3×3 works on those "
        "64, and another 1×1 brings them up to 256 again. One layer more, and about 17 times fewer weights than two "
        "3×3 on 256 channels; so three layers of a bottleneck with four times the channels cost about what a basic "
        "block costs.\n\n"
        f"It saves per channel, not per network: ResNet-50 has {_params('resnet50')} million parameters and "
        f"ResNet-34 {_params('resnet34')}, because its maps have four times as many channels. What it buys is depth "
        "and width for nearly the same work."
    ),
    formula=(
        r"2 \cdot 3^2 C^2 = 18\,C^2 \\[6pt] "
        r"C\tfrac{C}{4} + 3^2\bigl(\tfrac{C}{4}\bigr)^2 + \tfrac{C}{4}C = \tfrac{17}{16}\,C^2"
    ),
    where="Weights of the convolutions, above of the basic block, below of the bottleneck; C: channels in and out.",
    figure=_figure,
    tries=(
        Link(page="block", label="Both at other widths", query={"b_part": "side"}),
        Link(page="compare", label="ResNet-34 against ResNet-50", query={"nets": "resnet34,resnet50"}),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, section 4.1, figure 5, and table 1",),
    seeds=("003.1",),
)
