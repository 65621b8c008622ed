"""Whether this browser was here before, and so has what paints a page: a cookie without any content says it."""

from __future__ import annotations

import streamlit as st

COOKIE = "resnet_explorer_seen"
_JS = f"""
export default function () {{
  document.cookie = "{COOKIE}=1; path=/; max-age=31536000; samesite=lax";
}}
"""
# registered once, when this module is imported
_COMPONENT = st.components.v2.component("been_here", html="", js=_JS)


def been_here() -> bool:
    """Whether the browser sent the cookie when this tab was opened."""
    return COOKIE in st.context.cookies


def remember() -> None:
    """Have the browser keep the cookie, where it has none."""
    if not been_here():
        _COMPONENT(key="been_here")
