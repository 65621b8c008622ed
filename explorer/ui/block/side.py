"""Blocks beside each other: types, shortcuts, lengths of the skip, and the two ways to join; each counted and run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.expressions import number
from explorer.architecture.one_block import BlockTrace, block_network, trace_block
from explorer.architecture.plan import Layer
from explorer.errors import ExplorerError
from explorer.model.build import NetworkModule, build
from explorer.model.one_block import BlockRun, build_block, make_input, run_block
from explorer.ui import cached, state, widgets, work
from explorer.ui.block.choice import Example
from explorer.ui.block.numbers import MOST_PARAMS, run_bytes, too_large
from explorer.ui.block.params import COMPARED, EQUAL, SEED
from explorer.ui.components.diagram import drawn
from explorer.views.block_drawing import block_drawing
from explorer.views.matrices import Matrix, corner_words, matrices_html, sum_note, value_note
from explorer.views.numbers import shape_text

EQUAL_SIDE = 56
_SHORTCUTS = {"identity": "Identity", "projection": "Projection", "padding": "Zero padding"}
_SKIPS = {"single": "Over one layer", "basic": "Over two layers", "triple": "Over three layers"}
_JOINS = {"add": "Addition", "concat": "Concatenation"}


def side_by_side(chosen: Example) -> None:
    """Draw the comparison that is picked; all but the first are made of the chosen block."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="compared"):
        compared = widgets.switch(COMPARED)
        if compared == "types":
            widgets.number(EQUAL, width=130)
    if compared == "types":
        _types(state.get(EQUAL))
        return
    field, names = {
        "shortcuts": ("shortcut", _SHORTCUTS),
        "skips": ("type", _SKIPS),
        "joins": ("join", _JOINS),
    }[compared]
    spec = chosen.spec
    arrives = shape_text((chosen.pictures, spec.channels_in, chosen.height, chosen.width))
    st.markdown(
        f"x is {arrives}; {spec.channels_out:,} channels leave the main path, stride {spec.stride}. "
        "These are the block's under *One block*, or those of the example above."
    )
    base = spec.replace(shortcut="identity") if compared == "joins" and spec.shortcut == "none" else spec
    _columns({words: (base, {field: value}) for value, words in names.items()}, chosen)


def _types(channels: int) -> None:
    """Two 3×3 on all channels against 1×1, 3×3, 1×1 on a quarter of them."""
    base = BlockSpec(channels_in=channels, channels_out=channels, conv_bias=False)
    basic, bottleneck = base, base.replace(type="bottleneck")
    traces = [trace_block(spec, (EQUAL_SIDE, EQUAL_SIDE)) for spec in (basic, bottleneck)]
    weights = [_weights(trace) for trace in traces]
    st.markdown(
        f"At {channels:,} channels two 3×3 have **{number(weights[0])}** weights and the bottleneck "
        f"**{number(weights[1])}**: {weights[0] / weights[1]:.1f} times fewer, for the same shape and one layer more."
    )
    columns = st.columns(2, gap="medium")
    names = ("Basic: two 3×3", "Bottleneck: 1×1, 3×3, 1×1")
    for column, name, spec, trace in zip(columns, names, (basic, bottleneck), traces, strict=True):
        with column:
            st.markdown(f"**{name}**")
            drawn(block_drawing(spec, trace, batch=1), key=f"side_{spec.type}")
            _formulas(trace)
    st.caption(f"No biases, as before a norm; {work.chosen().title} on a map of {EQUAL_SIDE}×{EQUAL_SIDE}.")


def _columns(blocks: Mapping[str, tuple[BlockSpec, dict[str, Any]]], chosen: Example) -> None:
    """A column for each block: drawing, figures, values."""
    columns = st.columns(len(blocks), gap="medium")
    for place, (column, (name, (base, change))) in enumerate(zip(columns, blocks.items(), strict=True)):
        with column:
            st.markdown(f"**{name}**")
            try:
                spec = base.replace(**change)
                trace = trace_block(spec, (chosen.height, chosen.width))
            except ExplorerError as error:
                st.info(str(error))
                continue
            drawn(block_drawing(spec, trace, batch=chosen.pictures), key=f"side_{place}")
            if trace.clash is not None:
                st.markdown(
                    f"✕ Does not run: {shape_text(trace.clash.shapes[0])} meets {shape_text(trace.clash.shapes[1])}."
                )
                continue
            _figures(spec, trace)
            _values(spec, trace, chosen)
    st.caption(
        "Real values of one picture: random input and weights by the seed under *One block*, in eval mode; "
        "convolutions that the blocks share have the same weights."
    )


def _figures(spec: BlockSpec, trace: BlockTrace) -> None:
    """What it costs, what is added, and what the next convolution then has to take."""
    plan = trace.plan
    leaves = plan.layers[-1].output_shape
    lines = [
        f"{number(plan.params)} params · {work.text(plan.macs)} a picture",
        f"Leaves: {shape_text(leaves)}",
        f"{_JOINS[spec.join]} of F(x) and {_carried(spec, plan.layers)}"
        if spec.shortcut != "none"
        else "Nothing is added",
    ]
    following = 9 * leaves[0] * spec.channels_out
    lines.append(
        f"A 3×3 to {spec.channels_out:,} channels after it: 3·3·{leaves[0]:,}·{spec.channels_out:,} = "
        f"{number(following)} weights"
    )
    st.markdown("  \n".join(lines))


def _carried(spec: BlockSpec, rows: tuple[Layer, ...]) -> str:
    shortcut = [row for row in rows if row.path == "shortcut"]
    params = sum(row.params for row in shortcut)
    match spec.shortcut:
        case "identity":
            return "x itself: no weights"
        case "padding" | "padding-both":
            zeros = spec.channels_out - spec.channels_in
            what = f"with {zeros:,} channels of zeros" if zeros else "unchanged in channels"
            return f"x {what}: no weights"
        case _:
            return f"a 1×1 of x: {number(params)} params"


def _values(spec: BlockSpec, trace: BlockTrace, chosen: Example) -> None:
    """The first picture's first channel on real numbers; of a concatenation the first that the shortcut gives."""
    refused = too_large(trace.plan, 1)
    if refused:
        st.info(refused)
        return
    found = _run(spec, chosen)
    main = found.residual[0, 0]
    parts, signs = [Matrix("F(x), channel 0", main, value_note("F(x)", main))], []
    if found.shortcut is not None and found.total is not None:
        name = "x" if spec.shortcut == "identity" else "shortcut(x)"
        shortcut, total = found.shortcut[0, 0], found.total[0, 0]
        parts.append(Matrix(f"{name}, channel 0", shortcut, value_note(name, shortcut)))
        if spec.join == "add":
            parts.append(Matrix("sum, channel 0", total, sum_note(main, shortcut, total)))
            signs = ["+", "="]
        else:
            first = found.residual.shape[1]
            parts.append(Matrix(f"joined, channels 0 and {first}", None, value_note("", total), "both stand unchanged"))
            signs = ["and", "="]
    st.html(matrices_html(parts, signs))
    st.caption(corner_words(main.shape))


def _run(spec: BlockSpec, chosen: Example) -> BlockRun:
    """One picture through a block, whose main path is that of the chosen one as far as they are the same."""
    seed = state.get(SEED)

    def make() -> BlockRun:
        model = build_block(spec, seed=seed, like=_shared(chosen.spec, seed))
        return run_block(model, make_input((1, spec.channels_in, chosen.height, chosen.width), seed=seed))

    return cached.result(("block beside", spec, chosen, seed), make, run_bytes)


def _shared(spec: BlockSpec, seed: int) -> NetworkModule | None:
    """The main path whose weights the blocks have where they can; None where it is too large to be built."""
    plain = spec.replace(shortcut="none")
    counted = build(block_network(plain), device="meta")
    if sum(parameter.numel() for parameter in counted.parameters()) > MOST_PARAMS:
        return None
    return build_block(plain, seed=seed)


def _weights(trace: BlockTrace) -> int:
    return sum(row.params for row in trace.plan.layers if row.kind == "conv")


def _formulas(trace: BlockTrace) -> None:
    """Weights of the convolutions as one sum, and the other figures."""
    convs = [row.op for row in trace.plan.layers if row.kind == "conv"]
    terms = " + ".join(f"{op.kernel}·{op.kernel}·{op.channels_in:,}·{op.channels_out:,}" for op in convs)
    plan = trace.plan
    st.markdown(
        f"{terms} = **{number(_weights(trace))}** weights  \n{number(plan.params)} params with the norms' γ and β  \n"
        f"{work.text(plan.macs)} a picture"
    )
