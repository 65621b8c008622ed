"""Learn: figures of single blocks, against torch and torchvision."""

from __future__ import annotations

import torch
import torchvision
from torch.nn import functional as F

from explorer.ui.learn.figures import blocks
from tests.ui.learn.opened import FILLED


def test_two_unpadded_convolutions_take_56_to_52_as_the_trap_says():
    sizes = [56]
    x = torch.zeros(1, 1, 56, 56)
    for _ in range(2):
        x = F.conv2d(x, torch.zeros(1, 1, 3, 3))
        sizes.append(x.shape[-1])
    so = FILLED["shapes"].traps[0].so
    assert "{} becomes {}, then {}".format(*sizes) in so
    assert F.conv2d(torch.zeros(1, 1, 56, 56), torch.zeros(1, 1, 3, 3), padding=1).shape[-1] == 56


def test_a_bottleneck_has_17_sixteenths_of_c_squared_and_a_basic_block_18():
    weights = [
        sum(row.params for row in block.trace.plan.layers if row.kind == "conv")
        for block in blocks.BASIC_AND_BOTTLENECK
    ]
    assert weights == [18 * 256**2, 17 * 256**2 // 16]
    made = torchvision.models.resnet.Bottleneck(256, 64)
    assert weights[1] == sum(p.numel() for name, p in made.named_parameters() if "conv" in name)
    assert 16.5 < weights[0] / weights[1] < 17.5


def test_channels_heap_up_by_concatenation_and_stay_by_addition():
    assert blocks.channels_behind("add", 8) == [64] * 9
    assert blocks.channels_behind("concat", 8) == [64 * (n + 1) for n in range(9)]


def test_the_printed_block_fails_for_its_padding_and_for_its_conv3d():
    unpadded, printed, mended = (blocks.attempt_of(case) for case in blocks.WRONG.values())
    assert unpadded.added == ((4, 64, 52, 52), (4, 64, 56, 56))
    assert "must match" in unpadded.error
    assert printed.failed is not None
    assert printed.failed.code_name == "conv3"
    assert mended.verdict == "right"
