"""What this machine reaches: a large matrix product, and a copy far larger than any cache."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from explorer.architecture.timed import FLOPS_PER_MAC, Precision, Rates
from explorer.labs.timing.clock import timed

_REPEATS, _SECONDS = 8, 0.6
_SIDE = {"cpu": 1024}
_SIDE_ELSEWHERE = 4096
_COPIED = {"cpu": 64 * 2**20}
_COPIED_ELSEWHERE = 512 * 2**20
TYPES: dict[Precision, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}
"""The type of number that a precision computes in."""


def rates(device: torch.device, precision: Precision) -> Rates:
    """The best of several runs of both.

    The product is a convolution of 1×1 on a square map: the same arithmetic that the network's convolutions are given
    (on some GPUs torch allows them fewer bits than a plain product).

    Args:
        device: where it is measured.
        precision: of the product.
    """
    side = _SIDE.get(device.type, _SIDE_ELSEWHERE)
    rows = int(side**0.5)
    maps = torch.ones(1, side, rows, side // rows, device=device, dtype=TYPES[precision])
    filters = torch.ones(side, side, 1, 1, device=device, dtype=TYPES[precision])
    product = timed(lambda: F.conv2d(maps, filters), device, repeats=_REPEATS, seconds=_SECONDS)
    size = _COPIED.get(device.type, _COPIED_ELSEWHERE)
    source = torch.zeros(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    copy = timed(lambda: target.copy_(source), device, repeats=_REPEATS, seconds=_SECONDS)
    return Rates(flops=FLOPS_PER_MAC * side**3 / min(product.seconds), copied_bytes=2 * size / min(copy.seconds))
