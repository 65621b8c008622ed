"""Back to the top of the page when something else is shown on it: Streamlit stays where the reader had scrolled to."""

from __future__ import annotations

import streamlit as st

_JS = """
const shown = new WeakMap();
export default function ({ data, parentElement }) {
  const before = shown.get(parentElement);
  shown.set(parentElement, data.shown);
  if (before !== undefined && before !== data.shown) {
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  }
}
"""

# registered once, when this module is imported
_COMPONENT = st.components.v2.component("to_top", html="<i></i>", js=_JS)


def to_top(shown: str, *, key: str) -> None:
    """Scroll to the top whenever another thing is shown.

    Args:
        shown: the name of what is shown.
        key: of the Streamlit element.
    """
    _COMPONENT(key=key, data={"shown": shown}, height=1)
