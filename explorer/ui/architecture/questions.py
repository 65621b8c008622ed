"""Questions under the totals, each a link into the right page in the right state; another network is named."""

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.architecture.presets import preset
from explorer.architecture.spec import ResNetSpec
from explorer.ui import state
from explorer.ui.batchnorm.params import ASPECT
from explorer.ui.compare.params import NETS
from explorer.ui.feature_maps.params import VIEW
from explorer.ui.params.shared import ROW
from explorer.ui.shell import link_to


def questions(plan: Plan) -> None:
    """Draw the links."""
    dashed = next((block.name for block in plan.network.blocks() if block.shortcut_kind == "projection"), None)
    has_shortcuts = any(block.shortcut_kind != "none" for block in plan.network.blocks())
    has_batchnorm = any(row.op.norm == "batch" for row in plan.layers if row.kind == "norm")
    with st.container(horizontal=True, gap="small", key="questions"):
        link_to(
            "architecture",
            "Why is this shortcut dashed?" if dashed else "Why is a shortcut dashed in ResNet-50?",
            {ROW: f"{dashed or 'layer1.0'}.shortcut"},
            spec=_this_or_resnet50(dashed is not None),
            help="Opens the first shortcut that is a projection.",
        )
        if state.spec() != preset("plain34"):
            link_to(
                "architecture",
                "What is Plain-34, without shortcuts?",
                help="The stages of ResNet-34 as a plain net.",
                spec=preset("plain34"),
            )
        link_to("feature-maps", "What does each layer see?", help="A photograph through the whole depth.")
        link_to(
            "feature-maps",
            f"How much does a block add to x{_where(has_shortcuts)}?",
            {VIEW: "residual"},
            spec=_this_or_resnet50(has_shortcuts),
            help="x, F(x) and their sum for every block.",
        )
        link_to(
            "batchnorm",
            f"What does BatchNorm do at test time{_where(has_batchnorm)}?",
            {ASPECT: "line"},
            spec=_this_or_resnet50(has_batchnorm),
            help="One fixed line per channel, on trained statistics.",
        )
        link_to(
            "compare",
            "How do ResNet-18 and ResNet-50 differ?",
            {NETS: "resnet18,resnet50"},
            help="Stage by stage, with differences and ratios.",
        )


def _this_or_resnet50(has_it: bool) -> ResNetSpec | None:
    """No other network where this one has what is asked about, else ResNet-50."""
    return None if has_it else preset("resnet50")


def _where(has_it: bool) -> str:
    """The network that the question is about, where it is another than this one."""
    return "" if has_it else " in ResNet-50"
