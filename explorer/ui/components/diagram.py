"""The diagram as a thing to click on: a Streamlit component around the drawing of ``explorer.views.diagram``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.views.diagram import layout
from explorer.views.drawing import Drawing
from explorer.views.selection import rows_of
from explorer.views.svg import to_page_svg
from explorer.views.web.files import stage_colours, text_of

# registered once, when this module is imported
_COMPONENT = st.components.v2.component(
    "network_diagram",
    html='<div class="diagram"></div>',
    css="\n".join((stage_colours("diagram"), text_of("diagram.css"), text_of("formulas.css"))),
    js=text_of("diagram.js"),
)


def diagram(
    plan: Plan,
    *,
    selected: str | None = None,
    shapes: str = "CHW",
    key: str = "diagram",
    details: str = "",
    on_select: Callable[[str], Any] | None = None,
) -> str | None:
    """Draw a network on which stages, blocks, shortcuts and operations can be picked.

    A wide and a narrow drawing go to the browser, which shows the one that fits.

    Args:
        plan: the network at one input size.
        selected: name of what is outlined, as ``explorer.views.selection.subject`` understands it.
        shapes: ``CHW`` for ``64×56×56``, ``HWC`` for ``[56, 56, 64]``.
        key: of the Streamlit element.
        details: HTML on what is selected; the narrow drawing shows it under the card that was tapped.
        on_select: called with the name of what was picked, before the page runs again.

    Returns:
        The name that was picked in this run; None in every other run.
    """

    def picked() -> None:
        name = st.session_state[key].get("selected")
        if name and on_select is not None:
            on_select(name)

    wide = layout(plan, selected=selected, orientation="wide", shapes=shapes)
    narrow = layout(plan, selected=selected, orientation="narrow", shapes=shapes)
    rows = rows_of(plan, selected)
    opened = to_page_svg(
        narrow,
        opened=rows[0].stage if rows else "",
        inside=f'<div class="opened">{details}</div>' if rows else "",
    )
    result = _COMPONENT(key=key, data={"svg": to_page_svg(wide) + opened}, on_selected_change=picked)
    return result.get("selected")


def drawn(drawing: Drawing, *, key: str, on_select: Callable[[str], Any] | None = None, clickable: bool = True) -> None:
    """Show a drawing of its own kind, such as one block alone.

    Args:
        drawing: what is shown; it shrinks where there is less room.
        key: of the Streamlit element.
        on_select: called with the name of what was picked, before the page runs again.
        clickable: whether anything can be picked; a picture else.
    """

    def picked() -> None:
        name = st.session_state[key].get("selected")
        if name and on_select is not None:
            on_select(name)

    svg = to_page_svg(drawing, clickable=clickable)
    _COMPONENT(key=key, data={"svg": f'<div class="alone">{svg}</div>'}, on_selected_change=picked)


def drawings(wide: Drawing, narrow: Drawing, *, key: str) -> None:
    """Show a network as a picture that cannot be picked from: the wide or the narrow drawing, whichever fits.

    Args:
        wide: of cards from left to right.
        narrow: of cards one above the other.
        key: of the Streamlit element.
    """
    _COMPONENT(key=key, data={"svg": "".join(to_page_svg(one, clickable=False) for one in (wide, narrow))})
