"""A picture's walk through a network, played by the browser: a Streamlit component around ``explorer.views.walk``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.views.web.files import stage_colours

_HERE = Path(__file__).parent

# registered once, when this module is imported
_COMPONENT = st.components.v2.component(
    "walk",
    html='<div class="walk"></div>',
    css=stage_colours("walk") + (_HERE / "walk.css").read_text(encoding="utf-8"),
    js=(_HERE / "walk.js").read_text(encoding="utf-8"),
)


def player(walk: Mapping[str, Any], *, key: str, on_open: Callable[[str], Any]) -> None:
    """Show a walk with its controls.

    Args:
        walk: from ``explorer.views.walk.message``, with ``id``, by which the browser knows that it is another one,
            ``start``, where it stands in seconds, and ``play``, whether it goes on from there by itself.
        key: of the Streamlit element.
        on_open: called with the name of what a person has clicked, before the page runs again.
    """

    def opened() -> None:
        name = st.session_state[key].get("opened")
        if name:
            on_open(name)

    _COMPONENT(key=key, data=walk, on_opened_change=opened)
