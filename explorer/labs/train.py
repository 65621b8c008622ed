"""A training run: a plain generator of steps and epochs, the same for a page, a test and the terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.labs.config import RunConfig


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the optimiser.

    Attributes:
        epoch: counted from 1.
        step: within the epoch, counted from 1.
        steps: of the epoch.
        loss: cross-entropy of the batch before the step; NaN stays NaN.
        gradient_norm: Euclidean norm of the gradient of all parameters that learn.
    """

    epoch: int
    step: int
    steps: int
    loss: float
    gradient_norm: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Epoch:
    """What stands at the end of an epoch; epoch 0 is before training."""

    epoch: int
    epochs: int
    train_loss: float
    train_error: float
    test_error: float
    gradient_norm: float
    seconds: float
    weights: dict[str, np.ndarray]
    block_ratios: dict[str, float]


def train(
    config: RunConfig,
    *,
    start: Mapping[str, np.ndarray] | None = None,
    trainable: Collection[str] | None = None,
) -> Iterator[Step | Epoch]:
    """Carry out a run, step by step."""
    raise NotImplementedError
