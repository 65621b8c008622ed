"""Pictures as points that move through the depth of a network, played by the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from explorer.views.web.files import stage_colours

_HERE = Path(__file__).parent

# registered once, when this module is imported
_COMPONENT = st.components.v2.component(
    "cloud",
    html='<div class="cloud"></div>',
    css=stage_colours("cloud") + (_HERE / "cloud.css").read_text(encoding="utf-8"),
    js=(_HERE / "cloud.js").read_text(encoding="utf-8"),
)
_STANDS = "_cloud_stands"


class Stand(NamedTuple):
    """Where the points stand.

    Attributes:
        network: which of those that are sent is shown.
        depth: the place in its depth.
        picture: the one that is picked; None where none is.
    """

    network: int
    depth: int
    picture: int | None


def cloud(message: Mapping[str, Any], stand: Stand, *, key: str, on_stand: Callable[[Stand], Any]) -> None:
    """Show the points with their controls.

    Where they stand goes to the browser only when it does not come from there, so that what is large is sent once.

    Args:
        message: from ``explorer.views.cloud``, with ``id``, by which the browser knows that it is another one.
        stand: where the points stand.
        key: of the Streamlit element.
        on_stand: called when a person has changed any of it, before the page runs again.
    """
    kept = st.session_state.get(_STANDS)
    if kept is None or kept["id"] != message["id"] or kept["now"] != stand:
        kept = {"id": message["id"], "sent": stand, "now": stand}
        st.session_state[_STANDS] = kept

    def stood() -> None:
        now = st.session_state[key].get("stands")
        if now:
            kept["now"] = Stand(**now)
            on_stand(kept["now"])

    _COMPONENT(key=key, data={**message, "stand": kept["sent"]._asdict()}, on_stands_change=stood)
