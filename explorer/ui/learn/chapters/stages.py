"""Table 1 of the paper: what networks of 18 to 152 layers are made of."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.describe import describe
from explorer.architecture.plan import paper_name
from explorer.architecture.presets import DEPTHS, preset
from explorer.architecture.trace import trace
from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.drawn import table
from explorer.views.tables import stage_table


def _figure() -> None:
    plans = {depth: trace(describe(preset(f"resnet{depth}")), input_size=(224, 224)) for depth in DEPTHS}
    tables = {depth: stage_table(plan) for depth, plan in plans.items()}
    any_one = tables[18]
    rows = [
        (paper_name(stage), size, *(_lines(frame["structure"][place]) for frame in tables.values()))
        for place, (stage, size) in enumerate(zip(any_one["stage"], any_one["output_size"], strict=True))
    ]
    rows.append(("parameters", "", *(f"{plan.params:,}" for plan in plans.values())))
    table(("Stage", "Size behind it", *(f"ResNet-{depth}" for depth in DEPTHS)), rows)
    st.caption(
        "Counted by this app from its own description of the five networks, for a picture of 224×224. The paper "
        "counts the max pool to conv2_x; here it ends the stem."
    )


def _lines(structure: str) -> str:
    """An operation on each line, which stays in one piece."""
    return structure.replace("; ", "\n").replace(" ", "\u00a0").replace("-", "\u2011")


CHAPTER = Chapter(
    name="stages",
    title="Five networks, one table",
    text=(
        "A residual network (残差网络) is a stem, stages of equal blocks, and a head. The stem takes a picture of "
        "224×224 to 56×56. Four stages follow; the first block of each later one halves height and width and doubles "
        "the channels. The head averages what is left and ends in one fully connected layer.\n\n"
        "ResNet-18, 34, 50, 101 and 152 differ in two things only: how many blocks each stage has, and which block: "
        "two 3×3 convolutions (18 and 34), or 1×1, 3×3, 1×1 (50 and deeper). Equal blocks in brackets carry their "
        "count, as in Table 1 of the paper."
    ),
    formula=r"\text{depth} = k \cdot (n_1 + n_2 + n_3 + n_4) + 2",
    where="nᵢ: blocks of stage i; k: convolutions in a block, 2 or 3; + 2: the first convolution and the last layer.",
    figure=_figure,
    tries=(
        Link(
            page="architecture",
            label="ResNet-50 by stages",
            query={"row": "layer1"},
        ),
        Link(
            page="compare",
            label="All five beside each other",
            query={"nets": "resnet18,resnet34,resnet50,resnet101,resnet152", "part": "table"},
        ),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, table 1 and section 3.3",),
    seeds=("000.1",),
)
