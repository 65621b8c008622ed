"""Block: one residual block alone, drawn, counted and run on real numbers."""

import streamlit as st

from explorer.ui import widgets
from explorer.ui.block.choice import choose_example, current
from explorer.ui.block.params import PART


def show() -> None:
    """Draw the page."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="block_top"):
        part = widgets.parts(PART, label_visibility="visible")
        chosen = current()
        if part not in ("breaks", "identity"):
            choose_example(chosen)
    match part:
        case "side":
            from explorer.ui.block.side import side_by_side

            side_by_side(chosen)
        case "breaks":
            from explorer.ui.block.breaks import show

            show()
        case "identity":
            from explorer.ui.block.identity import claims

            claims.show()
        case "value":
            from explorer.ui.block import value

            value.show(chosen)
        case _:
            from explorer.ui.block.one import one

            one(chosen)
