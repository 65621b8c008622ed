"""Six questions under the totals, each a link into the right page in the right state."""

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.architecture.presets import preset
from explorer.ui.shell import link_to


def questions(plan: Plan) -> None:
    """Draw the links."""
    with st.container(horizontal=True, gap="small", key="questions"):
        link_to(
            "architecture",
            "Why is this shortcut dashed?",
            help="Opens the first shortcut that is a projection.",
            **_dashed(plan),
        )
        link_to(
            "architecture",
            "What is a network without shortcuts?",
            help="The same stages as a plain net.",
            spec=preset("plain34"),
        )
        link_to("feature-maps", "What does each layer see?", help="A photograph through the whole depth.")
        link_to(
            "feature-maps",
            "How much does a block add to x?",
            help="x, F(x) and their sum for every block.",
            view="residual",
        )
        link_to(
            "batchnorm",
            "What does BatchNorm do at test time?",
            help="One fixed line per channel, on trained statistics.",
            aspect="line",
        )
        link_to(
            "compare",
            "How do ResNet-18 and ResNet-50 differ?",
            help="Stage by stage, with differences and ratios.",
            nets="resnet18,resnet50",
        )


def _dashed(plan: Plan) -> dict[str, object]:
    """The first projection of this network, or of ResNet-50 where this one has none."""
    for block in plan.network.blocks():
        if block.shortcut_kind == "projection":
            return {"row": f"{block.name}.shortcut"}
    return {"spec": preset("resnet50"), "row": "layer1.0.shortcut", "size": None}
