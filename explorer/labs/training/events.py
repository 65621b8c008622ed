"""What a training run yields: steps, and what stands at the end of an epoch; plain numbers, no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the optimiser.

    Attributes:
        epoch: counted from 1.
        step: within the epoch, counted from 1.
        steps: of the epoch.
        loss: cross-entropy of the batch before the step, in nats; NaN stays NaN.
        gradient_norm: Euclidean norm of the gradient of all parameters that learn.
    """

    epoch: int
    step: int
    steps: int
    loss: float
    gradient_norm: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Epoch:
    """What stands at the end of an epoch; epoch 0 is before training.

    Attributes:
        epoch: 0 to ``epochs``.
        epochs: of the run.
        train_loss: mean of the epoch's steps, each before it was taken, with the norms in train mode; at epoch 0 of the
            first batch alone.
        train_error: share of the same pictures that were named wrongly, 0 to 1.
        test_error: share of the held-out pictures that are named wrongly in eval mode, 0 to 1.
        gradient_norm: mean of the epoch's steps; at epoch 0 of the first batch.
        seconds: from the end of the epoch before, on the clock.
        weights: parameters and buffers by name, copies.
        block_ratios: ‖F(x)‖ / ‖shortcut(x)‖ of every block with a shortcut, on held-out pictures in eval mode.
    """

    epoch: int
    epochs: int
    train_loss: float
    train_error: float
    test_error: float
    gradient_norm: float
    seconds: float
    weights: dict[str, np.ndarray]
    block_ratios: dict[str, float]
