import torch
from torch import nn

torch.manual_seed(0)
layers = [nn.Linear(256, 256) for _ in range(50)]


def factor_per_layer(shortcut):
    x = torch.randn(8, 256, requires_grad=True)
    y = x
    for layer in layers:
        y = y + layer(y) if shortcut else layer(y)
    y.retain_grad()
    y.sum().backward()
    return (x.grad.norm() / y.grad.norm()) ** (1 / len(layers))


print(f"{factor_per_layer(shortcut=False):.2f}")  # 0.58: the gradient vanishes
print(f"{factor_per_layer(shortcut=True):.2f}")  # 1.15: it explodes
