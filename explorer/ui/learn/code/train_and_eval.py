import torch
from torch import nn

norm = nn.BatchNorm2d(1)
picture = torch.ones(1, 1, 2, 2) * torch.tensor([1.0, 3.0])
for _ in range(10):
    norm(picture)  # in training mode: mean 2, and the running mean follows

print(f"{norm.running_mean.item():.3f}")  # 1.303: 2·(1 − 0.9¹⁰)
print(f"{norm(picture).mean().item():.3f}")  # 0.000: normalised with the picture's own mean

norm.eval()
a = norm.weight / (norm.running_var + norm.eps).sqrt()
b = norm.bias - a * norm.running_mean
line = a.view(1, 1, 1, 1) * picture + b.view(1, 1, 1, 1)
print(torch.allclose(norm(picture), line))  # True
