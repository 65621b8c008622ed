"""The network as tables: stages, blocks, layers, and torchinfo's summary."""

import pandas as pd
import streamlit as st

from explorer.architecture.plan import Plan
from explorer.ui import frames, state, widgets
from explorer.views.export import plan_json
from explorer.views.numbers import hwc_text
from explorer.views.selection import rows_of
from explorer.views.tables import block_table, layer_table, searched, stage_table

TABS = {"stages": "Stages", "blocks": "Blocks", "layers": "Layers", "torchinfo": "torchinfo"}


def tables(plan: Plan, stem: str) -> None:
    """Draw the tab that is chosen, and only that.

    Args:
        plan: the network at the chosen size.
        stem: start of the names of downloaded files.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tab = widgets.switch("tab", "Table", TABS, help="The same network, counted by stage, block or layer.")
        widgets.switch(
            "shapes",
            "Shapes",
            {"CHW": "64×56×56", "HWC": "[56, 56, 64]"},
            help="Channels first, as in PyTorch, or last, as in the sources and in TensorFlow.",
        )
    match tab:
        case "stages":
            _show(stage_table(plan), "stage", f"{stem}-stages", "The stages of the network, as in the paper's Table 1.")
        case "blocks":
            frame = block_table(plan)
            if frame.empty:
                st.caption("This network has no blocks.")
            else:
                _show(frame, "block", f"{stem}-blocks", "The residual blocks of the network, one row each.")
        case "layers":
            _layers(plan, stem)
        case "torchinfo":
            from explorer.ui.architecture.torchinfo_tab import torchinfo  # torch is imported only when it is asked for

            torchinfo(plan, stem)


def _layers(plan: Plan, stem: str) -> None:
    whole = layer_table(plan)
    kinds, stages = list(dict.fromkeys(whole["kind"])), list(dict.fromkeys(whole["stage"]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Search",
            placeholder="conv, downsample, 64×56×56 …",
            help="Words that must all occur in a row.",
            width=260,
            max_chars=80,
            **widgets.bound("find", state.get("find"), lambda text: state.update(find=text)),
        )
        _filter("kinds", "Kind", kinds)
        _filter("stages", "Stage", stages)
    frame = searched(whole, state.get("find"), kinds=_chosen("kinds", kinds), stages=_chosen("stages", stages))
    if frame.empty:
        st.caption("No layer fits the search; clear it or choose other kinds and stages.")
        return
    if len(frame) < len(whole):
        st.caption(f"{len(frame):,} of {len(whole):,} rows; the downloads hold these.")
    _show(frame, "layer", f"{stem}-layers", "The layers of the network, one row for each call.", plan)


def _filter(name: str, label: str, options: list[str]) -> None:
    st.multiselect(
        label,
        options,
        help="Rows of these only; all when empty.",
        placeholder="all",
        width=240,
        **widgets.bound(name, _chosen(name, options), lambda values: state.update(**{name: ",".join(values)})),
    )


def _chosen(name: str, options: list[str]) -> list[str]:
    return [value for value in state.get(name).split(",") if value in options]


def _show(frame: pd.DataFrame, name_column: str, stem: str, alt: str, plan: Plan | None = None) -> None:
    shown = frame
    if state.get("shapes") == "HWC":
        shown = frame.assign(**{c: frame[c].map(hwc_text) for c in ("input_shape", "output_shape") if c in frame})
    frames.table(
        shown,
        f"table_{name_column}",
        alt=alt,
        name_column=name_column,
        picked=_picked_in(name_column),
        on_pick=lambda name: state.update(row=name or None, channel=None),
        height=min(38 + 35 * len(shown), 460),
    )
    whole = {"plan.json": ("Whole plan as JSON", lambda: plan_json(plan))} if plan else {}
    frames.downloads(frame, stem, f"save_{name_column}", **whole)


def _picked_in(name_column: str) -> str:
    """The row of this table in which the selection lies."""
    row = state.get("row")
    if name_column == "layer":
        return row
    plan = state.plan()
    if name_column == "block":
        return plan.rows[row].block if row in plan.rows else row.removesuffix(".shortcut")
    rows = rows_of(plan, row or None)
    return rows[0].stage if rows else ""
