"""Which networks are compared: the list, what is set against what, and the two comparisons that people ask for."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.architecture.families import known_networks, title_of
from explorer.architecture.tokens import token_of
from explorer.ui import picker, state, widgets
from explorer.ui.compare.nets import FIRST_TWO, PAPER, Chosen, refusal, written
from explorer.ui.compare.params import NETS, PART
from explorer.ui.params.shared import THIS


def choice(chosen: Sequence[Chosen]) -> None:
    """The row that says what is compared, and at which input size.

    Args:
        chosen: the two to six networks, the one that the others are set against first.
    """
    labels = {c.token: c.label for c in chosen}
    known = {THIS: f"This network: {title_of(state.spec())}", **{named.name: named.title for named in known_networks()}}
    tokens = [c.token for c in chosen]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choice"):
        options = known | {token: label for token, label in labels.items() if token not in known}
        widgets.gather(NETS, options, tokens, placeholder="Choose two to six networks", changed=_set)
        widgets.choose(
            NETS,
            labels,
            shown=tokens[0],
            key="first",
            changed=lambda token: _set([token, *(t for t in tokens if t != token)]),
            label="Baseline",
            help="Differences and ratios are relative to this network; it comes first.",
            width=190,
        )
        if THIS not in tokens:  # else it stands in the row on top
            picker.size()


def shortcuts(chosen: Sequence[Chosen], *, adds: bool) -> None:
    """Buttons for the two comparisons that people ask for, and for the network that the other pages show.

    Args:
        chosen: the networks that are compared.
        adds: whether that network can be added.
    """
    tokens = [c.token for c in chosen]
    st.button(
        "18 and 50",
        help="ResNet-18 against ResNet-50.",
        key="compare_first_two",
        on_click=lambda: state.update({NETS: written(FIRST_TWO), PART: None}),
    )
    st.button(
        "Table 1",
        help="ResNet-18, 34, 50, 101 and 152 as the columns of Table 1 of the paper, arXiv 1512.03385.",
        key="compare_table_1",
        on_click=lambda: state.update({NETS: written(PAPER), PART: "table"}),
    )
    this = token_of(state.spec())
    if adds and this not in tokens:
        st.button(
            f"Add {title_of(state.spec())}",
            help="Adds the network of the other pages as it is now, so that it stays when another is chosen there.",
            key="compare_add",
            on_click=lambda: _set([*tokens, this]),
        )


def _set(tokens: Sequence[str]) -> None:
    refused = refusal(tokens)
    if refused:
        state.refuse(refused)
    else:
        state.update({NETS: written(tokens)})
