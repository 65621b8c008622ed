"""a[l+2] = g(z[l+2] + a[l]): a plain network becomes residual by adding skips."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.ui.learn.blocks import Drawn, draw_blocks
from explorer.ui.learn.chapter import Chapter, Link

_CHANNELS, _SIDE = 64, 56
_RESIDUAL = BlockSpec(channels_in=_CHANNELS, channels_out=_CHANNELS, norm="none")
_DRAWN = {
    "Plain: a[l+2] = g(z[l+2])": _RESIDUAL.replace(shortcut="none"),
    "Residual: a[l+2] = g(z[l+2] + a[l])": _RESIDUAL,
}


def _figure() -> None:
    blocks = [Drawn(title=title, spec=spec, side=_SIDE) for title, spec in _DRAWN.items()]
    plain, residual = (block.trace.plan.params for block in blocks)
    draw_blocks(*blocks)
    same = "the same" if plain == residual else "not the same"
    st.caption(
        f"Two convolutions with bias and no norm, as the formula has it. Both blocks have {same} {residual:,} "
        "parameters: the skip brings none."
    )


def _params(name: str) -> str:
    return f"{trace(describe(preset(name)), (224, 224)).params:,}"


CHAPTER = Chapter(
    name="plain-to-residual",
    title="Plain becomes residual",
    text=(
        "Write a for what a layer puts out and z for what stands before its activation g. A plain network (普通网络) "
        "goes a → z → a → z → a, every step through the weights. A skip (跳跃连接) takes a[l] past two layers and "
        "adds it to z[l+2], *before* the second activation.\n\n"
        "That is all that makes a plain network residual. ResNet-34 is Plain-34 with a skip over every two layers; "
        "where shapes agree it adds no parameter. The three projections of option B are what it has more: "
        f"{_params('resnet34')} against {_params('plain34')}. With zero padding, option A, both are equal, and the "
        "paper compares them so."
    ),
    formula=r"a^{[l+2]} = g\bigl(z^{[l+2]} + a^{[l]}\bigr) \\[6pt] z^{[l+2]} = W^{[l+2]} a^{[l+1]} + b^{[l+2]}",
    where="a[l]: what layer l puts out; z: before the activation; g: ReLU; W, b: weights and biases of a layer.",
    figure=_figure,
    tries=(
        Link(page="architecture", label="Plain-34", query={"network": "plain34"}),
        Link(page="architecture", label="ResNet-34", query={"network": "resnet34"}),
        Link(page="compare", label="What the skips add", query={"nets": "plain34,resnet34"}),
        Link(page="block", label="One block, plain", query={"b_shortcut": "none"}),
    ),
    sources=(
        "He et al. 2015, arXiv 1512.03385, sections 3.2 and 3.3, figure 3",
        "Andrew Ng, Convolutional Neural Networks, week 2: ResNets (the notation)",
    ),
    seeds=("004.1",),
)
