"""Blocks that do nothing, appended to a trained network: a deeper network that answers the same."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from explorer.ui import cached
from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.drawn import table
from explorer.views.norm_words import written

STAGE, MORE = 3, (1, 10)


class Idle(NamedTuple):
    """The trained example with blocks appended.

    Attributes:
        more: how many.
        depth: weighted layers.
        params: learnable scalars.
        right: held-out digits that it names rightly.
        pictures: all held-out digits.
        largest: by how much a logit changed at most.
    """

    more: int
    depth: int
    params: int
    right: int
    pictures: int
    largest: float


def idle_blocks() -> tuple[Idle, ...]:
    """The trained example as it is and with identity blocks behind its last stage, tested on the held-out digits."""

    def make() -> tuple[Idle, ...]:
        from dataclasses import replace

        from explorer.architecture.families import network_of
        from explorer.architecture.trace import trace
        from explorer.labs.identity.identity import append_identity_blocks
        from explorer.labs.identity.trained import held_out_logits, trained_example

        example = trained_example()
        before = held_out_logits(example.model(), example.data)
        found = []
        for more in (0, *MORE):
            spec, weights = (
                append_identity_blocks(example.spec, example.weights, stage=STAGE, count=more)
                if more
                else (example.spec, example.weights)
            )
            trained = replace(example, spec=spec, weights=weights)
            logits = held_out_logits(trained.model(), example.data) if more else before
            plan = trace(network_of(spec), example.data.size)
            right = int((logits.argmax(1) == example.data.test_labels).sum())
            largest = float((logits - before).abs().max())
            found.append(Idle(more, plan.weighted_layers, plan.params, right, len(logits), largest))
        return tuple(found)

    kept: tuple[Idle, ...] = cached.result(("learn idle blocks",), make, lambda made: 200 * len(made))
    return kept


def _figure() -> None:
    table(
        (
            "Identity blocks appended",
            "Weighted layers",
            "Parameters",
            "Digits named rightly",
            "Largest change of a logit",
        ),
        [
            (
                f"{one.more:,}" if one.more else "none: as it was trained",
                f"{one.depth:,}",
                f"{one.params:,}",
                f"{one.right:,} of {one.pictures:,}",
                written(one.largest) if one.more else "",
            )
            for one in idle_blocks()
        ],
    )
    st.caption(
        f"The trained example, a ResNet-20 that reads digits, with blocks behind its stage {STAGE} whose weights, γ "
        "and β are all 0; nothing is trained again. Eval mode, digits that it has not seen."
    )


CHAPTER = Chapter(
    name="idle-blocks",
    title="Layers that should do nothing",
    text=(
        "Say a network of some depth is accurate enough. Layers beyond that need only do nothing, and the deeper "
        "network is as good as the shallow one. So a solution exists, and a deeper network should never have a "
        "*higher* training error.\n\n"
        "A plain block would have to learn the identity with two convolutions and a ReLU between them. A residual "
        "block has it for nothing: with F = 0 the shortcut passes x on, and what arrives here is not negative, for "
        "it comes out of a ReLU. Below such blocks are appended to a network that has learned. It gets deeper, and "
        "its answers do not change in a single bit."
    ),
    formula=r"\mathcal{F}(x) = 0,\; x \ge 0 \;\Rightarrow\; \mathrm{ReLU}(\mathcal{F}(x) + x) = x",
    where="x: what the block before has put out behind its ReLU; F: the main path of the appended block.",
    figure=_figure,
    tries=(
        Link(page="block", label="Append blocks of five kinds", query={"b_part": "identity", "b_claim": "append"}),
        Link(page="block", label="Take trained blocks out", query={"b_part": "identity", "b_claim": "lesions"}),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, sections 1 and 3.1",),
    seeds=("002.3",),
)
