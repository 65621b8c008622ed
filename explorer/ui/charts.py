"""The one way in which a page shows a chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

if TYPE_CHECKING:  # Plotly is loaded when the first chart is drawn
    import plotly.graph_objects as go


def chart(
    figure: go.Figure,
    key: str,
    *,
    alt: str,
    width: int | Literal["stretch"] = "stretch",
    on_pick: Callable[[Any], None] | None = None,
    on_place: Callable[[int, int], None] | None = None,
) -> None:
    """Show a figure as high as it says, in its own colours; with a callback its points can be clicked.

    Args:
        figure: what is drawn; a point that can be picked has ``customdata``.
        key: its widget key.
        alt: what it shows, for those who do not see it.
        width: in pixels, or all there is.
        on_pick: called with the first of a point's ``customdata``.
        on_place: called with y and x of a point of a map.
    """

    def clicked() -> None:
        points = st.session_state[key]["selection"]["points"]
        if not points:
            return
        if on_place is not None:
            on_place(int(points[0]["y"]), int(points[0]["x"]))
        elif on_pick is not None and "customdata" in points[0]:
            data = points[0]["customdata"]
            on_pick(data[0] if isinstance(data, list) else data)

    st.plotly_chart(
        figure,
        width=width,
        theme=None,
        key=key,
        alt=alt,
        config={"displayModeBar": False, "scrollZoom": False},
        on_select="ignore" if on_pick is None and on_place is None else clicked,
        selection_mode="points",
    )
