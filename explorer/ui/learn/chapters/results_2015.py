"""What the paper won in 2015, and what its networks reach."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.presets import DEPTHS, preset
from explorer.architecture.published import PUBLISHED
from explorer.ui.cached import plan_of
from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.drawn import table
from explorer.views.numbers import in_short


def _figure() -> None:
    rows = []
    for depth in DEPTHS:
        plan = plan_of(preset(f"resnet{depth}"), (224, 224))
        weights = PUBLISHED[f"resnet{depth}"][0]
        rows.append(
            (
                f"ResNet-{depth}",
                f"{plan.params:,}",
                in_short(plan.macs),
                f"{100 - weights.acc1:.2f} %",
                f"{100 - weights.acc5:.2f} %",
            )
        )
    table(("Network", "Parameters", "MACs", "Top-1 error", "Top-5 error"), rows)
    st.caption(
        "Parameters and MACs: counted by this app, 224×224. Errors: of torchvision's weights IMAGENET1K_V1 on the "
        "50,000 validation pictures of ImageNet, one crop each, as torchvision publishes them; the paper's own figures "
        "(tables 3 and 4) are from other crops."
    )


CHAPTER = Chapter(
    name="results-2015",
    title="Five first places",
    text=(
        "In 2015 residual networks took the first place in five contests: ImageNet **classification** (图像分类), "
        "**detection** (目标检测) and **localisation**, and COCO **detection** and **segmentation** (图像分割). In the "
        "classification an ensemble of them, up to 152 layers deep, named the right class among its first five for all "
        "but 3.57 % of the test pictures. On COCO the paper credits the depth of the representation alone with a "
        "relative gain of 28 %.\n\n"
        "Depth paid: each network in the table is better than the one above it, and 152 layers still cost less work "
        "than VGG-16 and VGG-19 of the year before."
    ),
    formula=r"\text{top-5 error} = \frac{1}{N}\sum_{i=1}^{N} \big[\, \text{class}_i "
    r"\notin \text{five largest} \,\big]",
    where="N: pictures; five largest: of the outputs; the bracket is 1 where true, else 0. Top-1: the largest alone.",
    figure=_figure,
    tries=(
        Link(page="compare", label="Accuracy against work, all networks", query={"part": "all"}),
        Link(page="compare", label="ResNet-152 beside VGG-16 and VGG-19", query={"nets": "resnet152,vgg16,vgg19"}),
        Link(
            page="compare",
            label="The five of the paper, stage by stage",
            query={"nets": "resnet18,resnet34,resnet50,resnet101,resnet152"},
        ),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, abstract, section 4.1, tables 4 and 5, appendices",),
    seeds=("000.8",),
)
