"""Two layers whose weights are all 0, without and with a shortcut."""

import torch
from torch import nn

first = nn.Conv2d(3, 3, 3, padding=1)
second = nn.Conv2d(3, 3, 3, padding=1)
main = nn.Sequential(first, nn.ReLU(), second)
for parameter in main.parameters():
    nn.init.zeros_(parameter)

x = torch.rand(4, 3, 6, 6)  # not negative, as after a ReLU
plain = torch.relu(main(x))
residual = torch.relu(main(x) + x)
print(plain.max().item())  # 0.0: x is lost
print(torch.equal(residual, x))  # True: x is passed on

x = torch.randn(4, 3, 6, 6)  # of both signs
residual = torch.relu(main(x) + x)
print(torch.equal(residual, x))  # False: negative values become 0
print(torch.equal(residual, torch.relu(x)))  # True
