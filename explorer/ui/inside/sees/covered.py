"""Convolutions that cannot add context at the chosen input size: which they are, and what can be changed."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.context import Change, Covered, changes, gathering, reaches, without_context
from explorer.architecture.plan import Plan
from explorer.ui import state
from explorer.ui.inside.params import PART
from explorer.ui.markup import without_markup
from explorer.ui.params.shared import SIZE
from explorer.ui.shell import link_to
from explorer.views.numbers import shape_text

MOST_NAMED = 40
SOURCE = "https://arxiv.org/abs/2106.12307"


def covered(plan: Plan) -> None:
    """Draw the list, and links to networks and sizes with fewer of them.

    Args:
        plan: of the chosen network.
    """
    found = [one for one in without_context(plan) if one.adds_nothing]
    st.subheader(_heading(plan, found), anchor=False)
    if found:
        st.markdown(_which(plan, found))
    if not plan.network.measured:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="see_changes"):
            offered = changes(state.spec(), plan.input_size) if found else ()
            if offered:
                st.markdown("What can be changed:", width="content")
            for change in offered:
                link_to(
                    "inside",
                    f"{_changed(change, plan)}: {change.left:,} left",
                    {SIZE: change.input_size},
                    spec=change.spec,
                    help="The same page with this change; the weights are those that this network has then.",
                )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="see_next"):
        link_to(
            "inside",
            "The proof: what a classifier reads from each block",
            {PART: "worth"},
            help="Whether the accuracy of a linear probe still rises there.",
        )
        if not plan.network.measured:
            link_to("architecture", "The same rows in the diagram and the table")
    st.caption(
        "A convolution with a kernel above 1×1 gathers from neighbours. Where each of them sees the whole picture "
        f"already, it cannot gather anything new ([Richter et al. 2021]({SOURCE})). Counted is by the windows alone, "
        "at the middle of the map; a gate or a norm over the whole map brings no places.  \n"
        "What does not follow: that such a layer is useless. It still computes with what is there, and shortcuts carry "
        "smaller fields past it; the probe says what it is worth."
    )


def _heading(plan: Plan, found: list[Covered]) -> str:
    size = shape_text(plan.input_size)
    fields, gather = reaches(plan, "longest"), gathering(plan)
    known = [row for row in gather if row.layer in fields]
    if not gather:
        return "No convolution behind the first gathers from neighbours"
    if not known:
        return "Which convolutions can add context is not known: this network is measured, not described"
    those = "" if len(known) == len(gather) else ", of those whose field is known,"
    if not found:
        return f"At {size}, every convolution{those} can still add context"
    return f"At {size}, {len(found):,} of {len(known):,} convolutions{those} cannot add context along the main path"


def _which(plan: Plan, found: list[Covered]) -> str:
    certain = [one for one in found if one.is_certain]
    first = f"The first is **{without_markup(found[0].row)}**: what arrives there sees the whole picture already."
    if not certain:
        also = "Along the shortcuts none is certain: they still carry small fields."
    elif len(certain) == len(found):
        also = "There is no shorter way past any of them, so this is certain."
    else:
        also = (
            f"By the shortest way too it is certain for {len(certain):,}, from **{without_markup(certain[0].row)}** on."
        )
    mixed = 0 < len(certain) < len(found)
    rows = [f"{without_markup(one.row)}{' (certain)' if mixed and one.is_certain else ''}" for one in found]
    more = f" and {len(rows) - MOST_NAMED:,} more" if len(rows) > MOST_NAMED else ""
    return f"{first} {also}\n\n:small[{', '.join(rows[:MOST_NAMED])}{more}]"


def _changed(change: Change, plan: Plan) -> str:
    match change.of:
        case "stem":
            return "3×3 stem without stride and pooling"
        case "stages":
            return f"Without {list(plan.stages)[-2]}"
        case _:
            return f"Pictures of {shape_text(change.input_size)}"
