"""The button that opens a picture's walk through the network, and closes it again."""

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.ui import state
from explorer.ui.known_weights import weights_for
from explorer.ui.params.shared import WEIGHTS
from explorer.ui.walk.params import WALK

UNKNOWN = (
    "was measured, not described: how its layers are wired is not known, so no picture can walk through it. "
    "Choose a ResNet."
)
PRESSED = "_walk_pressed"
"""In the session: whether it was opened by this button and so begins by itself; an address may say where it stands."""


def play(plan: Plan) -> bool:
    """Draw the button; none for what is measured, which cannot be walked, as nobody knows how it is wired.

    Args:
        plan: of the network.

    Returns:
        Whether the walk is open.
    """
    is_open = state.get(WALK)
    if is_open:
        st.button(
            "Close the walk", icon=":material/close:", key="walk_close", on_click=_close, help="Back to the page."
        )
    elif not plan.network.measured:
        st.button(
            "Play: a picture walks through the network",
            icon=":material/play_arrow:",
            type="primary",
            key="walk_play",
            on_click=_open,
            help=WALK.help,
        )
    return is_open


def _open() -> None:
    st.session_state[PRESSED] = True
    chosen = {} if state.has_weights() else {WEIGHTS: weights_for(state.spec(), state.get(WEIGHTS))}
    state.update({WALK: True, **chosen})


def _close() -> None:
    st.session_state.pop(PRESSED, None)
    state.update({WALK: None})
