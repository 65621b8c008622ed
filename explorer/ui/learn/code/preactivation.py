import torch
from torch import nn


class Gate(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels, reduction=16):
        super().__init__()
        self.squeeze = nn.Linear(channels, channels // reduction)
        self.excite = nn.Linear(channels // reduction, channels)

    def forward(self, x):
        s = x.mean(dim=(2, 3))  # one number for each channel
        s = torch.sigmoid(self.excite(torch.relu(self.squeeze(s))))
        return x * s[:, :, None, None]


class PreActivation(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.conv1, self.conv2 = (nn.Conv2d(channels, channels, 3, padding=1, bias=False) for _ in range(2))
        self.gate = Gate(channels)

    def forward(self, x):
        f = self.conv1(torch.relu(self.norm1(x)))
        f = self.conv2(torch.relu(self.norm2(f)))
        return x + self.gate(f)  # nothing after the addition


block = PreActivation(64)
of_the_gate = sum(parameter.numel() for parameter in block.gate.parameters())
print(sum(parameter.numel() for parameter in block.parameters()) - of_the_gate)  # 73984
print(of_the_gate)  # 580
print((block(torch.randn(1, 64, 8, 8)) < 0).any().item())  # True
