"""What the page asks of the model, each thing in a forward pass of its own and kept for the next run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from explorer.architecture.own import OwnSpec
from explorer.architecture.plan import Plan
from explorer.architecture.work import MACS, Work
from explorer.model.call import Call, call_of
from explorer.model.images import Prepared
from explorer.model.layout import drawable
from explorer.model.probe import (
    block_parts,
    block_thumbnails,
    first_non_finite,
    layer_statistics,
    record,
    residual_ratios,
)
from explorer.ui import cached, state, work
from explorer.ui.cached import Ready
from explorer.ui.inputs import given, input_key, prepared
from explorer.ui.models import admit_pictures
from explorer.ui.pictures import Chosen
from explorer.views.depth import Measured
from explorer.views.numbers import in_short

# What a picture, a thumbnail and a few numbers take besides their arrays, in bytes; a round number for the cache.
_SMALL = 2_000
# A CPU of a few cores does some ten billion a second.
_SLOW_MACS = 300 * 10**9


@dataclass(frozen=True, eq=False, kw_only=True)
class Shown:
    """The picture as the network gets it.

    Attributes:
        prepared: tensor and picture.
        key: picture, size, preprocessing and domains, by which results are cached.
    """

    prepared: Prepared
    key: tuple


@dataclass(frozen=True, eq=False, kw_only=True)
class Overview:
    """The whole depth at a glance.

    Attributes:
        thumbnails: mean of the magnitudes over the channels by block, or stage without blocks, ``(H, W)``.
        output: what leaves the network: logits ``(classes,)``, or of a generator a picture ``(3, H, W)``.
        first_bad: the first row that outputs NaN or infinity, None when all is finite.
    """

    thumbnails: dict[str, np.ndarray]
    output: np.ndarray
    first_bad: str | None


def shown(picture: Chosen, ready: Ready, plan: Plan) -> Shown:
    """The picture at the plan's input size, with the weights' own preprocessing.

    Raises:
        ImageError: the network takes neither one nor three channels.
    """
    spec, preprocess = state.spec(), ready.loaded.preprocess
    if isinstance(spec, OwnSpec) and picture.is_given:
        return Shown(prepared=given(spec, picture.picture, plan), key=(picture.digest, plan.input_size))
    key = (picture.digest, *input_key(spec, plan, preprocess))
    made = cached.result(
        ("prepared", *key),
        lambda: prepared(picture.picture, spec, plan, preprocess),
        lambda made: made.tensor.nbytes * 2,
    )
    return Shown(prepared=made, key=key)


def overview(ready: Ready, plan: Plan, seen: Shown) -> Overview:
    """One thumbnail a block, what leaves the network, and the first row that is not finite."""

    def make() -> Overview:
        admit_pictures(ready, plan)
        with st.spinner(_passing(plan, ready.device, work.chosen())):
            found = block_thumbnails(ready.model, seen.prepared.tensor)
            thumbnails = {one.name: one.maps[0].numpy() for one in found}
            last = plan.layers[-1].layer
            output = record(ready.model, seen.prepared.tensor, [last], to="cpu")[last][0].numpy()
            if not plan.makes_pictures:
                output = output.reshape(-1)  # some classifiers end in maps of one value
            # to look at every value of every row takes longer than both passes, so only with reason
            finite = all(np.isfinite(one).all() for one in (*thumbnails.values(), output))
            first_bad = None if finite else first_non_finite(ready.model, seen.prepared.tensor)
        return Overview(thumbnails=thumbnails, output=output, first_bad=first_bad)

    return cached.result(
        ("overview", ready.key, seen.key), make, lambda made: sum(one.nbytes for one in made.thumbnails.values())
    )


def row_maps(ready: Ready, plan: Plan, seen: Shown, row: str) -> np.ndarray:
    """What a row outputs, ``(C, H, W)`` or ``(features,)``; tokens as the square that they were cut from."""

    def make() -> np.ndarray:
        admit_pictures(ready, plan)
        output = record(ready.model, seen.prepared.tensor, [row], to="cpu")[row]
        return drawable(plan.rows[row].op, output)[0].numpy()

    return cached.result(("row", ready.key, seen.key, row), make, lambda made: made.nbytes)


def call(ready: Ready, plan: Plan, seen: Shown, row: str) -> Call:
    """What arrives at a row with the picture, and what it outputs."""

    def make() -> Call:
        admit_pictures(ready, plan)
        return call_of(ready.model, seen.prepared.tensor, row)

    return cached.result(("call", ready.key, seen.key, row), make, lambda made: made.nbytes)


def parts(ready: Ready, plan: Plan, seen: Shown, block: str) -> dict[str, np.ndarray]:
    """x, F(x), shortcut, sum and what leaves a block, each ``(C, H, W)``; a plain block has no shortcut and no sum."""

    def make() -> dict[str, np.ndarray]:
        admit_pictures(ready, plan)
        found = block_parts(ready.model, seen.prepared.tensor, block)
        named = {
            "x": found.x,
            "F(x)": found.residual,
            "shortcut": found.shortcut,
            "sum": found.total,
            "out": found.out,
        }
        return {name: part[0].numpy() for name, part in named.items() if part is not None}

    return cached.result(
        ("parts", ready.key, seen.key, block), make, lambda made: sum(part.nbytes for part in made.values())
    )


def ratios(ready: Ready, plan: Plan, seen: Shown) -> dict[str, float]:
    """‖F(x)‖ / ‖shortcut(x)‖ by block; empty in a plain network."""

    def make() -> dict[str, float]:
        admit_pictures(ready, plan)
        return {one.block: one.ratio for one in residual_ratios(ready.model, seen.prepared.tensor)}

    return cached.result(("ratios", ready.key, seen.key), make, lambda _: _SMALL)


def statistics(ready: Ready, plan: Plan, pictures: Sequence[Shown]) -> tuple[Measured, ...]:
    """Mean, spread, zeros and silent channels of every row, over several pictures in one batch."""

    def make() -> tuple[Measured, ...]:
        admit_pictures(ready, plan, pictures=len(pictures))
        batch = torch.cat([one.prepared.tensor for one in pictures])
        return tuple(
            Measured(row=plan.rows[one.layer], mean=one.mean, std=one.std, zeros=one.zeros, silent=one.silent_channels)
            for one in layer_statistics(ready.model, batch)
        )

    key = ("statistics", ready.key, *(one.key for one in pictures))
    return cached.result(key, make, lambda made: _SMALL * len(made))


def _passing(plan: Plan, device: str, unit: Work = MACS) -> str:
    """What is worked on, and that it takes long where it does."""
    slow = device == "cpu" and plan.macs > _SLOW_MACS
    long = f": {in_short(unit.of(plan.macs))} {unit.title}, a minute or more on a CPU" if slow else ""
    return f"The picture goes through the network{long}"
