"""Multiply-accumulates as torch itself counts them."""

from __future__ import annotations

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def flop_counter_macs(model: nn.Module, input_size: tuple[int, int]) -> dict[str, int]:
    """What ``torch.utils.flop_counter`` says, which counts two FLOPs each.

    Args:
        model: takes RGB pictures; on the ``meta`` device.
        input_size: height and width in pixels.

    Returns:
        By the module's dotted name, those that do any; the whole network under the empty name.
    """
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        model.eval()(torch.empty(1, 3, *input_size, device="meta"))
    counts = {name: sum(flops.values()) // 2 for name, flops in counter.get_flop_counts().items()}
    return {name.partition(".")[2]: count for name, count in counts.items() if name != "Global"}
