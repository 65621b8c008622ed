"""What the page asks of the model, each thing kept for the next run; no model is changed by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.model.batchnorm import (
    BatchStatistics,
    NormState,
    batch_statistics,
    before_after,
    norm_states,
)
from explorer.model.folding import folded
from explorer.model.guard import Mode
from explorer.model.norm_findings import Finding, Thresholds, findings
from explorer.ui import cached
from explorer.ui.batchnorm.batch import Batch
from explorer.ui.batchnorm.source import Source
from explorer.ui.models import admit_pictures

# Of a norm whose values take more than this, one channel is kept at a time.
_WHOLE_BYTES = 100_000_000
# What a convolution, its input, the shortcut that waits and the copies for this page take, in maps of the largest row.
_MAPS_AT_ONCE = 6
_NUMBER = 8


@dataclass(frozen=True, eq=False, kw_only=True)
class Values:
    """The values of one channel, ``(N, H, W)`` each, and of the channels that it is normalised with.

    Attributes:
        before: what arrives.
        after: what the norm outputs.
        together: what arrives at all channels of its group, ``(N, G, H, W)``; of other norms its own.
    """

    before: np.ndarray
    after: np.ndarray
    together: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class Gap:
    """How far apart train and eval mode are, per channel ``(C,)``, over the whole batch.

    Attributes:
        mean: average distance.
        largest: largest distance.
    """

    mean: np.ndarray
    largest: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Fold:
    """What a norm folded into the convolution before it comes to.

    Attributes:
        conv: the convolution's row.
        weights: how many weights a channel of it has.
        biases: its new bias per channel.
        largest_difference: between the two outputs, over the whole batch and all channels.
        largest_output: the largest magnitude of the norm's output.
    """

    conv: str
    weights: int
    biases: tuple[float, ...]
    largest_difference: float
    largest_output: float


def states(source: Source) -> dict[str, NormState]:
    """What every norm holds, by name in order."""
    return cached.result(
        ("norm states", source.ready.key),
        lambda: {state.layer: state for state in norm_states(source.ready.model)},
        lambda made: sum(5 * _NUMBER * state.channels for state in made.values()),
    )


def found(source: Source, batch: Batch | None, thresholds: Thresholds) -> tuple[Finding, ...]:
    """What is unusual; without a batch nothing is compared with one."""

    def make() -> tuple[Finding, ...]:
        with _passing(source, batch):
            return findings(source.ready.model, None if batch is None else batch.images, thresholds)

    key = ("findings", source.ready.key, batch and batch.key, thresholds)
    return cached.result(key, make, lambda made: 200 * len(made))


def statistics(source: Source, batch: Batch, mode: Mode) -> dict[str, BatchStatistics]:
    """Mean and variance of what arrives at every norm."""

    def make() -> dict[str, BatchStatistics]:
        with _passing(source, batch):
            return batch_statistics(source.ready.model, batch.images, mode=mode)

    return cached.result(
        ("norm statistics", source.ready.key, batch.key, mode),
        make,
        lambda made: sum(3 * one.mean.nbytes + 2 * one.channel_mean.nbytes for one in made.values()),
    )


def values(source: Source, batch: Batch, layer: str, channel: int, mode: Mode) -> Values:
    """What arrives at one channel of a norm and what it outputs."""
    op = source.plan.rows[layer].op
    size = op.channels_out // op.groups if op.norm == "group" else 1
    first = channel // size * size
    group = slice(first, first + size)
    if _fits(source, batch, layer):
        before, after = _both(source, batch, layer, mode, slice(None))
        return Values(before=before[:, channel], after=after[:, channel], together=before[:, group])
    before, after = _both(source, batch, layer, mode, group)
    return Values(before=before[:, channel - first], after=after[:, channel - first], together=before)


def gap(source: Source, batch: Batch, layer: str) -> Gap:
    """How far the outputs of both modes are apart."""

    def outputs(mode: Mode) -> np.ndarray:
        if _fits(source, batch, layer):
            return _both(source, batch, layer, mode, slice(None))[1]
        with _passing(source, batch):
            return before_after(source.ready.model, batch.images, layer, mode=mode).after.numpy()

    def make() -> Gap:
        distance = np.abs(outputs("train") - outputs("eval"))
        return Gap(mean=distance.mean(axis=(0, 2, 3)), largest=distance.max(axis=(0, 2, 3)))

    return cached.result(
        ("norm gap", source.ready.key, batch.key, layer), make, lambda made: made.mean.nbytes + made.largest.nbytes
    )


def fold(source: Source, batch: Batch, layer: str) -> Fold:
    """The norm folded into the convolution before it, held against the two of them.

    Raises:
        ExplorerError: when there is nothing to fold, or nothing to fold it into.
    """

    def make() -> Fold:
        with _passing(source, batch):
            made = folded(source.ready.model, batch.images, layer)
        return Fold(
            conv=made.conv,
            weights=made.weight[0].numel(),
            biases=tuple(made.bias.tolist()),
            largest_difference=made.largest_difference,
            largest_output=float(made.output.abs().max()),
        )

    return cached.result(
        ("fold", source.ready.key, batch.key, layer), make, lambda made: 4 * _NUMBER * len(made.biases)
    )


def _fits(source: Source, batch: Batch, layer: str) -> bool:
    """Whether all channels of a norm are kept at once."""
    return 2 * len(batch) * source.plan.rows[layer].activation_bytes <= _WHOLE_BYTES


def _both(source: Source, batch: Batch, layer: str, mode: Mode, channels: slice) -> tuple[np.ndarray, np.ndarray]:
    """What arrives at some channels of a norm and what it outputs, ``(N, channels, H, W)`` each."""

    def make() -> tuple[np.ndarray, np.ndarray]:
        with _passing(source, batch):
            both = before_after(source.ready.model, batch.images, layer, mode=mode)
        return both.before[:, channels].numpy().copy(), both.after[:, channels].numpy().copy()

    key = ("norm values", source.ready.key, batch.key, layer, mode, channels.start)
    return cached.result(key, make, lambda made: sum(part.nbytes for part in made))


@contextmanager
def _passing(source: Source, batch: Batch | None) -> Iterator[None]:
    """Refuse before anything runs what the device has no room for, then say what runs for how long."""
    if batch is None:
        yield
        return
    largest = max(row.activation_bytes for row in source.plan.layers)
    admit_pictures(source.ready, source.plan, pictures=len(batch), picture_bytes=_MAPS_AT_ONCE * largest)
    with st.spinner(f"{len(batch)} picture{'s' if len(batch) > 1 else ''} through the network", show_time=True):
        yield
