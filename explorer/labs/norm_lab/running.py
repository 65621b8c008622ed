"""A norm's arithmetic in double precision: batch statistics, running statistics update by update, both modes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.errors import LabError

Kind = Literal["batch", "instance"]
EPS = 1e-5
GAMMA, BETA = np.array([2.0, 0.5]), np.array([1.0, -1.0])
"""What the small example has: two channels."""
EXAMPLE_SHAPE = (2, 2, 2, 2)


@dataclass(frozen=True, eq=False, kw_only=True)
class Update:
    """The running statistics after some batches; every array is ``(C,)``.

    Attributes:
        update: how many batches went in; 0 is the start.
        weight: of the new batch: the momentum, or 1 / update for the average of all; NaN at the start.
        mean: of the new batch; of an instance norm averaged over the pictures. NaN at the start.
        var: divided by the number of values.
        var_unbiased: divided by one less.
        running_mean: ``(1 − weight)·running_mean + weight·mean``.
        running_var: likewise with ``var_unbiased``, as torch does.
        running_var_biased: likewise with ``var``, which is a mistake.
    """

    update: int
    weight: float
    mean: np.ndarray
    var: np.ndarray
    var_unbiased: np.ndarray
    running_mean: np.ndarray
    running_var: np.ndarray
    running_var_biased: np.ndarray


def statistics(x: np.ndarray, *, kind: Kind = "batch") -> tuple[np.ndarray, np.ndarray, int]:
    """Mean and variance of what is normalised together, the variance divided by the number of values.

    Args:
        x: ``(N, C, H, W)``.
        kind: a channel of all pictures together, or of each picture by itself.

    Returns:
        Both of shape ``(1, C, 1, 1)`` or ``(N, C, 1, 1)``, and how many values each is taken over.
    """
    axes = (0, 2, 3) if kind == "batch" else (2, 3)
    mean = x.mean(axis=axes, keepdims=True)
    return mean, ((x - mean) ** 2).mean(axis=axes, keepdims=True), x.size // mean.size


def train_output(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, *, kind: Kind = "batch") -> np.ndarray:
    """What a norm outputs in train mode: ``γ·(x − μ) / √(σ² + ε) + β``.

    Args:
        x: ``(N, C, H, W)``.
        gamma: ``(C,)``.
        beta: ``(C,)``.
        kind: which norm.
    """
    mean, var, _ = statistics(x, kind=kind)
    return _scaled((x - mean) / np.sqrt(var + EPS), gamma, beta)


def eval_output(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    *,
    running_mean: np.ndarray,
    running_var: np.ndarray,
) -> np.ndarray:
    """What a norm outputs in eval mode, with running statistics ``(C,)`` in place of the batch's."""
    return _scaled((x - _wide(running_mean)) / np.sqrt(_wide(running_var) + EPS), gamma, beta)


def running_updates(
    batches: Sequence[np.ndarray], *, momentum: float | None = 0.1, kind: Kind = "batch"
) -> tuple[Update, ...]:
    """The running statistics from their start, mean 0 and variance 1, batch by batch.

    Args:
        batches: ``(N, C, H, W)`` each, in order.
        momentum: weight of a new batch; None for the average of all batches, which torch's instance norm has not.
        kind: which norm.

    Returns:
        The start and what stands after every batch.

    Raises:
        LabError: a momentum outside 0 to 1, an average of all for an instance norm, or a single value to take the
            variance of.
    """
    if momentum is None and kind == "instance":
        raise LabError("torch's instance norm counts no batches, so it has no average of all: set a momentum.")
    if momentum is not None and not 0 <= momentum <= 1:
        raise LabError(f"The momentum is {momentum:g}; it must be from 0 to 1.")
    channels = batches[0].shape[1] if batches else 0
    nothing = np.full(channels, np.nan)
    last = Update(
        update=0,
        weight=float("nan"),
        mean=nothing,
        var=nothing,
        var_unbiased=nothing,
        running_mean=np.zeros(channels),
        running_var=np.ones(channels),
        running_var_biased=np.ones(channels),
    )
    done = [last]
    for number, x in enumerate(batches, start=1):
        last = _updated(last, x, 1 / number if momentum is None else momentum, kind)
        done.append(last)
    return tuple(done)


def _updated(last: Update, x: np.ndarray, weight: float, kind: Kind) -> Update:
    each_mean, each_var, count = statistics(x, kind=kind)
    if count < 2:
        raise LabError("A single value has no variance: take more pictures or larger maps.")
    mean, var = (values.mean(axis=(0, 2, 3)) for values in (each_mean, each_var))
    unbiased = var * count / (count - 1)

    def moved(running: np.ndarray, new: np.ndarray) -> np.ndarray:
        return (1 - weight) * running + weight * new

    return Update(
        update=last.update + 1,
        weight=weight,
        mean=mean,
        var=var,
        var_unbiased=unbiased,
        running_mean=moved(last.running_mean, mean),
        running_var=moved(last.running_var, unbiased),
        running_var_biased=moved(last.running_var_biased, var),
    )


def _scaled(normalised: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> np.ndarray:
    return _wide(gamma) * normalised + _wide(beta)


def _wide(per_channel: np.ndarray) -> np.ndarray:
    return np.asarray(per_channel, dtype=np.float64).reshape(1, -1, 1, 1)
