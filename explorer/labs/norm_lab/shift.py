"""What arrives at a layer while the network learns, with norm and without: "internal covariate shift"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.block_spec import Norm
from explorer.architecture.describe import describe
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch
from explorer.labs.training.pictures import data_of
from explorer.labs.training.sets import digit_net
from explorer.labs.training.state import fill
from explorer.labs.training.train import train
from explorer.model.build import NetworkModule, build
from explorer.model.forward import run
from explorer.model.precision import in_double

DEPTH = 8
LAYERS = ("layer1.0.relu1", "layer2.0.relu1", "layer3.0.relu1")
"""The first activation of every stage: what arrives there comes straight from a norm, or from the convolution."""
LEARNING_RATE = 0.2
PICTURES = 256
_PERCENTILES = (15, 50, 85)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What arrives at a layer after an epoch; the same pictures every time.

    Attributes:
        epoch: 0 is before training.
        low: the 15th percentile of all values.
        median: the 50th.
        high: the 85th.
        mean: of all values.
        std: their standard deviation.
        shift: mean over the channels of |μ − μ before| / σ before, against the epoch before; NaN at epoch 0.
    """

    epoch: int
    low: float
    median: float
    high: float
    mean: float
    std: float
    shift: float


@dataclass(frozen=True, kw_only=True)
class ShiftRun:
    """A network that learned.

    Attributes:
        norm: batch or none.
        train_losses: by epoch, from epoch 0 on.
        test_errors: by epoch, 0 to 1.
        inputs: by layer, an entry per epoch.
    """

    norm: Norm
    train_losses: tuple[float, ...]
    test_errors: tuple[float, ...]
    inputs: dict[str, tuple[Inputs, ...]]


def shift_config(norm: Norm, *, epochs: int = 5, seed: int = 0) -> RunConfig:
    """The run: residual-8 on the digits with a learning rate at which it learns without a norm too."""
    return RunConfig(spec=digit_net(DEPTH, norm=norm), epochs=epochs, seed=seed, learning_rate=LEARNING_RATE)


def input_shift(norm: Norm, *, epochs: int = 5, seed: int = 0) -> ShiftRun:
    """Train a small network and look at what arrives at its layers after every epoch, in train mode.

    Args:
        norm: of the network.
        epochs: how often every picture is seen, at least 1.
        seed: of weights and order.
    """
    config = shift_config(norm, epochs=epochs, seed=seed)
    ends = [event for event in train(config) if isinstance(event, Epoch)]
    data = data_of(config)
    images = data.as_input(data.train_pixels[:PICTURES])
    model = build(describe(config.spec), device="cpu")
    inputs: dict[str, list[Inputs]] = {layer: [] for layer in LAYERS}
    before: dict[str, Tensor] = {}
    for end in ends:
        fill(model, end.weights)
        arriving = _arriving(model, images)
        for layer, values in arriving.items():
            inputs[layer].append(_inputs(end.epoch, values, before.get(layer)))
        before = arriving
    return ShiftRun(
        norm=norm,
        train_losses=tuple(end.train_loss for end in ends),
        test_errors=tuple(end.test_error for end in ends),
        inputs={layer: tuple(found) for layer, found in inputs.items()},
    )


def _arriving(model: NetworkModule, images: Tensor) -> dict[str, Tensor]:
    """What arrives at the layers, ``(C, values)`` each, in float64."""
    found: dict[str, Tensor] = {}

    def keep(name: str, arriving: tuple[Tensor, ...], _output: Tensor) -> None:
        if name in LAYERS:
            found[name] = in_double(arriving[0].transpose(0, 1).flatten(1))

    run(model, images, keep, mode="train")
    return found


def _inputs(epoch: int, values: Tensor, before: Tensor | None) -> Inputs:
    low, median, high = np.percentile(values.numpy(), _PERCENTILES).tolist()
    shift = float("nan")
    if before is not None:
        deviation, mean = torch.std_mean(before, dim=1, correction=0)
        shift = float(((values.mean(1) - mean).abs() / deviation.clamp(min=1e-12)).mean())
    return Inputs(
        epoch=epoch,
        low=low,
        median=median,
        high=high,
        mean=float(values.mean()),
        std=float(values.std(correction=0)),
        shift=shift,
    )
