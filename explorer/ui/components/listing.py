"""A text to be read letter by letter and copied: Python, a formula, an address, what another program said.

Streamlit's own brings the grammars of 200 languages into the browser, a quarter of what a page's first drawing costs;
here Python is marked on the server, and nothing else needs marking.
"""

from __future__ import annotations

from html import escape
from typing import Literal

import streamlit as st

_HTML = """
<pre class="code" tabindex="0"><code></code></pre>
<button type="button" title="Copy"><svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor"
  stroke-width="2" aria-hidden="true"><path d="M9 9h11v11H9zM5 15H4V4h11v1"/></svg></button>
<output></output>
"""

_CSS = """
:host { position: relative; }
pre {
  margin: 0; padding: 12px 40px 12px 14px; overflow: auto; max-height: var(--most, none); tab-size: 4;
  font: 0.875rem/1.5 var(--st-code-font); color: var(--st-text-color);
  background: var(--st-code-background-color); border-radius: 3px;
}
pre.wraps { white-space: pre-wrap; overflow-wrap: anywhere; }
pre:focus-visible, button:focus-visible { outline: 2px solid var(--st-text-color); outline-offset: -2px; }
code { font: inherit; }
.k { font-weight: 700; }
.c, .s { opacity: 0.75; }
button {
  position: absolute; top: 6px; right: 6px; display: grid; place-items: center; width: 28px; height: 28px; padding: 0;
  color: inherit; cursor: pointer; background: var(--st-code-background-color); border: 0; border-radius: 3px;
  opacity: 0.6;
}
button:hover, button:focus-visible { opacity: 1; }
output {
  position: absolute; top: 6px; right: 38px; padding: 4px 8px; border-radius: 3px; font-size: 0.9rem;
  color: var(--st-background-color); background: var(--st-text-color);
}
output:empty { display: none; }
@media print {
  pre { max-height: none; white-space: pre-wrap; overflow: visible; overflow-wrap: anywhere; }
  button { display: none; }
}
"""

_JS = """
const SECONDS = 2;
export default function ({ data, parentElement }) {
  const [pre, button, said] = ["pre", "button", "output"].map(name => parentElement.querySelector(name));
  pre.firstElementChild.innerHTML = data.html;
  pre.classList.toggle("wraps", data.wraps);
  pre.style.setProperty("--most", data.most ? `${data.most}px` : "none");
  button.onclick = async () => {
    const copied = await copy(pre.firstElementChild).catch(() => false);
    said.textContent = copied ? "Copied." : "Select the text and copy it.";
    clearTimeout(said.until);
    said.until = setTimeout(() => { said.textContent = ""; }, SECONDS * 1000);
  };
}

// only a page of this machine, or one with https, has a clipboard; others may copy what is selected
async function copy(code) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  }
  getSelection().selectAllChildren(code);
  return document.execCommand("copy");
}
"""

MOST_PIXELS = 460
"""The height from which on a long file scrolls."""

# registered once, when this module is imported
_COMPONENT = st.components.v2.component("listing", html=_HTML, css=_CSS, js=_JS)


def listing(
    text: str,
    *,
    language: Literal["python"] | None = None,
    wraps: bool = False,
    most: int | None = None,
    key: str | None = None,
) -> None:
    """Show a text with a button that copies it.

    Args:
        text: what is shown.
        language: whose keywords, strings and comments are marked; None marks nothing.
        wraps: whether a long line goes on below; else the text scrolls sideways.
        most: pixels of height from which on it scrolls.
        key: of a text that changes in its place.
    """
    text = text.rstrip()
    html = _marked(text) if language else escape(text, quote=False)
    _COMPONENT(data={"html": html, "wraps": wraps, "most": most}, key=key)


def _marked(text: str) -> str:
    """Python as HTML: what stands out in ``k`` for a keyword, ``s`` for a string, ``c`` for a comment."""
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Keyword, Operator, String

    marks = ((Comment, "c"), (String, "s"), (Keyword, "k"), (Operator.Word, "k"))
    parts = []
    for kind, piece in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
        mark = next((mark for general, mark in marks if general in kind.split()), None)
        piece = escape(piece, quote=False)
        parts.append(f'<span class="{mark}">{piece}</span>' if mark else piece)
    return "".join(parts)
