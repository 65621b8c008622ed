"""Two blocks of ResNet-18, one that keeps the shape and one that changes it, and the kinds of shortcut."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import block_title
from explorer.architecture.presets import preset
from explorer.ui.learn.blocks import Drawn, draw_blocks
from explorer.ui.learn.chapter import Chapter, Link, Trap

_SIDE = 56
KEEPS: BlockSpec = preset("resnet18").blocks()["layer1.0"]
CHANGES: BlockSpec = preset("resnet18").blocks()["layer2.0"]
_CHANGES_QUERY = {
    "b_channels_in": "64",
    "b_channels_out": "128",
    "b_stride": "2",
    "b_shortcut": "projection",
    "b_shortcut_norm": "yes",
    "b_conv_bias": "no",
    "b_pictures": "1",
    "b_height": "56",
    "b_width": "56",
}


def _figure() -> None:
    draw_blocks(*(Drawn(title=block_title(spec), spec=spec, side=_SIDE) for spec in (KEEPS, CHANGES)))
    st.caption("The first blocks of conv2_x and conv3_x of ResNet-18, drawn from its description, for one picture.")


CHAPTER = Chapter(
    name="shapes",
    title="Where the shape changes",
    text=(
        "Inside a stage two 3×3 convolutions of stride 1 take 64 channels of 56×56 to the same shape. At the start of "
        "the next stage the first convolution has stride 2: 128 channels of 28×28 leave. x still has 64 channels of "
        "56×56, so the shortcut has to change it.\n\n"
        "The paper tries three kinds: **A** takes every second pixel and appends channels of zeros; **B** uses a 1×1 "
        "convolution of stride 2, the projection (投影), where shapes change; **C** uses one in every block. B is "
        "slightly better than A, C slightly better than B; the paper keeps the projections for the changes of shape, "
        "to save work in the deeper networks."
    ),
    formula=r"H_\mathrm{out} = \left\lfloor \frac{H + 2p - k}{s} \right\rfloor + 1",
    where="H: height that arrives (the width likewise); p: padding (填充); k: side of the kernel; s: stride.",
    figure=_figure,
    tries=(
        Link(page="block", label="The block that changes the shape", query=_CHANGES_QUERY),
        Link(page="block", label="Kinds of shortcut side by side", query={"b_part": "side", "b_compared": "shortcuts"}),
        Link(page="training", label="Train with A, B and C", query={"t_set": "shortcuts"}),
        Link(
            page="architecture",
            label="The dashed shortcut of conv3_x",
            query={"network": "resnet18", "row": "layer2.0.shortcut"},
        ),
    ),
    traps=(
        Trap(
            written="“Two 3×3 convolutions, stride 1” describes a block.",
            so=(
                "Without padding each 3×3 takes two pixels off: 56 becomes 54, then 52, and cannot be added to 56. "
                "Padding 1 keeps the size: (56 + 2 − 3) / 1 + 1 = 56."
            ),
            see=Link(
                page="block",
                label="The block without padding, and its error",
                query={"b_part": "breaks", "case_in": "64", "case_out": "64", "case_side": "56"},
            ),
            source="He et al. 2015, arXiv 1512.03385, table 1; the padding is in torchvision's conv3x3",
        ),
        Trap(
            written="The shortcut is a 1×1 convolution with stride 2.",
            so=(
                "It is followed by a norm of its own, before the addition, in torchvision's ResNets and in the code "
                "that the authors published; the second drawing above has it. d2l's block leaves it out."
            ),
            see=Link(
                page="architecture",
                label="downsample.0 and downsample.1",
                query={"network": "resnet18", "row": "layer2.0.downsample.1"},
            ),
            source="torchvision, models/resnet.py, _make_layer; KaimingHe/deep-residual-networks, layer bn2a_branch1",
        ),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, sections 3.3 and 4.1 (options A, B, C), table 3",),
    seeds=("000.4", "000.trap"),
)
