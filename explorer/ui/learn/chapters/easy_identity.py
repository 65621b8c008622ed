"""W = b = 0: the skip passes a[l] on, and a residual block starts from there."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached
from explorer.ui.learn.chapter import Chapter, Link

VARIANT = "no-norm"
_CHANNEL = 0


def _figure() -> None:
    from explorer.labs.identity.zero_blocks import run_zeroed
    from explorer.ui.block.numbers import run_bytes
    from explorer.views.matrices import Matrix, matrices_html, sum_note, value_note

    found = cached.result(
        ("learn easy identity",), lambda: run_zeroed(VARIANT, "positive"), lambda made: run_bytes(made.run)
    )
    arriving, main, leaving = (part[0, _CHANNEL] for part in (found.run.x, found.run.residual, found.run.out))
    parts = [
        Matrix("a[l]", arriving, value_note("a[l]", arriving)),
        Matrix("z[l+2]", main, value_note("z[l+2]", main)),
        Matrix("a[l+2]", leaving, sum_note(main, arriving, leaving)),
    ]
    st.html(matrices_html(parts, ["+", "g →"]))
    same = "no value differs" if found.identity.exact else f"values differ by up to {found.identity.largest:.3g}"
    st.caption(
        "Two 3×3 convolutions whose weights and biases are all 0, no norm, on numbers that are not negative: from "
        f"a[l] to a[l+2] {same}. First picture, first channel of three."
    )


CHAPTER = Chapter(
    name="easy-identity",
    title="The identity is easy",
    text=(
        "Why do two layers more do no harm? Suppose their weights and biases are 0. Then z[l+2] is 0, and what "
        "leaves is g(a[l]). With g = ReLU and a[l] ≥ 0, which another ReLU has put out, that is a[l] itself: two "
        "layers deeper, and nothing lost.\n\n"
        "Zero is not far from where weights begin, and decay pulls them there. A plain block with zeros would put "
        "out zeros and lose everything; to pass a[l] on it needs one particular kernel in each channel, a 1 in the "
        "middle. So the residual block starts near “as good as before” and has only the improvement to learn. That a "
        "deeper network can be as good is sure; that training gets there is what the experiments have to show."
    ),
    formula=r"W = 0,\; b = 0,\; a^{[l]} \ge 0: \\[6pt] a^{[l+2]} = g\bigl(0 + a^{[l]}\bigr) = a^{[l]}",
    where="g: ReLU, which leaves what is not negative; W, b: weights and biases of the two layers that are skipped.",
    figure=_figure,
    tries=(
        Link(
            page="block",
            label="Ten blocks at 0, and which of them pass x",
            query={"b_part": "identity", "b_variant": VARIANT},
        ),
        Link(
            page="block",
            label="A plain block at 0",
            query={"b_part": "identity", "b_variant": "plain", "b_sign": "positive"},
        ),
        Link(page="block", label="Trained blocks taken out", query={"b_part": "identity", "b_claim": "lesions"}),
    ),
    sources=(
        "He et al. 2015, arXiv 1512.03385, sections 1 and 3.1",
        "Andrew Ng, Convolutional Neural Networks, week 2: Why ResNets Work",
    ),
    seeds=("004.3",),
)
