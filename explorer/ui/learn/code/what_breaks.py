"""A block that can be built wrong, and what PyTorch says."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(
        self,
        given,
        made,
        stride=1,
        padding=1,
        projection=False,
        shortcut_stride=None,
    ):
        super().__init__()
        self.conv1 = nn.Conv2d(given, made, 3, stride, padding)
        self.conv2 = nn.Conv2d(made, made, 3, 1, padding)
        self.shortcut = nn.Identity()
        if projection:
            self.shortcut = nn.Conv2d(given, made, 1, shortcut_stride or stride)

    def forward(self, x):
        f = self.conv2(torch.relu(self.conv1(x)))
        return torch.relu(f + self.shortcut(x))


def attempt(block):
    try:
        return tuple(block(torch.randn(2, 64, 56, 56)).shape)
    except RuntimeError as error:
        return str(error).removeprefix("The size of tensor ")


print(attempt(Block(64, 64, padding=0)))
# a (52) must match the size of tensor b (56) at non-singleton dimension 3
print(attempt(Block(64, 128)))
# a (128) must match the size of tensor b (64) at non-singleton dimension 1
print(attempt(Block(64, 128, stride=2, projection=True)))
# (2, 128, 28, 28): it runs
