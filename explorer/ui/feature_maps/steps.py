"""Where in the depth the page stands, and the ways to go on: by stage, by block, by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from explorer.architecture.plan import Layer, Plan, paper_name
from explorer.ui import state, widgets
from explorer.ui.feature_maps.params import PAGE, X, Y
from explorer.ui.params.shared import CHANNEL, ROW, SHAPES, SOURCE
from explorer.views.numbers import shape_text
from explorer.views.selection import rows_of


def current_row(plan: Plan, usual: str | None = None) -> Layer:
    """The row that is shown: the chosen one, or the last one of a chosen block, shortcut or stage.

    Args:
        plan: of the network.
        usual: what is shown while nothing is chosen; the first row by default.
    """
    rows = rows_of(plan, state.get(ROW) or usual)
    return rows[-1] if rows else plan.layers[0]


def current_block(plan: Plan) -> str:
    """The block that the row lies in; outside of blocks the next one, after the last one that."""
    row = current_row(plan)
    after = plan.layers[plan.layers.index(row) :]
    return next((one.block for one in after if one.block), list(plan.blocks)[-1])


def go(name: str) -> None:
    """Step to a row or block. To be called from a widget's callback."""
    rows = rows_of(state.plan(), name)
    if not rows:
        return
    keep = state.get(CHANNEL) < rows[-1].op.channels_out
    state.update({ROW: name, PAGE: None, Y: None, X: None, SOURCE: None, **({} if keep else {CHANNEL: None})})


def steps(plan: Plan, *, rows: bool = True, usual: str | None = None) -> None:
    """Draw the choice of stage, block and row, and the buttons to the neighbours.

    Args:
        plan: of the network.
        rows: whether single rows can be stepped to; else whole blocks only, of a network that has some.
        usual: as for ``current_row``.
    """
    row = current_row(plan, usual) if rows else plan.blocks[current_block(plan)][-1]
    stops = _stops(plan, rows=rows)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="steps"):
        _step("← Block", _neighbour_block(stops, row, -1), "block_before", "To the block before.")
        _step("Block →", _neighbour_block(stops, row, 1), "block_after", "To the next block.")
        _stage(plan, row, stops.values())
        _block(plan, row)
        if not rows:
            return
        _row(plan, row)
        _step(
            "← Row",
            _neighbour_row(plan, row, -1),
            "row_before",
            "To the layer that runs before it.",
        )
        _step("Row →", _neighbour_row(plan, row, 1), "row_after", "To the layer that runs next.")


def _step(label: str, target: str | None, key: str, help: str) -> None:
    st.button(label, on_click=go, args=(target,), disabled=target is None, key=key, help=help)


def _stage(plan: Plan, row: Layer, stages: Iterable[str]) -> None:
    widgets.choose(
        ROW,
        {stage: paper_name(stage) for stage in stages},
        shown=row.stage,
        key="step_stage",
        changed=lambda stage: go(_entry(plan, stage)),
        label="Stage",
        help="Goes to the end of the stage's first block.",
        width=150,
    )


def _block(plan: Plan, row: Layer) -> None:
    blocks = {one.block: one.block for one in plan.stages[row.stage] if one.block}
    if blocks:
        help = "Goes to the output of the block."
        widgets.choose(ROW, blocks, shown=row.block, key="step_block", changed=go, label="Block", help=help, width=130)


def _row(plan: Plan, row: Layer) -> None:
    rows = plan.blocks[row.block] if row.block else plan.stages[row.stage]
    words = {
        one.layer: f"{_local(one)} · {one.kind} · {shape_text(one.output_shape, state.get(SHAPES))}" for one in rows
    }
    help = "One layer, in the order in which they run: name, kind and shape of its output."
    widgets.choose(ROW, words, shown=row.layer, key="step_row", changed=go, label="Row", help=help, width=225)


def _entry(plan: Plan, stage: str) -> str:
    """A stage's first block, or its first row where it has no blocks."""
    first = plan.stages[stage][0]
    return first.block or first.layer


def _local(row: Layer) -> str:
    return row.layer.removeprefix(f"{row.block}.") if row.block else row.layer


def _neighbour_row(plan: Plan, row: Layer, step: int) -> str | None:
    place = next(place for place, one in enumerate(plan.layers) if one.layer == row.layer) + step
    return plan.layers[place].layer if 0 <= place < len(plan.layers) else None


def _stops(plan: Plan, *, rows: bool) -> dict[str, str]:
    """What is stepped to, and its stage: every block; where rows count too, the end of each stage without blocks."""
    stops: dict[str, str] = {}
    for stage, layers in plan.stages.items():
        blocks = dict.fromkeys(one.block for one in layers if one.block)
        stops |= dict.fromkeys(blocks or [one.layer for one in layers[-1:] if rows], stage)
    return stops


def _neighbour_block(stops: Mapping[str, str], row: Layer, step: int) -> str | None:
    """The next block, or the end of the next stage that has no blocks."""
    ends = list(stops)
    place = ends.index(row.block) if row.block else list(stops.values()).index(row.stage)
    return ends[place + step] if 0 <= place + step < len(ends) else None
