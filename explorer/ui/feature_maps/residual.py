"""A block's x, F(x), shortcut and sum side by side on one scale, and how much F(x) adds along all blocks."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.architecture.plan import Plan
from explorer.ui import shell, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.feature_maps.measured import Shown, parts, ratios
from explorer.ui.feature_maps.params import DRAWN
from explorer.ui.feature_maps.steps import current_block, go
from explorer.ui.params.shared import CHANNEL, SHAPES
from explorer.views.charts.heat import Scale, scale_of
from explorer.views.depth import ratio_figure
from explorer.views.maps import maps_figure, strongest
from explorer.views.montage import mean_magnitude
from explorer.views.numbers import shape_text, written


def residual(ready: Ready, plan: Plan, seen: Shown) -> None:
    """Draw the parts of the current block and the ratio along the depth."""
    if plan.network.measured:
        st.info(
            f"{plan.network.title} was measured, not described: where it adds x to F(x) is not known. "
            "Look at its channels, or choose a ResNet."
        )
        return
    if not plan.blocks:
        st.info("This network has no residual blocks: choose one that has, or look at its channels.")
        return
    block = current_block(plan)
    found = parts(ready, plan, seen, block)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.markdown(f"**{block}**", width="content")
        how = widgets.switch(DRAWN)
        channel = min(state.get(CHANNEL), len(found["out"]) - 1)
        if how == "channel":
            widgets.number(
                CHANNEL, shown=channel, high=len(found["out"]) - 1, help="The same channel of all parts.", width=110
            )
    _parts(plan, found, block, None if how == "mean" else channel)
    if "shortcut" not in found:
        st.info(
            "This network is plain: its blocks have no shortcut, so nothing is added to F(x) and there is no ratio. "
            "Choose Residual above to see the same network with its shortcuts."
        )
        return
    _ratios(ready, plan, seen, block)


def _parts(plan: Plan, found: dict[str, np.ndarray], block: str, channel: int | None) -> None:
    words = _words(plan, found, block)
    maps = {name: _one_map(part, channel) for name, part in found.items() if name in words}
    scale = scale_of(one for one in maps.values() if one is not None)
    columns = st.columns(len(maps), gap="small")
    for column, (name, one) in zip(columns, maps.items(), strict=True):
        last = name == list(maps)[-1]
        with column:
            st.markdown(f"**{words[name]}** · {shape_text(found[name].shape, state.get(SHAPES))}")
            if one is None:
                st.caption(f"x has {len(found[name]):,} channels: none has the number {channel}.")
                continue
            chart(
                maps_figure(one, scale, height=230, theme=shell.theme(), bar=last),
                f"part_{name}",
                alt=f"{words[name]} of {block}, on one scale from {written(scale.low, 3)} to {written(scale.high, 3)}.",
            )
    if channel is not None:
        st.caption(_sum_words(maps, scale))
    else:
        st.caption(f"Mean of the magnitudes over the channels; one scale for all, 0 to {written(scale.high, 3)}.")


def _words(plan: Plan, found: dict[str, np.ndarray], block: str) -> dict[str, str]:
    """What each part is called in this block; what leaves it is told apart only where something follows the sum."""
    last = plan.blocks[block][-1]
    words = {"x": "x", "F(x)": "F(x)"}
    if "sum" in found:
        words |= {"shortcut": "shortcut(x)", "sum": "sum"}
    if last.kind != "add":
        words["out"] = f"after {last.kind.replace('relu', 'ReLU')}"
    return words


def _one_map(part: np.ndarray, channel: int | None) -> np.ndarray | None:
    if channel is None:
        return mean_magnitude(part)
    return part[channel] if channel < len(part) else None


def _sum_words(maps: dict[str, np.ndarray | None], scale: Scale) -> str:
    one_scale = f"One scale for all, {written(scale.low, 3)} to {written(scale.high, 3)}."
    total, main, shortcut = (maps.get(name) for name in ("sum", "F(x)", "shortcut"))
    if total is None or main is None or shortcut is None:
        return one_scale
    y, x = strongest(total)
    return (
        f"{one_scale} Where the sum is strongest, at y {y}, x {x}: F(x) {written(main[y, x], 3)} + "
        f"shortcut {written(shortcut[y, x], 3)} = {written(total[y, x], 3)}."
    )


def _ratios(ready: Ready, plan: Plan, seen: Shown, block: str) -> None:
    found = ratios(ready, plan, seen)
    st.markdown(
        f"**How much F(x) adds**: in {block}, ‖F(x)‖ is {written(found[block], 3)} × ‖shortcut(x)‖. "
        "The dotted line is 1, where both are equally strong; click a point to step there."
    )
    chart(
        ratio_figure(found, plan, theme=shell.theme(), picked=block),
        "ratios",
        on_pick=go,
        alt=f"The ratio of the norms of F(x) and the shortcut along {len(found)} blocks; {block} is marked.",
    )
