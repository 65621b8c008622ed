"""The network as tables: stages, blocks, layers, and torchinfo's summary; and as code."""

import pandas as pd
import streamlit as st

from explorer.architecture.plan import Plan
from explorer.ui import frames, state, widgets, work
from explorer.ui.architecture.code_tab import code
from explorer.ui.architecture.params import FIND, KINDS, STAGES, TAB
from explorer.ui.params.kinds import Param
from explorer.ui.params.shared import CHANNEL, ROW, SHAPES
from explorer.views.export.tables import plan_json
from explorer.views.numbers import hwc_text
from explorer.views.selection import rows_of
from explorer.views.tables import block_table, layer_table, searched, stage_table, with_context


def tables(plan: Plan, stem: str) -> None:
    """Draw the tab that is chosen, and only that.

    Args:
        plan: the network at the chosen size.
        stem: start of the names of downloaded files.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tab = widgets.switch(TAB)
        widgets.switch(SHAPES)
        work.switch()
    match tab:
        case "stages":
            _show(stage_table(plan), "stage", f"{stem}-stages", "The stages of the network, as in the paper's Table 1.")
        case "blocks":
            frame = block_table(plan)
            if frame.empty:
                st.caption("This network has no blocks.")
            else:
                what = (
                    "parts of the network that hold others"
                    if plan.network.measured
                    else "residual blocks of the network"
                )
                _show(frame, "block", f"{stem}-blocks", f"The {what}, one row each.")
        case "layers":
            _layers(plan, stem)
        case "torchinfo":
            from explorer.ui.architecture.torchinfo_tab import torchinfo  # torch is imported only when it is asked for

            torchinfo(plan, stem)
        case "code":
            code(plan)


def _layers(plan: Plan, stem: str) -> None:
    whole = with_context(layer_table(plan), plan)
    if all(row.op.dilation == 1 for row in plan.layers):
        whole = whole.drop(columns="dilation")
    kinds, stages = list(dict.fromkeys(whole["kind"])), list(dict.fromkeys(whole["stage"]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        widgets.text(FIND, max_chars=80, placeholder="conv, downsample, 64×56×56 …", width=260)
        _filter(KINDS, kinds)
        _filter(STAGES, stages)
    frame = searched(whole, state.get(FIND), kinds=_chosen(KINDS, kinds), stages=_chosen(STAGES, stages))
    if frame.empty:
        st.caption("No layer fits the search; clear it or choose other kinds and stages.")
        return
    if len(frame) < len(whole):
        st.caption(f"{len(frame):,} of {len(whole):,} rows; the downloads hold these.")
    _show(frame, "layer", f"{stem}-layers", "The layers of the network, one row for each call.", plan)


def _filter(param: Param[str], options: list[str]) -> None:
    widgets.gather(
        param,
        {option: option for option in options},
        _chosen(param, options),
        placeholder="all",
        changed=lambda values: state.update({param: ",".join(values)}),
        width=240,
    )


def _chosen(param: Param[str], options: list[str]) -> list[str]:
    return [value for value in state.get(param).split(",") if value in options]


def _show(frame: pd.DataFrame, name_column: str, stem: str, alt: str, plan: Plan | None = None) -> None:
    shown = frame
    if state.get(SHAPES) == "HWC":
        shown = frame.assign(**{c: frame[c].map(hwc_text) for c in ("input_shape", "output_shape") if c in frame})
    frames.table(
        shown,
        f"table_{name_column}",
        alt=alt,
        name_column=name_column,
        picked=_picked_in(name_column),
        on_pick=lambda name: state.update({ROW: name or None, CHANNEL: None}),
        height=min(38 + 35 * len(shown), 460),
    )
    whole = {"plan.json": ("Whole plan as JSON", lambda: plan_json(plan))} if plan else {}
    frames.downloads(frame, stem, f"save_{name_column}", **whole)


def _picked_in(name_column: str) -> str:
    """The row of this table in which the selection lies."""
    row = state.get(ROW)
    if name_column == "layer":
        return row
    plan = state.plan()
    if name_column == "block":
        return plan.rows[row].block if row in plan.rows else row.removesuffix(".shortcut")
    rows = rows_of(plan, row or None)
    return rows[0].stage if rows else ""
