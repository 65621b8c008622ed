"""Ws: a matrix on the shortcut where the channels differ, and a stride where the size does."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.ui.learn.blocks import Drawn, draw_blocks
from explorer.ui.learn.chapter import Chapter, Link, Trap

IN, OUT = 128, 256
_BASE = BlockSpec(channels_in=IN, channels_out=OUT, shortcut="projection", conv_bias=False)
_SIDE = 28
BLOCKS = (
    Drawn(title="Only the channels differ", spec=_BASE, side=_SIDE),
    Drawn(title="Channels and size differ", spec=_BASE.replace(stride=2), side=_SIDE),
)


def largest_difference() -> float:
    """Between a 1×1 convolution and its weights as a matrix, 256×128, times the channels of every position."""
    import torch

    from explorer.model.one_block import build_block, make_input

    module = build_block(_BASE).get_submodule("layer1.0.downsample.0")
    x = make_input((1, IN, 6, 6))
    with torch.no_grad():
        matrix = module.weight.view(OUT, IN)  # type: ignore[operator]  # a convolution's
        return float((module(x) - torch.einsum("oi,nihw->nohw", matrix, x)).abs().max())


def _figure() -> None:
    from explorer.views.norm_words import written

    draw_blocks(*BLOCKS)
    difference = largest_difference()
    apart = f"by at most {written(float(f'{difference:.1g}'))}, which is rounding" if difference else "not at all"
    st.caption(
        f"Both shortcuts have the same {OUT}·{IN} = {OUT * IN:,} weights; the second takes every second row and "
        "column. Computed here on random numbers, the 1×1 convolution and the matrix times the channels of every "
        f"position differ {apart}."
    )


CHAPTER = Chapter(
    name="matrix-on-skip",
    title="Where shapes differ: Ws",
    text=(
        "“Same” convolutions, 3×3 with padding 1, keep height and width; with equal channels a[l] can be added as it "
        "is. That is why ResNets are full of them.\n\n"
        "If 128 channels arrive and 256 leave, a[l] is first multiplied by a matrix Wₛ of 256×128, at every position "
        "the same: a 1×1 convolution. Wₛ is learned, or it is fixed and fills up with zeros (option A).\n\n"
        "A stride or a pooling layer (池化) among the skipped layers changes the size too, and then the shortcut "
        "needs its own: a 1×1 of stride 2 takes every second row and column, ResNet-D averages 2×2 first. "
        "A network is stages of equal blocks, with such a crossing at each of their borders."
    ),
    formula=r"a^{[l+2]} = g\bigl(z^{[l+2]} + W_s\, a^{[l]}\bigr) \\[6pt] W_s \in \mathbb{R}^{256 \times 128}",
    where="Wₛ: acts on the 128 channels of one position; the same matrix at every position.",
    figure=_figure,
    tries=(
        Link(
            page="block",
            label="128 → 256 in one block",
            query={
                "b_channels_in": "128",
                "b_channels_out": "256",
                "b_shortcut": "projection",
                "b_stride": "2",
            },
        ),
        Link(
            page="block",
            label="Pool first, then 1×1",
            query={"b_channels_out": "6", "b_shortcut": "pooled", "b_stride": "2"},
        ),
        Link(
            page="architecture", label="ResNet-34's first Wₛ", query={"network": "resnet34", "row": "layer2.0.shortcut"}
        ),
    ),
    traps=(
        Trap(
            written="With Wₛ of 256×128 the shapes agree again.",
            so=(
                "The channels do. Height and width do not change by a matrix on channels; where the main path halves "
                "them, the 1×1 needs stride 2 as well."
            ),
            see=Link(page="block", label="A 1×1 without its stride", query={"b_part": "breaks", "case": "no-stride"}),
            source=(
                "He et al. 2015, arXiv 1512.03385, section 3.3: shortcuts across two sizes “are performed with a "
                "stride of 2”"
            ),
        ),
    ),
    sources=(
        "He et al. 2015, arXiv 1512.03385, sections 3.2 and 3.3, equation 2",
        "He et al. 2018, arXiv 1812.01187, section 4.2 (ResNet-D)",
        "Andrew Ng, Convolutional Neural Networks, week 2: Why ResNets Work (256×128)",
    ),
    seeds=("004.4", "004.5"),
)
