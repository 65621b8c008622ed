"""Along the depth: mean, spread and share of zeros of every layer, and the channels that stay silent."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.ui import shell, widgets
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.feature_maps.measured import Shown, statistics
from explorer.ui.feature_maps.params import KIND
from explorer.ui.feature_maps.steps import current_row, go
from explorer.ui.frames import downloads, table
from explorer.views.depth import Measured, depth_figure, silent_table

WORDS = {
    "silent": "Silent channels",
    "channels": "Channels",
    "silent_share": "Silent, share",
    "positions": "Positions per picture",
    "silent_channels": "Which",
}


def depth(ready: Ready, plan: Plan, pictures: Sequence[Shown]) -> None:
    """Draw the statistics of every layer over all chosen pictures."""
    measured = statistics(ready, plan, pictures)
    there = {"all", *(one.row.kind for one in measured)}
    kinds = {kind: words for kind, words in KIND.words.items() if kind in there}
    kind = widgets.switch(KIND, kinds)
    drawn = [one for one in measured if kind == "all" or one.row.kind == kind] or list(measured)
    count = "this picture" if len(pictures) == 1 else f"{len(pictures)} pictures"
    chart(
        depth_figure(drawn, theme=shell.theme(), picked=current_row(plan).layer),
        "depth",
        on_pick=go,
        alt=f"Mean, standard deviation and share of zeros of {len(drawn)} layers over {count}, in the order of calls.",
    )
    st.caption(f"Over {count}, all channels and positions, in eval mode. Click a point to step to its layer.")
    _silent(measured, count, len(pictures))


def _silent(measured: Sequence[Measured], count: str, pictures: int) -> None:
    frame = silent_table(measured)
    st.markdown(f"**Channels silent on {count}**: 0 at every position.")
    if frame.empty:
        st.caption(f"There is none in any of the {len(measured):,} layers.")
        return
    if pictures == 1:
        st.caption("One picture is not much: a channel that is silent here may respond to another. Add more pictures.")
    table(
        frame,
        "silent",
        alt=f"{len(frame)} layers with channels that are 0 everywhere on {count}.",
        name_column="layer",
        on_pick=lambda layer: go(layer) if layer else None,
        words=WORDS,
    )
    downloads(frame, "silent-channels", "silent_save")
