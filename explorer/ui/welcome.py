"""The first visit: what this is, in three sentences, and three ways in; once, until it is closed."""

from __future__ import annotations

import streamlit as st

from explorer.ui.compare.params import PART
from explorer.ui.shell import link_to

_SENTENCES = (
    "Look inside residual networks: every layer, every shape, every number.",
    "Pick a network, follow a picture through it from block to block, train small ones and see what shortcuts do.",
    "All that you choose stands in the address, so a link shows somebody else the same.",
)

_CSS = """
button {
  width: 32px; height: 32px; cursor: pointer;
  font: inherit; font-size: 1.1rem; color: inherit; background: none; border: 0; border-radius: 3px;
}
button:hover { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 2px solid var(--st-text-color); }
"""

# this browser alone knows that it has been here
_JS = """
const KEY = "resnet-explorer-welcomed";
export default function ({ parentElement }) {
  const root = document.documentElement;
  const close = () => {
    root.removeAttribute("data-welcome");
    document.removeEventListener("keydown", escape);
    try { localStorage.setItem(KEY, "yes"); } catch { /* a browser that keeps nothing is welcomed again */ }
  };
  const escape = event => event.key === "Escape" && close();
  let known = null;
  try { known = localStorage.getItem(KEY); } catch { /* likewise */ }
  if (known || root.hasAttribute("data-welcome")) return;
  root.setAttribute("data-welcome", "");
  document.addEventListener("keydown", escape);
  parentElement.querySelector("button").onclick = close;
  return close;
}
"""

# registered once, when this module is imported
_COMPONENT = st.components.v2.component(
    "welcome", html='<button type="button" aria-label="Close">✕</button>', css=_CSS, js=_JS
)


def welcome() -> None:
    """Draw it over a corner of the page, where it moves nothing; ``style.css`` hides it from who has been here."""
    with st.container(key="welcome", gap="small"):
        st.markdown("  \n".join(_SENTENCES))
        link_to("learn", "**I learn:** from the first chapter on")
        link_to("lecture", "**I teach:** put views together for a lecture")
        link_to("compare", "**I look up numbers:** all networks in one table", {PART: "all"})
        _COMPONENT(key="welcome_close")
