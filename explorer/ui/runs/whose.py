"""Whose a run is: a random id that the browser keeps, so that a reload and another tab are the same person."""

from __future__ import annotations

import re
import uuid

import streamlit as st

COOKIE = "resnet_explorer_runs"
_OWNER = "_owner_of_runs"
_KEY = "t_whose"
_ID = re.compile(r"[0-9a-f]{32}")
_JS = """
export default function ({ data, setTriggerValue }) {
  const kept = document.cookie.split("; ").find(part => part.startsWith(data.name + "="))?.slice(data.name.length + 1);
  if (kept === data.id) return;
  // what another tab has written first counts
  if (kept && /^[0-9a-f]{32}$/.test(kept)) setTriggerValue("kept", kept);
  else document.cookie = `${data.name}=${data.id}; path=/; max-age=31536000; samesite=lax`;
}
"""
# registered once, when this module is imported
_COMPONENT = st.components.v2.component("whose_runs", html="", js=_JS)


def owner() -> str:
    """Who this is: the id that the browser keeps, or else one for as long as the tab is open."""
    if _OWNER not in st.session_state:
        st.session_state[_OWNER] = kept_id() or uuid.uuid4().hex
    return str(st.session_state[_OWNER])


def kept_id() -> str:
    """The id that the browser sent when this tab was opened; empty if it had none."""
    return _checked(st.context.cookies.get(COOKIE))


def remember() -> None:
    """Have the browser keep the id; where it keeps another one already, that one counts."""

    def adopt() -> None:
        kept = _checked(st.session_state[_KEY].get("kept"))
        if kept:
            st.session_state[_OWNER] = kept

    if kept_id() != owner():
        _COMPONENT(key=_KEY, data={"name": COOKIE, "id": owner()}, on_kept_change=adopt)


def _checked(sent: object) -> str:
    """An id as a browser sends it, which may send anything; empty if it is none."""
    return str(sent) if _ID.fullmatch(str(sent)) else ""
