"""Addition keeps the channels, concatenation heaps them up."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.block_spec import BlockSpec, Join
from explorer.architecture.one_block import trace_block
from explorer.ui import shell
from explorer.ui.learn.chapter import Chapter, Link

_CHANNELS, _SIDE, _BLOCKS = 64, 56, 8


def channels_behind(join: Join, blocks: int) -> list[int]:
    """Channels in front of the first block and behind each, where every main path puts out 64.

    Args:
        join: how F(x) and x are put together.
        blocks: how many follow each other.
    """
    channels = [_CHANNELS]
    for _ in range(blocks):
        block = BlockSpec(channels_in=channels[-1], channels_out=_CHANNELS, conv_bias=False, join=join)
        channels.append(trace_block(block, (_SIDE, _SIDE)).plan.layers[-1].output_shape[0])
    return channels


def _figure() -> None:
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.norm_lab import Curve, curves_figure

    blocks = list(range(_BLOCKS + 1))
    added, joined = (channels_behind(join, _BLOCKS) for join in ("add", "concat"))
    curves = [
        Curve(name="concatenation", x=blocks, y=[float(count) for count in joined]),
        Curve(name="addition", x=blocks, y=[float(count) for count in added]),
    ]
    figure = curves_figure(curves, x="blocks", y="channels behind it", theme=shell.theme())
    figure.update_yaxes(rangemode="tozero")
    alt = "Channels behind each of eight blocks, with addition and with concatenation."
    chart(figure, "learn_addition", height=270, alt=alt)
    st.caption(
        f"Blocks of two 3×3 convolutions whose main path puts out {_CHANNELS} channels, traced by this app. Behind "
        f"{_BLOCKS} of them {added[-1]} or {joined[-1]} channels arrive at the next 3×3, which then has "
        f"{9 * added[-1] * _CHANNELS:,} or {9 * joined[-1] * _CHANNELS:,} weights."
    )


CHAPTER = Chapter(
    name="addition",
    title="Added, not set side by side",
    text=(
        "A block adds F(x) and the shortcut element by element, channel by channel: 64 channels and 64 channels give "
        "64. Setting them side by side, concatenation (拼接), would give 128, and every further block more; DenseNet "
        "does so, with main paths that put out few channels.\n\n"
        "Addition has a price: both shapes must agree in channels, height and width. Where the shortcut is x itself, "
        "the block keeps the size of what arrives. A block with a 1×1 convolution on its shortcut need not: its "
        "output may be smaller and have more channels, as long as both paths end alike."
    ),
    formula=r"[y]_{chw} = [\mathcal{F}(x)]_{chw} + [x]_{chw}",
    where="c: channel; h, w: place. No channel is added to another, and none is new.",
    figure=_figure,
    tries=(
        Link(page="block", label="Both ways on real numbers", query={"b_part": "side", "b_compared": "joins"}),
        Link(page="block", label="When the shapes do not agree", query={"b_part": "breaks", "case": "no-projection"}),
    ),
    sources=(
        "He et al. 2015, arXiv 1512.03385, section 3.2",
        "Huang et al. 2016, arXiv 1608.06993, section 3 (DenseNet)",
    ),
    seeds=("003.5",),
)
