"""Which shortcuts are solid and which are dashed, in shallow and in deep networks."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.describe import describe
from explorer.architecture.plan import Plan, paper_name
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.ui.learn.blocks import Drawn, draw_blocks
from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.drawn import table
from explorer.views.numbers import shape_text

_STAGES = ("layer1", "layer2", "layer3", "layer4")
_SHALLOW = BlockSpec(channels_in=64, channels_out=64, conv_bias=False)
_DEEP = BlockSpec(
    type="bottleneck", channels_in=64, channels_out=256, shortcut="projection", shortcut_norm=True, conv_bias=False
)


def _figure() -> None:
    draw_blocks(
        Drawn(title="ResNet-34, first block of conv2_x: solid", spec=_SHALLOW, side=56),
        Drawn(title="ResNet-50, first block of conv2_x: dashed", spec=_DEEP, side=56),
    )
    plans = [trace(describe(preset(name)), (224, 224)) for name in ("resnet34", "resnet50")]
    rows = [(paper_name(stage), *(first_block(plan, stage) for plan in plans)) for stage in _STAGES]
    table(("First block of", "ResNet-18 and 34", "ResNet-50, 101 and 152"), rows)
    st.caption(
        "What arrives → what leaves, channels×height×width at an input of 224×224, from this app's description of the "
        "networks. All blocks behind the first keep their shape."
    )


def first_block(plan: Plan, stage: str) -> str:
    """How the first block of a stage changes the shape, and how its shortcut is drawn."""
    rows = plan.blocks[f"{stage}.0"]
    block = next(node for node in plan.network.blocks() if node.name == f"{stage}.0")
    arriving, leaving = rows[0].input_shape, rows[-1].output_shape
    drawn = "solid" if block.shortcut_kind == "identity" else "dashed"
    if arriving == leaving:
        return f"{drawn}: {shape_text(arriving)} stays"
    return f"{drawn}: {shape_text(arriving)} → {shape_text(leaving)}"


CHAPTER = Chapter(
    name="solid-and-dashed",
    title="Solid and dashed shortcuts",
    text=(
        "In the paper's figure 3 a shortcut is solid where it carries x as it is, and dashed where the shape changes "
        "on the way: there x has to change likewise, or it cannot be added.\n\n"
        "In ResNet-18 and 34 that happens three times, at the first block of conv3_x, conv4_x and conv5_x: half the "
        "height and width (stride 2), twice the channels. ResNet-50, 101 and 152 have a fourth, at the first block "
        "of conv2_x. Its size stays at 56×56; only the depth grows, from the stem's 64 channels to the 256 that a "
        "bottleneck puts out.\n\n"
        "Torchvision crosses a dashed one by a 1×1 convolution with the block's stride and a norm: option B, a "
        "projection."
    ),
    formula=r"y = \mathcal{F}(x) + x \;\;\text{(solid)} \\[6pt] y = \mathcal{F}(x) + W_s x \;\;\text{(dashed)}",
    where="Wₛ: the projection, a matrix on the channels of every position that is kept; a norm follows it.",
    figure=_figure,
    tries=(
        Link(page="architecture", label="The dashed one of conv2_x", query={"row": "layer1.0.shortcut"}),
        Link(
            page="architecture",
            label="ResNet-34: three dashed ones",
            query={"network": "resnet34", "row": "layer2.0.shortcut"},
        ),
        Link(page="block", label="Kinds of shortcut", query={"b_part": "side", "b_compared": "shortcuts"}),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, figure 3, sections 3.2 and 3.3, table 1",),
    seeds=("003.2",),
)
