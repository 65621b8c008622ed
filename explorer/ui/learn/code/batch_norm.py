import torch
from torch import nn

x = torch.randn(8, 3, 4, 4) * 5 + 2  # pictures, channels, height, width
norm = nn.BatchNorm2d(3)

mean = x.mean(dim=(0, 2, 3), keepdim=True)  # one for each channel
variance = x.var(dim=(0, 2, 3), correction=0, keepdim=True)
normalised = (x - mean) / (variance + norm.eps).sqrt()
gamma, beta = norm.weight.view(1, 3, 1, 1), norm.bias.view(1, 3, 1, 1)
y = gamma * normalised + beta

print(torch.allclose(y, norm(x), atol=1e-5))  # True
print(sum(parameter.numel() for parameter in norm.parameters()))  # 6
