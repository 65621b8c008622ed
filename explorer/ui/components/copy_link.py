"""A button that copies the address: what it holds is all that is needed to show the same to somebody else."""

from __future__ import annotations

import streamlit as st

_HTML = """
<button type="button" title="Copies the address of what is shown.">
  <svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
    <path d="M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1"/>
  </svg>
  <span>Copy link</span>
</button>
<output></output>
"""

_CSS = """
:host { position: relative; }
button {
  display: flex; align-items: center; gap: 6px; min-height: 28px; padding: 0 8px; white-space: nowrap;
  font: inherit; font-size: 0.9rem; color: inherit; cursor: pointer;
  background: none; border: 1px solid var(--st-border-color); border-radius: 3px;
}
button:hover { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 2px solid var(--st-text-color); outline-offset: 2px; }
output {
  position: absolute; z-index: 1; top: 100%; right: 0; margin-top: 6px; padding: 6px 10px; border-radius: 3px;
  width: max-content; max-width: 18rem; font-size: 0.9rem;
  color: var(--st-background-color); background: var(--st-text-color);
}
output:empty { display: none; }
@media (max-width: 640px) {
  button { min-height: 36px; min-width: 36px; justify-content: center; }
  span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
}
"""

_JS = """
const SECONDS = 4;
export default function ({ data, parentElement }) {
  const said = parentElement.querySelector("output");
  const say = sentence => {
    said.textContent = sentence;
    clearTimeout(said.until);
    said.until = setTimeout(() => { said.textContent = ""; }, SECONDS * 1000);
  };
  parentElement.querySelector("button").onclick = async () => {
    const copied = await copy(location.href).catch(() => false);
    say(copied ? data.copied : "This browser does not let a page copy; take the address from its address bar.");
  };
}

// only a page of this machine, or one with https, has a clipboard; others may copy what is selected
async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  const field = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}
"""

# registered once, when this module is imported
_COMPONENT = st.components.v2.component("copy_link", html=_HTML, css=_CSS, js=_JS)


def copy_link(copied: str) -> None:
    """The button.

    Args:
        copied: the sentence that is said when the address is in the clipboard.
    """
    _COMPONENT(key="copy_link", data={"copied": copied}, width="content")
