"""Two buttons for the address, which is all that shows the same to somebody else: copied, or as a QR code."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.ui import other_screens

_KEY, _CODE = "copy_link", "_link_code"


def _read(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


# registered once, when this module is imported
_COMPONENT = st.components.v2.component(
    "copy_link", html=_read("copy_link.html"), css=_read("copy_link.css"), js=_read("copy_link.js")
)


@st.fragment
def copy_link(left_out: str) -> None:
    """The buttons. A code is made when it is asked for, and nothing else of the page is drawn anew for it.

    Args:
        left_out: the words for what the address cannot carry, such as "without your file: a link cannot carry it";
            empty where it carries all.
    """
    code = st.session_state.pop(_CODE, None)
    data = {"copied": f"Copied, {left_out}." if left_out else "Copied.", "code": code}
    if code:
        more = f" It comes {left_out}." if left_out and code["html"] else ""
        data["code"] = {**code, "said": code["said"] + more, "style": _read("link_code.css")}
    _COMPONENT(key=_KEY, data=data, on_asked_change=_make, width="content")


def _make() -> None:
    asked = st.session_state[_KEY].get("asked")
    if asked:
        st.session_state[_CODE] = other_screens.code_of(asked)
