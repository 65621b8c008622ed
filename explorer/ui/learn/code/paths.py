from itertools import product

import torch

torch.manual_seed(0)
blocks = [torch.randn(5, 5) / 5 for _ in range(4)]  # F(x) = W x, so that paths add up exactly
x = torch.randn(5)

y = x
for weight in blocks:
    y = y + weight @ y  # the residual network

ways = list(product((False, True), repeat=len(blocks)))  # through F, or past it
along = torch.zeros(5)
for way in ways:
    signal = x
    for weight, through in zip(blocks, way, strict=True):
        signal = weight @ signal if through else signal
    along += signal

print(len(ways))  # 16
print([sum(sum(way) == length for way in ways) for length in range(5)])  # [1, 4, 6, 4, 1]
print(torch.allclose(y, along, atol=1e-5))  # True
