"""A residual block whose input and output have the same shape."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        f = torch.relu(self.bn1(self.conv1(x)))
        f = self.bn2(self.conv2(f))
        return torch.relu(f + x)


block = Block(64)
print(tuple(block(torch.randn(1, 64, 56, 56)).shape))  # (1, 64, 56, 56)
print(sum(p.numel() for p in block.parameters()))  # 73984: "+ x" adds none
