"""d2l's ResNet-18: its shapes, its parameters, and the biases that do nothing."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.plan import Layer, Plan, paper_name
from explorer.architecture.presets import D2L, preset
from explorer.ui.cached import plan_of
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.drawn import table
from explorer.views.numbers import shape_text


def biases(rows: tuple[Layer, ...]) -> tuple[int, int]:
    """Biases of convolutions on the main path, which a norm follows, and of those on shortcuts, which none follows."""
    of = [row for row in rows if row.kind == "conv" and row.op.bias]
    beside = sum(row.output_shape[0] for row in of if row.path == "shortcut")
    return sum(row.output_shape[0] for row in of) - beside, beside


def _plan() -> Plan:
    return plan_of(preset("d2l_resnet18"), (224, 224))


def _figure() -> None:
    plan = _plan()
    rows = []
    for stage, layers in plan.stages.items():
        before, beside = biases(layers)
        params = sum(row.params for row in layers)
        ends = " → ".join(shape_text(row.output_shape) for row in (layers[-1],))
        rows.append((paper_name(stage), ends, f"{params:,}", f"{before:,}", f"{beside:,}"))
    before, beside = biases(plan.layers)
    rows.append(("all", "", f"{plan.params:,}", f"{before:,}", f"{beside:,}"))
    table(("Stage", "Shape behind it", "Parameters", "Biases in front of a norm", "Biases of projections"), rows)
    st.caption("Counted from the app's description of d2l's network, for one picture of 1×224×224.")


_BEFORE, _BESIDE = biases(_plan().layers)

CHAPTER = Chapter(
    name="d2l-network",
    title="The textbook's ResNet-18",
    text=(
        "The textbook's network takes pictures with one channel (Fashion-MNIST, enlarged to 224×224) and tells ten "
        "classes apart. Behind the stem and its pool stand 64 channels of 56×56; the stages leave 64×56×56, "
        "128×28×28, 256×14×14 and 512×7×7; the average leaves 512 numbers, the last layer (全连接层) ten.\n\n"
        f"It has {_plan().params:,} parameters. Where its stages change shape, the first block gets "
        "`use_1x1conv=True, strides=2`; the very first stage does not, for the max pool has just halved the size."
    ),
    formula=r"\text{parameters} = k^2 \cdot C_\mathrm{in} \cdot C_\mathrm{out} + C_\mathrm{out}",
    where="Of a convolution; k: side of the kernel; C: channels; last the biases, which torchvision leaves out.",
    figure=_figure,
    tries=(
        Link(page="architecture", label="d2l's ResNet-18, every number", query={"network": "d2l_resnet18"}),
        Link(page="compare", label="Beside torchvision's", query={"nets": "resnet18,d2l_resnet18"}),
    ),
    traps=(
        Trap(
            written="A convolution has its bias, also in front of a norm.",
            so=(
                f"{_BEFORE + _BESIDE:,} parameters are wasted: {_BEFORE:,} biases stand "
                "in front of a norm, which subtracts them with the mean, and "
                f"{_BESIDE:,} on the projections, where β of the main path's last norm adds to the same sum."
            ),
            see=Link(
                page="batchnorm",
                label="A bias in front of a norm",
                query={"norm_part": "lab", "experiment": "bias"},
            ),
            source="Ioffe and Szegedy 2015, arXiv 1502.03167, section 3.2",
        ),
        Trap(
            written="The shortcut is a 1×1 convolution, and nothing else.",
            so="In torchvision's ResNets a norm follows it; d2l's projection has none.",
            see=Link(
                page="architecture",
                label="d2l's projection",
                query={"network": "d2l_resnet18", "row": "layer2.0.downsample.0"},
            ),
            source=f"{D2L}, class Residual; torchvision, models/resnet.py, _make_layer",
        ),
    ),
    sources=(D2L,),
    seeds=("001.3", "001.trap"),
)
