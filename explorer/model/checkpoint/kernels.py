"""The kernels of the first convolution, and which of them are nearly the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from torch import Tensor

ALIKE = 0.99
"""From this |cosine| on two kernels are called alike."""
_COLOURS = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Alike:
    """Two kernels of nearly the same direction.

    Attributes:
        first: output channel of one, counted from 0.
        second: of the other, which is larger.
        cosine: of the angle between them, −1 where one is the negative of the other.
    """

    first: int
    second: int
    cosine: float


@dataclass(frozen=True, eq=False, kw_only=True)
class FirstKernels:
    """The first convolution's kernels.

    Attributes:
        layer: its name.
        weights: ``(out, in, k, k)``.
        alike: pairs of kernels of nearly the same direction, the nearest first.
    """

    layer: str
    weights: np.ndarray
    alike: tuple[Alike, ...]


def first_kernels(tensors: Mapping[str, Tensor]) -> FirstKernels | None:
    """The kernels of the first convolution: the first on three channels, or the first of all; None without any.

    Args:
        tensors: by name.
    """
    convolutions = {
        name: tensor
        for name, tensor in tensors.items()
        if name.endswith(".weight") and tensor.ndim == 4 and tensor.numel()
    }
    if not convolutions:
        return None
    on_colours = (name for name, tensor in convolutions.items() if tensor.shape[1] == _COLOURS)
    name = next(on_colours, next(iter(convolutions)))
    weights = convolutions[name].float().numpy()
    return FirstKernels(layer=name.removesuffix(".weight"), weights=weights, alike=alike(weights))


def alike(weights: np.ndarray) -> tuple[Alike, ...]:
    """Pairs of kernels whose |cosine| is above ``ALIKE``, each taken as one long vector; the nearest first.

    Kernels that are 0 or not finite have no direction and are left out.

    Args:
        weights: ``(out, in, k, k)``.
    """
    flat = weights.reshape(len(weights), -1).astype(np.float64)
    lengths = np.linalg.norm(flat, axis=1)
    known = np.flatnonzero(np.isfinite(lengths) & (lengths > 0))
    directions = flat[known] / lengths[known, None]
    cosines = np.triu(directions @ directions.T, k=1)
    pairs = [
        Alike(first=int(known[row]), second=int(known[column]), cosine=float(cosines[row, column]))
        for row, column in np.argwhere(np.abs(cosines) > ALIKE)
    ]
    return tuple(sorted(pairs, key=lambda pair: -abs(pair.cosine)))
