"""torchinfo's own summary of the network, and why its figures differ from the plan's."""

import streamlit as st

from explorer.architecture.expressions import number
from explorer.architecture.plan import Plan
from explorer.model.summary import Summary, differences
from explorer.ui import state
from explorer.ui.cached import summary_of
from explorer.ui.components.listing import MOST_PIXELS, listing
from explorer.ui.cost.params import PART
from explorer.ui.shell import link_to
from explorer.ui.widgets import save


def torchinfo(plan: Plan, stem: str) -> None:
    """Draw the summary, every difference to the plan, and the way to what others count.

    Args:
        plan: the network at the chosen size.
        stem: start of the names of downloaded files.
    """
    summary = summary_of(state.spec(), plan.input_size)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown("**torchinfo's summary**")
        listing(summary.text, most=MOST_PIXELS)
        save(
            "Summary as text",
            summary.text,
            f"{stem}-torchinfo.txt",
            key="save_torchinfo",
            help="Save what torchinfo printed.",
        )
    with right:
        st.markdown("**Where it differs from the plan, and why**")
        _differences(plan, summary)
        link_to("cost", "What other tools give as its FLOPs, and why", {PART: "flops"})


def _differences(plan: Plan, summary: Summary) -> None:
    """Figure by figure: ours, each reason with its amount, torchinfo's."""
    reasons = differences(plan, summary)
    figures = {
        "params": ("Parameters", plan.params, summary.total_params),
        "mult_adds": ("MACs, its mult-adds", plan.macs, summary.total_mult_adds),
        "output_bytes": (
            "Activation bytes, its forward/backward pass size",
            plan.activation_bytes,
            summary.total_output_bytes,
        ),
        "rows": ("Rows", len(plan.layers), len(summary.rows)),
    }
    for quantity, (name, ours, theirs) in figures.items():
        if ours == theirs:
            st.markdown(f"- {name}: {number(ours)} in both.")
            continue
        why = "".join(
            f"\n    - {'+' if reason.amount > 0 else ''}{number(reason.amount)}: {reason.reason}"
            for reason in reasons
            if reason.quantity == quantity
        )
        st.markdown(f"- {name}: {number(ours)} here, {number(theirs)} there.{why}")
