"""On a phone, a button of one line in the place of a part of the page; on a wider screen the part stands there."""

from __future__ import annotations

import streamlit as st

_CSS = """
button {
  display: flex; align-items: center; gap: 6px; width: 100%; min-height: 38px; padding: 0 8px;
  font: inherit; font-size: 0.9rem; color: inherit; text-align: left; cursor: pointer;
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color); border-radius: 3px;
}
button:focus-visible { outline: 2px solid var(--st-text-color); outline-offset: 2px; }
span { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
button::after {
  content: ""; flex: none; width: 7px; height: 7px; margin: -4px 4px 0 0;
  border: solid currentColor; border-width: 0 2px 2px 0; transform: rotate(45deg);
}
button[aria-expanded="true"]::after { margin-top: 4px; transform: rotate(225deg); }
"""

_JS = """
const page = {};
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const root = document.documentElement, mark = `data-unfolded-${data.part}`;
  const unfold = open => {
    root.toggleAttribute(mark, open);
    button.setAttribute("aria-expanded", open);
  };
  unfold(page[data.part] === data.page && root.hasAttribute(mark));
  page[data.part] = data.page;
  button.firstElementChild.textContent = data.label;
  button.onclick = () => unfold(!root.hasAttribute(mark));
}
"""

# registered once, when this module is imported
_COMPONENT = st.components.v2.component("fold", html='<button type="button"><span></span></button>', css=_CSS, js=_JS)


def fold(part: str, label: str, *, page: str) -> None:
    """The button; ``style.css`` hides the part while ``html`` has no attribute ``data-unfolded-`` and its name.

    Args:
        part: which one.
        label: what the button says.
        page: the page that is shown; on another one the part is folded again.
    """
    _COMPONENT(key=f"fold_{part}", data={"part": part, "label": label, "page": page})
