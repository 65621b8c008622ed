"""The choice of networks whose weights are drawn anew, of their initialisation and of what they are shown."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.spec import ResNetSpec
from explorer.labs.gradient_flow.flow_pictures import FLOW_PICTURES
from explorer.labs.gradient_flow.gradient_flow import SCALING_TITLES
from explorer.labs.training.config import INITIALISATION_TITLES
from explorer.ui import state, widgets
from explorer.ui.gradient_flow import choice
from explorer.ui.gradient_flow.choice import Case
from explorer.ui.params import THIS
from explorer.ui.widgets import bound

SIDES = (8, 16, 32, 64, 128)


def cases() -> tuple[Case, ...]:
    """Draw the choice.

    Returns:
        The lines that it asks for.
    """
    networks, sentences = choice.chosen()
    for sentence in sentences:
        st.warning(sentence, icon=":material/warning:")
    _choose_networks(list(networks))
    made = choice.cases(networks)
    _choose_rest(networks, made[0].side)
    return made


def _choose_networks(tokens: list[str]) -> None:
    known = {THIS: choice.label_of(THIS), **choice.offered()}
    st.multiselect(
        "Networks",
        [*known, *(token for token in tokens if token not in known)],
        format_func=lambda token: known.get(token) or choice.label_of(token),
        help="Two to six; type to search. Those of 6n + 2 layers have three stages of width 8, 16 and 32; any other "
        "depth and norm can be typed: plain-38, residual-200-none, plain-56-group.",
        placeholder="Choose two to six networks",
        accept_new_options=True,
        **bound("g_nets", tokens, _set_networks),
    )


def _set_networks(tokens: list[str]) -> None:
    refused = choice.refusal(tokens)
    if refused:
        state.refuse(refused)
    else:
        state.update(g_nets=",".join(tokens))


def _choose_rest(networks: dict[str, tuple[str, ResNetSpec]], side: int) -> None:
    by = state.get("g_by")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="g_settings"):
        if by != "network":
            widgets.choose(
                "g_net",
                "of",
                {token: label for token, (label, _) in networks.items()},
                help="The one network that all lines are of.",
                width=210,
            )
        if by != "initialisation":
            widgets.choose(
                "g_init",
                "Initialisation",
                dict[str, str](INITIALISATION_TITLES.items()),
                help="How the convolutions' weights are drawn.",
                width=190,
            )
        if by != "input":
            widgets.choose(
                "g_input",
                "Pixels",
                dict[str, str](SCALING_TITLES.items()),
                help="How the pixels are scaled.",
                width=270,
            )
        widgets.choose(
            "g_pictures", "Pictures", dict[str, str](FLOW_PICTURES.items()), help="What goes through.", width=210
        )
        st.selectbox(
            "Size",
            sorted({*SIDES, side}),
            format_func=lambda one: f"{one}×{one}",
            help="Digits have 8×8 pixels. Networks for ImageNet are shown 64×64 unless you choose.",
            width=110,
            **bound("g_side", side, lambda one: state.update(g_side=one)),
        )
