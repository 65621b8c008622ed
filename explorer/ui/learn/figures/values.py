"""What flows through blocks: x, F(x) and their sum, of a random block, a block of zeros and networks that learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import streamlit as st

from explorer.architecture.examples import DIGIT_READER
from explorer.architecture.families import network_of
from explorer.architecture.stargan import StarGANSpec
from explorer.architecture.trace import trace
from explorer.labs.identity.identity import append_identity_blocks
from explorer.labs.identity.trained import held_out_logits, trained_example
from explorer.labs.identity.weight_scale import ScaleKind, scale_block
from explorer.model.build import build
from explorer.model.images import HALF, prepare
from explorer.model.probe import block_parts, residual_ratios
from explorer.model.samples import sample
from explorer.ui import cached, shell
from explorer.ui.cached import plan_of
from explorer.ui.charts import chart
from explorer.views.depth import ratio_figure
from explorer.views.html_table import html_table
from explorer.views.norm_lab import Curve, curves_figure, steps_figure
from explorer.views.numbers import percent, written

# --- a block alone ---

FACTORS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
_KINDS: dict[ScaleKind, str] = {"no-norm": "no norm", "train": "batch norm, train mode"}


def shrunk_weights() -> Mapping[str, object]:
    """The change of a block's output over the factor on its weights, with and without norm."""
    found = changes()
    curves = [Curve(name=_KINDS[kind], x=FACTORS, y=values) for kind, values in found.items()]
    figure = curves_figure(
        curves, x="factor on the weights", y="change of the output", theme=shell.theme(), log_x=True, percent=True
    )
    alt = "Change of a block's output over the factor on its weights, with and without norm."
    chart(figure, "learn_decay", alt=alt)
    without, normed = (100 * values[-1] for values in found.values())
    return {"factor": f"{FACTORS[-1]:g}", "without": f"{without:.0f}", "normed": written(normed, 2)}


def changes() -> dict[ScaleKind, tuple[float, ...]]:
    """By how much a block's output changes, over its largest value, when its first weights shrink, by kind of block."""

    def make() -> dict[ScaleKind, tuple[float, ...]]:
        found = [{one.kind: one.relative for one in scale_block(factor)} for factor in FACTORS]
        return {kind: tuple(one[kind] for one in found) for kind in _KINDS}

    return cached.result(("learn decay",), make, lambda _: 500)


# --- the trained example ---

PICTURES = 64
"""Held-out digits that ratios are taken over."""
STAGE, MORE = 3, (1, 10)


def strength_of_f() -> Mapping[str, object]:
    """‖F(x)‖ over the norm of what the shortcut carries, block by block."""
    found = ratios()
    figure = ratio_figure(found, plan_of(DIGIT_READER.spec, (32, 32)), theme=shell.theme())
    alt = "‖F(x)‖ over the norm of what the shortcut carries, for every block of the trained example."
    chart(figure, "learn_ratios", alt=alt)
    return {"pictures": PICTURES, "least": f"{min(found.values()):.2f}", "most": f"{max(found.values()):.2f}"}


def ratios() -> dict[str, float]:
    """‖F(x)‖ / ‖shortcut(x)‖ of every block of the trained example, over its first held-out digits, in eval mode."""

    def make() -> dict[str, float]:
        example = trained_example()
        images = example.data.as_input(example.data.test_pixels[:PICTURES])
        return {found.block: found.ratio for found in residual_ratios(example.model(), images)}

    return cached.result(("learn ratios",), make, lambda made: 100 * len(made))


class Idle(NamedTuple):
    """The trained example with blocks appended.

    Attributes:
        more: how many.
        depth: weighted layers.
        params: learnable scalars.
        right: held-out digits that it classifies correctly.
        pictures: all held-out digits.
        largest: by how much a logit changed at most.
    """

    more: int
    depth: int
    params: int
    right: int
    pictures: int
    largest: float


def idle_blocks() -> Mapping[str, object]:
    """The trained example with blocks appended that do nothing."""
    headers = (
        "Identity blocks appended",
        "Weighted layers",
        "Parameters",
        "Digits classified correctly",
        "Largest change of an output",
    )
    rows = [
        (
            f"{one.more:,}" if one.more else "none: as it was trained",
            f"{one.depth:,}",
            f"{one.params:,}",
            f"{one.right:,} of {one.pictures:,}",
            written(one.largest) if one.more else "",
        )
        for one in appended()
    ]
    st.html(html_table(headers, rows))
    return {"stage": STAGE}


def appended() -> tuple[Idle, ...]:
    """The trained example as it is and with identity blocks behind its last stage, tested on the held-out digits."""

    def make() -> tuple[Idle, ...]:
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

    return cached.result(("learn idle blocks",), make, lambda made: 200 * len(made))


# --- StarGAN's generator ---

_SIDE = 64


def unit_of_stargan() -> Mapping[str, object]:
    """How the values of x, F(x) and their sum are spread in the generator's first unit, untrained."""
    values = unit_values(0)
    figure = steps_figure({"First unit": values}, theme=shell.theme(), height=200)
    alt = "How the values of x, F(x) and their sum are spread in the first unit."
    chart(figure, "learn_trunk", alt=alt)
    residual, total = values["F(x)"], values["x + F(x)"]
    return {
        "mean": f"{abs(residual.mean()):.2f}",
        "deviation": f"{residual.std():.2f}",
        "below_in_f": _below_zero(residual),
        "below_in_sum": _below_zero(total),
        "side": _SIDE,
    }


def unit_values(unit: int) -> dict[str, np.ndarray]:
    """x, F(x) and their sum in a unit of the generator, untrained, for one photograph.

    Args:
        unit: 0 to 5.
    """

    def make() -> dict[str, np.ndarray]:
        spec = StarGANSpec()
        model = build(network_of(spec), device="cpu", seed=0)
        domains = [number == 0 for number in range(spec.c_dim)]
        picture = prepare(sample("china"), size=(_SIDE, _SIDE), in_channels=3, preprocess=HALF, domains=domains).tensor
        block = [node.name for node in model.network.blocks()][unit]
        parts = block_parts(model, picture, block, mode="train")
        assert parts.total is not None  # a unit has its addition
        return {"x": parts.x.numpy(), "F(x)": parts.residual.numpy(), "x + F(x)": parts.total.numpy()}

    return cached.result(("learn stargan", unit), make, lambda made: sum(values.nbytes for values in made.values()))


def _below_zero(values: np.ndarray) -> str:
    return percent((values < 0).mean(), 0)
