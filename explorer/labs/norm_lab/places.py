"""A norm before the activation, after it, and none at all: how the values are spread at each place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.errors import LabError
from explorer.labs.data.data import load_data
from explorer.model.precision import in_double

Order = Literal["before", "after", "none"]
Step = Literal["convolution", "norm", "ReLU"]

ORDERS: dict[Order, tuple[Step, ...]] = {
    "before": ("convolution", "norm", "ReLU"),
    "after": ("convolution", "ReLU", "norm"),
    "none": ("convolution", "ReLU"),
}
WIDTH = 16
PICTURES = 64
MOST_LAYERS = 50


@dataclass(frozen=True, eq=False, kw_only=True)
class Place:
    """The values after one step of one layer.

    Attributes:
        layer: counted from 1.
        step: after which.
        zeros: share of the values that are 0.
        mean: of all values.
        std: their standard deviation.
        values: all of them for the layer that was asked for, ``(N, C, H, W)``; else None.
    """

    layer: int
    step: Step
    zeros: float
    mean: float
    std: float
    values: np.ndarray | None


def norm_places(layer: int, *, layers: int = 20, seed: int = 0) -> dict[Order, tuple[Place, ...]]:
    """Digits through a stack of 3×3 convolutions of 16 channels, with the same weights in every order.

    The weights are Kaiming's (normal, variance 2 / (9·outputs)), the norms as they start, γ = 1 and β = 0, with the
    batch's statistics.

    Args:
        layer: whose values are kept, from 1 to ``layers``.
        layers: how many there are.
        seed: of the weights.

    Returns:
        By order every step of every layer.

    Raises:
        LabError: there is no such layer, or too many.
    """
    if not 1 <= layers <= MOST_LAYERS or not 1 <= layer <= layers:
        raise LabError(f"There are 1 to {MOST_LAYERS} layers, one of them is looked at: {layer} of {layers} is none.")
    data = load_data("digits")
    images = data.as_input(data.test_pixels[:PICTURES])
    weights = kaiming_stack(layers, seed)
    return {order: _through(images, weights, steps, layer) for order, steps in ORDERS.items()}


def kaiming_stack(layers: int, seed: int) -> tuple[Tensor, ...]:
    """The weights of the convolutions, ``(16, C, 3, 3)`` each."""
    generator = torch.Generator().manual_seed(seed)
    weights = [torch.empty(WIDTH, 1 if number == 0 else WIDTH, 3, 3) for number in range(layers)]
    for weight in weights:
        nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu", generator=generator)
    return tuple(weights)


def _through(x: Tensor, weights: tuple[Tensor, ...], steps: tuple[Step, ...], kept: int) -> tuple[Place, ...]:
    places = []
    for number, weight in enumerate(weights, start=1):
        for step in steps:
            x = _step(x, step, weight)
            places.append(_place(x, number, step, keep=number == kept))
    return tuple(places)


def _step(x: Tensor, step: Step, weight: Tensor) -> Tensor:
    match step:
        case "convolution":
            return F.conv2d(x, weight, padding=1)
        case "norm":
            return F.batch_norm(x, None, None, training=True)
        case "ReLU":
            return F.relu(x)


def _place(x: Tensor, layer: int, step: Step, *, keep: bool) -> Place:
    values = in_double(x)
    mean = float(values.mean())
    return Place(
        layer=layer,
        step=step,
        zeros=float(in_double(x == 0).mean()),
        mean=mean,
        std=math.sqrt(float(((values - mean) ** 2).mean())),
        values=x.numpy().copy() if keep else None,
    )
