import torch
from torch import nn
from torch.nn import functional as F


def conv(channels_in, channels_out, stride=1):
    return nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False)


class Block(nn.Module):
    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.conv1, self.norm1 = conv(channels_in, channels, stride), nn.BatchNorm2d(channels)
        self.conv2, self.norm2 = conv(channels, channels), nn.BatchNorm2d(channels)
        self.stride, self.added = stride, channels - channels_in

    def forward(self, x):
        f = self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x)))))
        x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.added))  # option A
        return torch.relu(x + f)


def resnet(n):
    layers, channels_in = [conv(3, 16), nn.BatchNorm2d(16), nn.ReLU()], 16
    for channels, stride in ((16, 1), (32, 2), (64, 2)):
        for place in range(n):
            layers.append(Block(channels_in, channels, stride if place == 0 else 1))
            channels_in = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def parameters(n):
    return sum(parameter.numel() for parameter in resnet(n).parameters())


print(parameters(n=3))  # 269722: 20 layers
print(parameters(n=18))  # 1727962: 110 layers
print(parameters(n=200))  # 19421274: 1202 layers
