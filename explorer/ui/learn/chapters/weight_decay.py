"""L2 shrinks the weights; in front of a norm their scale changes nothing."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link, Trap

FACTORS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
_KINDS = {"no-norm": "no norm", "train": "batch norm, train mode"}


def changes() -> dict[str, tuple[float, ...]]:
    """By how much a block's output changes, over its largest value, when its first weights shrink, by kind of block."""

    def make() -> dict[str, tuple[float, ...]]:
        from explorer.labs.identity.weight_scale import scale_block

        found = [{one.kind: one.relative for one in scale_block(factor)} for factor in FACTORS]
        return {kind: tuple(one[kind] for one in found) for kind in _KINDS}  # type: ignore[index]  # its own kinds

    kept: dict[str, tuple[float, ...]] = cached.result(("learn decay",), make, lambda _: 500)
    return kept


def _figure() -> None:
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.norm_lab import Curve, curves_figure
    from explorer.views.norm_words import written

    found = changes()
    curves = [Curve(name=_KINDS[kind], x=list(FACTORS), y=values) for kind, values in found.items()]
    figure = curves_figure(
        curves, x="factor on the weights", y="change of the output", theme=shell.theme(), log_x=True, percent=True
    )
    figure.update_xaxes(ticktext=[f"{factor:g}" for factor in reversed(FACTORS)])
    chart(
        figure,
        "learn_decay",
        height=280,
        alt="Change of a block's output over the factor on its weights, with and without norm.",
    )
    without, normed = found["no-norm"][-1], found["train"][-1]
    st.caption(
        f"A residual block whose first 3×3 convolution shrinks to {FACTORS[-1]:g} of itself: without norm its output "
        f"changes by up to {100 * without:.0f} % of its largest value, with batch norm by "
        f"{written(float(f'{100 * normed:.2g}'))} %. Random weights and numbers; the change that is left with the "
        "norm is ε's."
    )


CHAPTER = Chapter(
    name="weight-decay",
    title="What L2 does to a block",
    text=(
        "With L2 regularisation, or weight decay (权重衰减), every step makes the weights a little smaller. The "
        "sources conclude: W and b go towards 0, so does F, and the block becomes the identity by itself.\n\n"
        "Without norms it is so. But a norm divides by the deviation of what arrives: with weights half as large, "
        "the deviation is half as large too, and what leaves is the same. In front of a norm the scale of W has no "
        "effect on the output. What changes is the *step*: the smaller W, the larger its gradient, so decay keeps "
        "the effective learning rate up.\n\n"
        "F gets smaller only through the γ and β of its last norm. PyTorch decays these as well, if it is not told "
        "otherwise."
    ),
    formula=(
        r"W \leftarrow W - \eta\,(\nabla_W L + \lambda W)\\[6pt] "
        r"\mathrm{BN}(s\,W * x) = \mathrm{BN}(W * x) \;\; (s > 0,\ \varepsilon \to 0)"
    ),
    where="η: learning rate; λ: weight decay, 10⁻⁴ here and in the paper; s: any scale; BN: batch norm in train mode.",
    figure=_figure,
    tries=(
        Link(
            page="block",
            label="Shrink the weights yourself",
            query={"b_part": "identity", "b_claim": "scale", "b_factor": "0.1"},
        ),
        Link(page="block", label="Train with several decays", query={"b_part": "identity", "b_claim": "decay"}),
    ),
    traps=(
        Trap(
            written="L2 pulls W to 0, and that makes a residual block the identity.",
            so=(
                "In a block with norms W can shrink to a hundredth and the output stays, but for ε. F(x) shrinks "
                "with γ and β, not with W."
            ),
            see=Link(
                page="block",
                label="With and without norm",
                query={"b_part": "identity", "b_claim": "scale", "b_factor": "0.01"},
            ),
            source="van Laarhoven 2017, arXiv 1706.05350",
        ),
    ),
    sources=("van Laarhoven 2017, arXiv 1706.05350", "He et al. 2015, arXiv 1512.03385, section 3.4 (λ = 0.0001)"),
    seeds=("004.4",),
)
