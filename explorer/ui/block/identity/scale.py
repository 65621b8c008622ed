"""The scale of a convolution's weights: before a norm it changes nothing, but for ε; elsewhere it does."""

from __future__ import annotations

import streamlit as st

from explorer.labs.identity.weight_scale import SCALED, TINY, Scaled, scale_block
from explorer.ui import cached, state, widgets
from explorer.ui.block.params import FACTOR, NORMED, SEED
from explorer.ui.widgets import bound
from explorer.views.html_table import figures_table
from explorer.views.matrices import Matrix, matrices_html, value_note
from explorer.views.numbers import written

KINDS = {
    "train": "Batch norm, train mode, ε = 1e−5",
    "no-epsilon": f"Batch norm, train mode, ε = {written(TINY)}",
    "eval": "Batch norm, eval mode",
    "no-norm": "No norm",
}


def scaled() -> None:
    """Scale the weights in front of a norm and see what leaves the block."""
    st.markdown(
        "**Does weight decay make a block smaller?** It shrinks W. But a norm divides by the standard deviation of "
        f"its input, so a factor on the weights before it cancels. Here the weights of {SCALED} of one "
        "block are multiplied."
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="identity_scale"):
        st.select_slider(
            FACTOR.label,
            list(FACTOR.words),
            format_func=lambda text: f"× {float(text):,g}",
            help=FACTOR.help,
            width=330,
            **bound(FACTOR.name, state.get(FACTOR), lambda value: state.update({FACTOR: value})),
        )
        kind = widgets.choose(NORMED, KINDS, width=300)
    factor = float(state.get(FACTOR))
    found = _scaled(factor, state.get(SEED))
    rows = [(KINDS[one.kind], written(one.relative, 3), _verdict(one)) for one in found]
    st.html(figures_table(("The block", "Largest change ÷ largest value", "So the output"), rows))
    shown = next(one for one in found if one.kind == kind)
    before, after = shown.before[0, 0], shown.after[0, 0]
    st.html(
        matrices_html(
            [
                Matrix("out before, channel 0", before, value_note("before", before)),
                Matrix(f"out after × {factor:g}", after, value_note("after", after)),
                Matrix("after − before", after - before, value_note("after − before", after - before)),
            ],
            ["→", ""],
        )
    )
    st.caption(
        "The norm makes (W·x − mean)/√(variance + ε): times s, s cancels where s²·variance is far above ε, and ε shows "
        "where it is not. In eval mode the norm still divides by the running variance of the weights before, a fixed "
        "line, so there the factor goes through until the running statistics have followed. What decay does change "
        "before a norm is the step: the gradient of W grows as 1/s (van Laarhoven 2017, arXiv 1706.05350). "
        "Random input 4×3×6×6 and weights, on the CPU."
    )


def _verdict(one: Scaled) -> str:
    if one.relative == 0:
        return "stays, to the last bit"
    return "stays, to rounding" if one.relative < 1e-5 else "changes"


def _scaled(factor: float, seed: int) -> tuple[Scaled, ...]:
    return cached.result(
        ("scaled block", factor, seed),
        lambda: scale_block(factor, seed=seed),
        lambda made: sum(one.before.nbytes + one.after.nbytes for one in made),
    )
