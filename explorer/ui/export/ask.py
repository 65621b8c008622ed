"""A file that is made when somebody asks for it, and not before."""

from __future__ import annotations

from typing import Any

import streamlit as st

_ASKED = "_asked_to_prepare"


def asked(name: str, key: tuple[Any, ...], *, help: str) -> bool:
    """Whether somebody has asked for a file; else the button that asks is drawn.

    Args:
        name: of the file's kind, the same for all keys.
        key: what it depends on; where that has changed it is asked for anew.
        help: one sentence on what is done.
    """
    if st.session_state.get(f"{_ASKED}_{name}") == key:
        return True
    st.button("Prepare", key=f"prepare_{name}", type="primary", on_click=_ask, args=(name, key), help=help)
    return False


def _ask(name: str, key: tuple[Any, ...]) -> None:
    st.session_state[f"{_ASKED}_{name}"] = key
