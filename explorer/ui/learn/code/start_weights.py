import torch
from torch import nn

torch.manual_seed(0)
conv = nn.Conv2d(64, 64, kernel_size=3, padding=1, bias=False)
nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
print(f"{conv.weight.std().item():.3f}")  # 0.059: √(2 ÷ 576)

norm = nn.BatchNorm2d(64)
nn.init.zeros_(norm.weight)  # γ = 0: the block begins as the identity
x = torch.randn(2, 64, 8, 8).relu()
f = norm(conv(x))
y = torch.relu(x + f)
print(torch.equal(y, x))  # True

y.square().sum().backward()
print(conv.weight.grad.abs().max().item())  # 0.0: in the first step only γ and β learn
print(norm.weight.grad.abs().max().item() > 0)  # True
