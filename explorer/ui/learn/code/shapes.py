"""A residual block that may change the shape, and two checks of it."""

import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, given, made, stride=1):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(given, made, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(made),
            nn.ReLU(),
            nn.Conv2d(made, made, 3, padding=1, bias=False),
            nn.BatchNorm2d(made),
        )
        self.shortcut = nn.Identity()
        if stride > 1 or given != made:
            self.shortcut = nn.Conv2d(given, made, 1, stride, bias=False)

    def forward(self, x):
        return torch.relu(self.main(x) + self.shortcut(x))


x = torch.randn(4, 3, 6, 6)
print(tuple(Residual(3, 3)(x).shape))  # (4, 3, 6, 6)
print(tuple(Residual(3, 6, stride=2)(x).shape))  # (4, 6, 3, 3)
