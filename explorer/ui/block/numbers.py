"""A block on real numbers: F(x), what the shortcut carries, their sum and what leaves, as small matrices."""

from __future__ import annotations

from math import prod

import numpy as np
import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.expressions import number
from explorer.architecture.one_block import NAME
from explorer.architecture.operations import operation
from explorer.architecture.plan import INPUT, Layer, Plan
from explorer.errors import InputSizeError
from explorer.model.one_block import BlockRun, build_block, make_input, run_block
from explorer.ui import cached, state, widgets
from explorer.ui.block.choice import Example
from explorer.ui.block.params import CHANNEL, MODE, NUMBERS, PICTURE, SEED, STEP, WEIGHTS
from explorer.ui.shell import warn
from explorer.views.matrices import Matrix, Note, corner_words, matrices_html, sum_note, value_note
from explorer.views.numbers import shape_text

# What one run may take on a server that others use too: activations, work and parameters of one block.
MOST_BYTES, MOST_MACS, MOST_PARAMS = 400_000_000, 20_000_000_000, 40_000_000


def numbers(chosen: Example, plan: Plan) -> None:
    """Draw the controls of the run and what comes out of it.

    Args:
        chosen: the block and its input.
        plan: of the block, which runs to its end.
    """
    channels = plan.layers[-1].output_shape[0]
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="block_numbers"):
        widgets.choose(NUMBERS, width=170)
        widgets.choose(WEIGHTS, width=130)
        widgets.number(SEED, width=105)
        widgets.switch(MODE)
        picture = min(state.get(PICTURE), chosen.pictures)
        widgets.number(PICTURE, shown=picture, high=chosen.pictures, width=105)
        channel = min(state.get(CHANNEL), channels - 1)
        widgets.number(CHANNEL, shown=channel, high=channels - 1, width=105)
    refused = too_large(plan, chosen.pictures)
    if refused:
        st.info(refused)
        return
    try:
        found = run_of(chosen)
    except InputSizeError as error:
        warn(str(error))
        return
    show_run(chosen.spec, found, picture=picture - 1, channel=channel)
    row = plan.rows.get(f"{NAME}.{state.get(STEP)}")
    if row is not None:
        _step(row, found, picture=picture - 1, channel=channel)


def run_of(chosen: Example) -> BlockRun:
    """What the block makes of its input; kept for the next run of the page.

    Raises:
        InputSizeError: when a norm cannot take the input.
    """
    what, weights, seed, mode = state.get(NUMBERS), state.get(WEIGHTS), state.get(SEED), state.get(MODE)

    def make() -> BlockRun:
        model = build_block(chosen.spec, weights=weights, seed=seed)
        shape = (chosen.pictures, chosen.spec.channels_in, chosen.height, chosen.width)
        return run_block(model, make_input(shape, numbers=what, seed=seed), mode=mode)

    return cached.result(("block", chosen, what, weights, seed, mode), make, run_bytes)


def too_large(plan: Plan, pictures: int) -> str:
    """Why a block is not run here, in a sentence; empty when it is."""
    kept = 4 * prod(plan.layers[0].input_shape) + plan.activation_bytes  # float32
    if kept * pictures > MOST_BYTES or plan.macs * pictures > MOST_MACS or plan.params > MOST_PARAMS:
        return (
            f"The block is counted but not run here: {number(plan.params)} params, "
            f"{number(plan.macs * pictures)} MACs and {number(kept * pictures)} bytes of maps. "
            "Take fewer pictures or channels, or a smaller map."
        )
    return ""


def show_run(spec: BlockSpec, found: BlockRun, *, picture: int, channel: int) -> None:
    """F(x), the shortcut, the sum and what leaves, of one channel of one picture."""
    name = "x" if spec.shortcut == "identity" else "shortcut(x)"
    main, out = _map(found.residual, picture, channel), _map(found.out, picture, channel)
    parts = [_matrix("F(x)", found.residual, main)]
    signs: list[str] = []
    if found.shortcut is not None and found.total is not None:
        beside = channel - found.residual.shape[1] if spec.join == "concat" else channel
        shortcut, total = _map(found.shortcut, picture, beside), _map(found.total, picture, channel)
        parts.append(_matrix(name, found.shortcut, shortcut))
        note = None
        if spec.join == "add" and main is not None and shortcut is not None and total is not None:
            note = sum_note(main, shortcut, total)
        parts.append(_matrix("sum" if spec.join == "add" else "joined", found.total, total, note))
        signs += ["+" if spec.join == "add" else "and", "="]
    if spec.last_relu and spec.order == "post":
        parts.append(_matrix("after ReLU", found.out, out))
        signs.append("→")
    st.html(matrices_html(parts, signs))
    st.caption(_caption(spec, found, channel))


def _step(row: Layer, found: BlockRun, *, picture: int, channel: int) -> None:
    """What arrives at the step that is picked, and what it outputs."""
    name = row.layer.removeprefix(f"{NAME}.")
    parts = []
    for source in row.inputs:
        values = found.x if source == INPUT else found.steps[source]
        words = "x" if source == INPUT else source.removeprefix(f"{NAME}.")
        parts.append(_matrix(words, values, _map(values, picture, channel)))
    values = found.steps[row.layer]
    parts.append(_matrix(name, values, _map(values, picture, channel)))
    st.markdown(f"**{name}**: {operation(row.op).name(row.op)}")
    st.html(matrices_html(parts, [*["and"] * (len(row.inputs) - 1), "→"]))


def _matrix(name: str, values: np.ndarray, one: np.ndarray | None, note: Note | None = None) -> Matrix:
    title = f"{name} · {shape_text(values.shape)}"
    if one is None:
        return Matrix(title, None, lambda y, x: "", "has no part in this channel")
    return Matrix(title, one, note or value_note(name, one))


def _map(values: np.ndarray, picture: int, channel: int) -> np.ndarray | None:
    return values[picture, channel] if 0 <= channel < values.shape[1] else None


def _caption(spec: BlockSpec, found: BlockRun, channel: int) -> str:
    words = [corner_words(found.out.shape[2:]), "One scale for all, zero is white: red above, blue below."]
    if spec.join == "add" and found.total is not None:
        words.append("Point at a cell of the sum, or tap it, to see its two parts.")
    if state.get(MODE) == "eval" and spec.norm in ("batch", "instance"):
        words.append("eval: the norms use running mean 0 and variance 1, as they start.")
    return " ".join(word for word in words if word) + " Run on the CPU."


def run_bytes(found: BlockRun) -> int:
    """What a run takes in the cache."""
    return sum(values.nbytes for values in found.steps.values()) + 5 * found.x.nbytes
