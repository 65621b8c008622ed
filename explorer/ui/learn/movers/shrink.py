"""What two convolutions make of a small map, for the mover that shrinks their weights."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

CHANNELS, SIDE = 3, 6


def data() -> dict[str, Any]:
    """The maps x and F(x), first channel, for an x of both signs and for one that is not negative."""
    weights, x = drawn()
    return {"signed": _through(weights, x), "positive": _through(weights, x.abs())}


def drawn() -> tuple[list[torch.Tensor], torch.Tensor]:
    """Weights of two 3×3 convolutions of three channels, drawn as for ReLUs, and x of shape (1, 3, 6, 6)."""
    random = torch.Generator().manual_seed(0)
    scale = (2 / (9 * CHANNELS)) ** 0.5
    weights = [scale * torch.randn(CHANNELS, CHANNELS, 3, 3, generator=random) for _ in range(2)]
    return weights, torch.randn(1, CHANNELS, SIDE, SIDE, generator=random)


def _through(weights: list[torch.Tensor], x: torch.Tensor) -> dict[str, Any]:
    first, second = weights
    change = F.conv2d(F.conv2d(x, first, padding=1).relu(), second, padding=1)
    return {"x": x[0, 0].tolist(), "change": change[0, 0].tolist()}
