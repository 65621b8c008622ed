"""The choice of networks whose weights are drawn anew, of their initialisation and of what they are shown."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.spec import ResNetSpec
from explorer.ui import state, widgets
from explorer.ui.gradient_flow import choice
from explorer.ui.gradient_flow.choice import Case
from explorer.ui.gradient_flow.params import BY, INITIALISATION, NET, NETS, PICTURES, SCALING, SIDE
from explorer.ui.params.shared import THIS
from explorer.ui.shell import warn

SIDES = (8, 16, 32, 64, 128)


def cases() -> tuple[Case, ...]:
    """Draw the choice.

    Returns:
        The lines that it asks for.
    """
    networks, sentences = choice.chosen()
    for sentence in sentences:
        warn(sentence)
    _choose_networks(list(networks))
    made = choice.cases(networks)
    _choose_rest(networks, made[0].side)
    return made


def _choose_networks(tokens: list[str]) -> None:
    known = {THIS: choice.label_of(THIS), **choice.offered()}
    known |= {token: choice.label_of(token) for token in tokens if token not in known}
    widgets.gather(NETS, known, tokens, placeholder="Choose two to six networks", typed=True, changed=_set_networks)


def _set_networks(tokens: list[str]) -> None:
    refused = choice.refusal(tokens)
    if refused:
        state.refuse(refused)
    else:
        state.update({NETS: ",".join(tokens)})


def _choose_rest(networks: dict[str, tuple[str, ResNetSpec]], side: int) -> None:
    by = state.get(BY)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="g_settings"):
        if by != "network":
            widgets.choose(NET, {token: label for token, (label, _) in networks.items()}, width=210)
        if by != "initialisation":
            widgets.choose(INITIALISATION, width=190)
        if by != "input":
            widgets.choose(SCALING, width=270)
        widgets.choose(PICTURES, width=210)
        sides: dict[int | None, str] = {one: f"{one}×{one}" for one in sorted({*SIDES, side})}
        widgets.choose(SIDE, sides, shown=side, width=110)
