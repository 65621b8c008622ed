"""f(x) against f(x) − x: what a block has to learn, and when it is the identity."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.presets import D2L
from explorer.ui.learn.chapter import Chapter, Link, Trap


def _figure() -> None:
    from explorer.architecture.zero_blocks import VARIANTS
    from explorer.labs.identity.zero_blocks import run_zeroed
    from explorer.ui import cached
    from explorer.ui.block.numbers import run_bytes, show_run

    found = cached.result(("learn zero block",), lambda: run_zeroed("norm", "signed"), lambda made: run_bytes(made.run))
    show_run(VARIANTS["norm"].spec, found.run, picture=0, channel=0)
    st.caption(
        f"A basic block whose main path is set to 0, on an input of both signs: {100 * found.identity.share:.0f} % of "
        "the values leave as they came. Those below zero become 0 in the last ReLU."
    )


CHAPTER = Chapter(
    name="residual-function",
    title="Learn the difference",
    text=(
        "Say the layers of a block should compute f(x). A plain block has to learn f. A residual block gets x for "
        "free and has to learn the difference only, the residual function (残差映射) f(x) − x.\n\n"
        "If the best the block can do is nothing, f(x) = x, the plain block must build the identity (恒等映射) out of "
        "convolutions and ReLUs. The residual block has to set its weights to 0: then F(x) = 0, and x passes. Starting "
        "near “nothing” is easy, and every block can add its own small change. That the input counts so directly is "
        "also what lets it travel faster through the layers."
    ),
    formula=r"f(\mathbf{x}) = F(\mathbf{x}) + \mathbf{x} \;\Longleftrightarrow\; "
    r"F(\mathbf{x}) = f(\mathbf{x}) - \mathbf{x}",
    where="f: what the block should compute before its last ReLU; F: what its layers have to learn.",
    figure=_figure,
    tries=(
        Link(page="block", label="Ten blocks with weights at 0", query={"b_part": "identity"}),
        Link(
            page="block",
            label="The same block, x ≥ 0",
            query={"b_part": "identity", "b_sign": "positive"},
        ),
        Link(
            page="block",
            label="Without norm, main path 0",
            query={"b_norm": "none", "b_weights": "zero"},
        ),
    ),
    traps=(
        Trap(
            written="With all weights of the main path at 0 the block is the identity.",
            so=(
                "Exactly so only for x ≥ 0: the ReLU after the sum cuts off the rest. What arrives from another block "
                "is never negative, for that block ends in a ReLU too. A projection on the shortcut is no identity "
                "either."
            ),
            see=Link(
                page="block",
                label="The block with a projection",
                query={"b_part": "identity", "b_variant": "projection"},
            ),
            source="computed here; He et al. 2016, arXiv 1603.05027, section 4, puts the last ReLU elsewhere",
        ),
    ),
    sources=(
        D2L,
        "He et al. 2015, arXiv 1512.03385, section 3.1",
    ),
    seeds=("001.1",),
)
