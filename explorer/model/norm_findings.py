"""What is unusual about a network's norms, a finding per channel."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from torch import Tensor

from explorer.model.batchnorm import BatchStatistics, NormState, batch_statistics, norm_states
from explorer.model.build import ObservableModule
from explorer.model.guard import exclusive

Problem = Literal[
    "never updated",
    "non-finite",
    "negative variance",
    "tiny variance",
    "near-zero γ",
    "mean far from batch",
    "variance far from batch",
]


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From which value on a channel is a finding.

    Attributes:
        tiny_variance: a running variance below this; at 1e-5 it is as small as ε, which then sets the scale.
        near_zero_gamma: an absolute γ below this: the channel outputs its β, whatever arrives.
        far_mean: running and batch mean more than this many running standard deviations apart.
        far_variance: running and batch variance different by more than this factor.
    """

    tiny_variance: float = 1e-5
    near_zero_gamma: float = 1e-3
    far_mean: float = 1.0
    far_variance: float = 4.0


@dataclass(frozen=True)
class Finding:
    """Something unusual about a channel.

    Attributes:
        layer: the norm's row.
        channel: counted from 0; None when it is true of the whole norm.
        problem: what it is.
        value: the number that was looked at: the variance, γ, the distance in standard deviations, the factor, the
            batches seen, or the first number of the channel that is not finite.
        threshold: what it was held against; None where there is nothing to set.
    """

    layer: str
    channel: int | None
    problem: Problem
    value: float
    threshold: float | None


def findings(
    model: ObservableModule, images: Tensor | None = None, thresholds: Thresholds | None = None
) -> tuple[Finding, ...]:
    """What is unusual about the norms.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``; the running statistics are held against what they bring to each norm in eval mode.
            None leaves that out.
        thresholds: from where on; None takes the usual ones.

    Returns:
        Norm by norm in the order of the plan, problem by problem, channel by channel.

    Raises:
        InputSizeError: when the network cannot take such pictures.
    """
    limits = thresholds or Thresholds()
    with exclusive(model):
        states = norm_states(model)
        batch = {} if images is None else batch_statistics(model, images, mode="eval")
    found: list[Finding] = []
    for state in states:
        found += of_state(state, limits)
        if state.layer in batch:
            found += _against_batch(state, batch[state.layer], limits)
    return tuple(found)


def is_never_updated(state: NormState) -> bool:
    """Whether no batch ever went into the running statistics.

    The counter alone does not tell: torch's instance norm does not count, and torchvision's older weights have none.
    """
    if state.running_mean is None or state.running_var is None or state.num_batches_tracked:
        return False
    return not state.running_mean.any() and bool((state.running_var == 1).all())


def of_state(state: NormState, limits: Thresholds) -> Iterator[Finding]:
    """What is unusual about the numbers that a norm holds, problem by problem, channel by channel."""
    if is_never_updated(state):
        yield Finding(state.layer, None, "never updated", 0, None)
    held = [state.gamma, state.beta, state.running_mean, state.running_var]
    numbers = np.stack([per_channel for per_channel in held if per_channel is not None])
    for channel in np.flatnonzero(~np.isfinite(numbers).all(axis=0)):
        wrong = numbers[:, channel]
        yield Finding(state.layer, int(channel), "non-finite", float(wrong[~np.isfinite(wrong)][0]), None)
    if state.running_var is not None:
        yield from _below(state.layer, "negative variance", state.running_var, 0)
        variance = np.where(state.running_var < 0, np.inf, state.running_var)
        yield from _below(state.layer, "tiny variance", variance, limits.tiny_variance)
    yield from _below(state.layer, "near-zero γ", np.abs(state.gamma), limits.near_zero_gamma)


def _against_batch(state: NormState, batch: BatchStatistics, limits: Thresholds) -> Iterator[Finding]:
    if state.running_mean is None or state.running_var is None:
        return
    running_var, batch_var = state.running_var + state.eps, batch.channel_var + state.eps
    distance = np.abs(state.running_mean - batch.channel_mean) / np.sqrt(running_var)
    factor = np.maximum(running_var / batch_var, batch_var / running_var)
    yield from _above(state.layer, "mean far from batch", distance, limits.far_mean)
    yield from _above(state.layer, "variance far from batch", factor, limits.far_variance)


def _below(layer: str, problem: Problem, values: np.ndarray, limit: float) -> Iterator[Finding]:
    for channel in np.flatnonzero(values < limit):
        yield Finding(layer, int(channel), problem, float(values[channel]), limit)


def _above(layer: str, problem: Problem, values: np.ndarray, limit: float) -> Iterator[Finding]:
    for channel in np.flatnonzero(values > limit):
        yield Finding(layer, int(channel), problem, float(values[channel]), limit)
