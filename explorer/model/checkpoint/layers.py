"""Named tensors -> the layers that they are of, told by names and shapes alone: no network has to be known for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import init

from explorer.model.batchnorm import NormState

_WEIGHT = ".weight"
_NORM_EPS = 1e-5  # torch's, which no file of weights holds


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The weights of one convolution or linear layer in numbers, those that are NaN or infinite left out.

    Attributes:
        layer: its name, without ``.weight``.
        shape: of the weights: ``(out, in / groups, k, k)`` or ``(out, in)``.
        zeros: how many are exactly 0.
        smallest: the smallest.
        largest: the largest.
        deviation: their standard deviation.
        start: the deviation that random weights have: of a convolution √(2 / fan-out), as He et al. 2015
            (arXiv 1502.01852) and torchvision's ResNets draw them, of a linear layer 1 / √(3 · fan-in), torch's own.
    """

    layer: str
    shape: tuple[int, ...]
    zeros: int
    smallest: float
    largest: float
    deviation: float
    start: float

    @property
    def weights(self) -> int:
        """How many there are."""
        return math.prod(self.shape)

    @property
    def zeros_share(self) -> float:
        """Share of the weights that are exactly 0."""
        return self.zeros / self.weights

    @property
    def ratio(self) -> float:
        """How many times as far spread they are as at the start."""
        return self.deviation / self.start


def layer_of(tensor: str) -> str:
    """The layer that a tensor's name begins with: ``layer1.0.bn1`` of ``layer1.0.bn1.running_mean``."""
    return tensor.rpartition(".")[0]


def all_finite(tensor: Tensor) -> bool:
    """Whether no value is NaN or infinite: both survive min and max, which need no tensor of a million answers."""
    return not tensor.numel() or all(math.isfinite(end) for end in tensor.aminmax())


def spreads(tensors: Mapping[str, Tensor]) -> tuple[Spread, ...]:
    """The convolutions and linear layers: what has a weight of two dimensions or more.

    Args:
        tensors: by name.

    Returns:
        In the order of the tensors.
    """
    return tuple(_spread(layer_of(name), tensor) for name, tensor in tensors.items() if _is_weighted(name, tensor))


def norms(tensors: Mapping[str, Tensor]) -> tuple[NormState, ...]:
    """The norms: what has a γ and a β of one dimension, with running statistics or without.

    Args:
        tensors: by name.

    Returns:
        In the order of the tensors.
    """
    found = []
    for name, gamma in tensors.items():
        layer = layer_of(name)
        beta = tensors.get(f"{layer}.bias")
        if name.endswith(_WEIGHT) and gamma.ndim == 1 and beta is not None and beta.shape == gamma.shape:
            found.append(_norm(layer, tensors))
    return tuple(found)


def _is_weighted(name: str, tensor: Tensor) -> bool:
    return name.endswith(_WEIGHT) and tensor.ndim >= 2 and tensor.numel() > 0 and tensor.is_floating_point()


def _spread(layer: str, weight: Tensor) -> Spread:
    known, (smallest, largest) = weight, weight.aminmax()
    if not (smallest.isfinite() and largest.isfinite()):
        known = weight[torch.isfinite(weight)]
        known = known if known.numel() else torch.zeros(1)
        smallest, largest = known.aminmax()
    fan_in, fan_out = init._calculate_fan_in_and_fan_out(weight)
    return Spread(
        layer=layer,
        shape=tuple(weight.shape),
        zeros=weight.numel() - int(weight.count_nonzero()),
        smallest=float(smallest),
        largest=float(largest),
        deviation=float(known.std(correction=0)),
        start=math.sqrt(2 / fan_out) if weight.ndim > 2 else 1 / math.sqrt(3 * fan_in),
    )


def _norm(layer: str, tensors: Mapping[str, Tensor]) -> NormState:
    def numbers(part: str) -> np.ndarray | None:
        there = tensors.get(f"{layer}.{part}")
        return None if there is None else there.double().numpy()

    gamma, beta = numbers("weight"), numbers("bias")
    assert gamma is not None
    assert beta is not None
    counter = tensors.get(f"{layer}.num_batches_tracked")
    running = numbers("running_var")
    return NormState(
        layer=layer,
        kind="group" if running is None else "batch",
        gamma=gamma,
        beta=beta,
        running_mean=numbers("running_mean"),
        running_var=running,
        num_batches_tracked=None if counter is None else int(counter),
        eps=_NORM_EPS,
        momentum=None,
    )
