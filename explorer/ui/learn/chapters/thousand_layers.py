"""1202 layers: they train, and test worse than 110."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.ui import shell
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.drawn import table

TABLE_6 = {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43, 1202: 7.93}
"""Test error on CIFAR-10 in percent by layers: table 6 of arXiv 1512.03385, the best of five runs at 110."""


def _figure() -> None:
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.norm_lab import Curve, curves_figure

    depths = [float(depth) for depth in TABLE_6]
    figure = curves_figure(
        [Curve(name="test error", x=depths, y=list(TABLE_6.values()))],
        x="layers",
        y="test error, %",
        theme=shell.theme(),
        log_x=True,
    )
    figure.update_xaxes(ticktext=[f"{depth:,}" for depth in TABLE_6])
    figure.update_yaxes(range=[6, 9], dtick=1)
    chart(
        figure,
        "learn_thousand",
        height=240,
        alt="Test error over the number of layers: it falls to 110 and rises at 1,202.",
    )
    rows = [(f"{depth:,}", f"{parameters(depth):,}", f"{error:.2f} %") for depth, error in TABLE_6.items()]
    table(("Layers", "Parameters", "Test error"), rows)
    st.caption(
        "Errors: the paper's, CIFAR-10, trained there with augmentation (table 6; at 110 layers the best of five runs, "
        "their mean is 6.61 %). Parameters: counted by this app."
    )


def parameters(depth: int) -> int:
    """Learnable scalars of the paper's network for CIFAR-10 of so many layers."""
    return trace(describe(preset(f"resnet{depth}")), (32, 32)).params


CHAPTER = Chapter(
    name="thousand-layers",
    title="More than a thousand layers",
    text=(
        "Once shortcuts are there, can layers be added for ever? The paper tried 1202 on CIFAR-10: 200 blocks in "
        "each of three stages, 6n + 2 layers with n = 200. It **trains** without difficulty, to a training error "
        "below 0.1 %. That is the news: optimisation no longer stands in the way.\n\n"
        "It does not **test** better. The error is 7.93 %, against 6.43 % with 110 layers, although both fit their "
        "training pictures about equally. The authors put it down to overfitting (过拟合): some nineteen million "
        "parameters are too many for fifty thousand small pictures, and no dropout or other strong regulariser was "
        "used. Degradation and overfitting are two things: one shows on the training pictures, the other only on new "
        "ones."
    ),
    formula=r"\text{depth} = 6n + 2: \quad n = 3,\, 5,\, 7,\, 9,\, 18,\, 200",
    where="n: blocks in each of three stages; two 3×3 convolutions a block, the first convolution, the last layer.",
    figure=_figure,
    tries=(
        Link(page="architecture", label="ResNet-1202 in full", query={"network": "resnet1202"}),
        Link(page="compare", label="110 against 1202", query={"nets": "resnet110,resnet1202"}),
        Link(
            page="gradient-flow",
            label="A signal through 1,202 layers",
            query={"g_nets": "plain-1202-none,residual-1202-none,plain-1202,residual-1202"},
        ),
    ),
    traps=(
        Trap(
            written="With residual blocks more layers are always better; a thousand work well.",
            so="They train well. On new pictures 1202 layers did worse than 110: 7.93 % against 6.43 %.",
            see=Link(
                page="compare",
                label="Eleven times the parameters",
                query={"nets": "resnet110,resnet1202", "part": "table"},
            ),
            source="He et al. 2015, arXiv 1512.03385, section 4.2, table 6",
        ),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, section 4.2, table 6 and figure 6",),
    seeds=("003.7", "004.trap"),
)
