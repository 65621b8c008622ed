"""Six questions under the totals, each a link into the right page in the right state."""

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
    changes, spec = _dashed(plan)
    with st.container(horizontal=True, gap="small", key="questions"):
        link_to(
            "architecture",
            "Why is this shortcut dashed?",
            changes,
            spec=spec,
            help="Opens the first shortcut that is a projection.",
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
            {VIEW: "residual"},
            spec=_this_or_resnet50(any(block.shortcut_kind != "none" for block in plan.network.blocks())),
            help="x, F(x) and their sum for every block.",
        )
        link_to(
            "batchnorm",
            "What does BatchNorm do at test time?",
            {ASPECT: "line"},
            spec=_this_or_resnet50(any(row.op.norm == "batch" for row in plan.layers if row.kind == "norm")),
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


def _dashed(plan: Plan) -> tuple[state.Changes, ResNetSpec | None]:
    """The first projection of this network, or of ResNet-50 where this one has none."""
    for block in plan.network.blocks():
        if block.shortcut_kind == "projection":
            return {ROW: f"{block.name}.shortcut"}, None
    return {ROW: "layer1.0.shortcut"}, preset("resnet50")
