"""Questions that are one click away: each a set of networks, an initialisation and an input."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.ui import state
from explorer.ui.gradient_flow import kept
from explorer.ui.params import PARAMS

_NOTHING_ELSE = dict.fromkeys(name for name, param in PARAMS.items() if param.page == "gradient-flow")

QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "Vanishing without norm": (
        "Plain networks of 20, 56 and 110 layers as PyTorch draws them by itself.",
        {"g_nets": "plain-20-none,plain-56-none,plain-110-none", "g_init": "default"},
    ),
    "Exploding": (
        "Residual networks without norm: every addition adds to the spread.",
        {"g_nets": "residual-20-none,residual-56-none,residual-110-none,plain-56-none"},
    ),
    "Norms keep gradients healthy": (
        "The same 56 layers with and without norm, with and without shortcuts.",
        {"g_nets": "plain-56-none,residual-56-none,plain-56,residual-56"},
    ),
    "1,202 layers": (
        "With and without norm and shortcuts; takes a while, and asks first.",
        {"g_nets": "plain-1202-none,residual-1202-none,plain-1202,residual-1202"},
    ),
    "Which initialisation?": (
        "Plain-56 without norm, drawn in five ways.",
        {"g_nets": "plain-56-none,plain-56", "g_by": "initialisation", "g_net": "plain-56-none"},
    ),
    "Does the input's scale matter?": (
        "Raw, 0–1 and standardised pixels through plain-56 without norm.",
        {"g_nets": "plain-56-none,plain-56", "g_by": "input", "g_net": "plain-56-none"},
    ),
    "What does training change?": (
        "The newest kept run, a line for each of its epochs.",
        {"g_by": "epoch"},
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


def _ask(changes: dict[str, str]) -> None:
    state.update(**{**_NOTHING_ELSE, **changes, **(kept.asked("epoch") if changes.get("g_by") == "epoch" else {})})
