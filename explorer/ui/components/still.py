"""A drawing to look at, in the page's colours: nothing in it can be clicked."""

from __future__ import annotations

import streamlit as st

_CSS = """
.still {
  font-family: var(--st-font);
  font-variant-numeric: tabular-nums;
  --ink: var(--st-text-color);
  --paper: var(--st-background-color);
  --muted: color-mix(in srgb, var(--st-text-color) 72%, var(--st-background-color));
  --fault: var(--st-red-text-color);
}
.still svg { display: block; width: 100%; height: auto; }
"""

_JS = """
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".still");
  root.style.maxWidth = data.width + "px";
  root.innerHTML = data.svg;
}
"""

# registered once, when this module is imported
_COMPONENT = st.components.v2.component("still_drawing", html='<div class="still"></div>', css=_CSS, js=_JS)


def still(svg: str, *, width: float, key: str) -> None:
    """Show a drawing.

    Args:
        svg: coloured by the variables ``--ink``, ``--muted``, ``--paper`` and ``--fault``; its texts are escaped.
        width: in pixels at most; where there is less room it shrinks.
        key: of the Streamlit element.
    """
    _COMPONENT(key=key, data={"svg": svg, "width": width})
