"""Parameters and MACs of a ResNet's first convolution."""

import torch
from torch import nn

kernel, given, made, stride, side = 7, 3, 64, 2, 224
conv = nn.Conv2d(given, made, kernel, stride, padding=kernel // 2, bias=False)

params = kernel**2 * given * made
print(params)  # 9408
print(sum(p.numel() for p in conv.parameters()))  # 9408

leaving = conv(torch.zeros(1, given, side, side)).shape[-1]
print(leaving)  # 112
print(params * leaving**2)  # 118013952
