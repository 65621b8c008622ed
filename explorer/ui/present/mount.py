"""Paper and wall: what every page brings along so that it can be printed and presented."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.architecture.families import title_of
from explorer.ui import state
from explorer.ui.page import Page
from explorer.ui.params.shared import SIZE
from explorer.views.palette import LINE_COLOURS, STAGE_COLOURS, TEXT
from explorer.views.svg import MUTED

_HERE = Path(__file__).parents[1] / "components"


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _as_in_light() -> str:
    """Rules that give a chart of the dark theme the light one's colours."""
    dark = (TEXT["dark"], MUTED["dark"], *STAGE_COLOURS["dark"].values(), *LINE_COLOURS["dark"])
    light = (TEXT["light"], MUTED["light"], *STAGE_COLOURS["light"].values(), *LINE_COLOURS["light"])
    rules = []
    for before, after in zip(dark, light, strict=True):
        drawn = f"rgb({', '.join(str(part) for part in bytes.fromhex(before[1:]))})"
        for what in ("fill", "stroke"):
            rules.append(f'.js-plotly-plot [style*="{what}: {drawn}"] {{ {what}: {after} !important; }}')
    return "".join(rules)


_STYLE = f"<style>{_read('print.css')}@media print {{{_read('bare.css')}{_as_in_light()}}}</style>"
# registered once, when this module is imported
_COMPONENT = st.components.v2.component("present", html="<i></i>", js=_read("present.js"))


def mount(page: Page) -> None:
    """Bring along the rules of paper, and the script that prepares a page for it."""
    st.html(_STYLE)
    _COMPONENT(key="present", data={"title": _title(page)}, height=1)


def _title(page: Page) -> str:
    """What is seen, in a line: the page, and the network and its input size where it looks at one."""
    parts = ["ResNet Explorer", page.title]
    if page.needs() != "none":
        height, width = state.get(SIZE)
        parts += [title_of(state.spec()), f"{height}×{width}"]
    return " · ".join(parts)
