"""ResNet-18 as a whole: the diagram."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.presets import preset
from explorer.ui.cached import plan_of
from explorer.ui.components.diagram import drawings
from explorer.ui.learn.chapter import Chapter, Link
from explorer.views.diagram import layout


def _figure() -> None:
    plan = plan_of(preset("resnet18"), (224, 224))
    drawings(layout(plan), layout(plan, orientation="narrow"), key="learn_resnet18")
    st.caption(
        "Drawn from the app's description of ResNet-18 for a picture of 224×224. Solid shortcuts carry x itself, "
        "dashed ones a 1×1 convolution. On the page Architecture everything in it can be picked."
    )


CHAPTER = Chapter(
    name="resnet18",
    title="ResNet-18 from end to end",
    text=(
        "The smallest network of the table has two basic blocks in each of its four stages. Follow a picture: 7×7 "
        "convolution with stride (步幅) 2, max pool, then eight blocks; 64 channels at 56×56, 128 at 28×28, 256 at "
        "14×14, 512 at 7×7; the average over each map leaves 512 numbers, and a fully connected layer makes 1,000 of "
        "them, one for each class.\n\n"
        "At each of the three places where the size halves, the channels double. With that a convolution inside "
        "a stage costs the same in every stage: a quarter of the positions, four times the weights. At those three "
        "places, and only there, the shortcut is dashed."
    ),
    formula=r"\mathrm{MACs} = k^2 \cdot C_\mathrm{in} \cdot C_\mathrm{out} \cdot H \cdot W",
    where="k: side of the kernel; C: channels in and out; H, W: the map that leaves; bias and norm are not counted.",
    figure=_figure,
    tries=(
        Link(page="architecture", label="ResNet-18, every number", query={"network": "resnet18"}),
        Link(
            page="architecture",
            label="Its work along the depth, layer by layer",
            query={"network": "resnet18", "tab": "layers"},
        ),
        Link(page="feature-maps", label="A photograph through it", query={"network": "resnet18"}),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, section 3.3, table 1",),
    seeds=("000.3",),
)
