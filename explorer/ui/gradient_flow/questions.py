"""Questions that are one click away: each a set of networks, an initialisation and an input."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.ui import state
from explorer.ui.gradient_flow import kept, params
from explorer.ui.params.kinds import defined_in

_NOTHING_ELSE = dict.fromkeys(defined_in(params))

QUESTIONS: dict[str, tuple[str, state.Changes]] = {
    "Vanishing without norm": (
        "Plain networks of 20, 56 and 110 layers with PyTorch's default initialisation.",
        {params.NETS: "plain-20-none,plain-56-none,plain-110-none", params.INITIALISATION: "default"},
    ),
    "Exploding": (
        "Residual networks without norm: every addition adds variance.",
        {params.NETS: "residual-20-none,residual-56-none,residual-110-none,plain-56-none"},
    ),
    "With norm nothing vanishes": (
        "The same 56 layers with and without norm, with and without shortcuts.",
        {params.NETS: "plain-56-none,residual-56-none,plain-56,residual-56"},
    ),
    "1,202 layers": (
        "With and without norm and shortcuts.",
        {params.NETS: "plain-1202-none,residual-1202-none,plain-1202,residual-1202"},
    ),
    "Which initialisation?": (
        "Plain-56 without norm, initialised in five ways.",
        {params.NETS: "plain-56-none,plain-56", params.BY: "initialisation", params.NET: "plain-56-none"},
    ),
    "Does the input's scale matter?": (
        "Raw, 0–1 and standardised pixels through plain-56 without norm.",
        {params.NETS: "plain-56-none,plain-56", params.BY: "input", params.NET: "plain-56-none"},
    ),
    "What does training change?": (
        "The newest kept run, a line for each of its epochs.",
        {params.BY: "epoch"},
    ),
}


def questions() -> None:
    """Draw the buttons; each is one step of Back."""
    with st.container(horizontal=True, gap="small", key="g_questions"):
        for number, (label, (help, changes)) in enumerate(QUESTIONS.items()):
            st.button(
                label,
                help=help,
                type="tertiary",
                key=f"g_question_{number}",
                on_click=partial(_ask, changes),
            )


def _ask(changes: state.Changes) -> None:
    state.update({**_NOTHING_ELSE, **changes, **(kept.asked("epoch") if changes.get(params.BY) == "epoch" else {})})
