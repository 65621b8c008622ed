"""How the value that is picked on Feature maps comes about, and the way back to where it comes from."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.plan import Layer, Plan
from explorer.ui import state
from explorer.ui.cached import Ready
from explorer.ui.feature_maps.measured import Shown, call
from explorer.ui.feature_maps.params import PAGE, X, Y
from explorer.ui.params.shared import CHANNEL, ROW, SOURCE
from explorer.ui.value_panel import show_value
from explorer.views.one_value.parts import Origin


def explained(ready: Ready, plan: Plan, seen: Shown, row: Layer, *, channel: int, y: int = 0, x: int = 0) -> None:
    """Draw what the value at a position is made of.

    Args:
        ready: the model.
        plan: its plan.
        seen: the picture.
        row: whose output is shown.
        channel: that is picked, or feature.
        y: row of the position; 0 where there are no positions.
        x: column of the position, likewise.
    """
    where = f"channel {channel:,} at y {y}, x {x}" if len(row.output_shape) == 3 else f"feature {channel:,}"
    st.markdown(f"**How this value comes about**: {row.layer}, {where}")
    if not row.input_shape:
        st.info(f"{row.layer} is a parameter of the network: it has no input, and its values are learned.")
        return
    show_value(
        ready.model,
        call(ready, plan, seen, row.layer),
        row,
        channel=channel,
        y=y,
        x=x,
        source=state.get(SOURCE),
        colours=True,
        on_source=lambda source: state.update({SOURCE: source}),
        on_go=_go,
    )


def _go(layer: str, origin: Origin) -> None:
    """Step to where a number comes from, its channel and position picked."""
    state.update({ROW: layer, CHANNEL: origin.channel, Y: origin.y, X: origin.x, PAGE: None, SOURCE: None})
