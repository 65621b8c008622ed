"""ResNet-18, whole."""

import torch
from torch import nn


def conv_norm(given, made, kernel, stride=1):
    return nn.Sequential(
        nn.Conv2d(given, made, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(made),
    )


class Block(nn.Module):
    def __init__(self, given, made, stride):
        super().__init__()
        self.main = nn.Sequential(
            conv_norm(given, made, 3, stride),
            nn.ReLU(),
            conv_norm(made, made, 3),
        )
        self.shortcut = nn.Identity()
        if stride > 1 or given != made:
            self.shortcut = conv_norm(given, made, 1, stride)

    def forward(self, x):
        return torch.relu(self.main(x) + self.shortcut(x))


def stage(given, made, stride):
    return nn.Sequential(Block(given, made, stride), Block(made, made, 1))


stem = nn.Sequential(
    conv_norm(3, 64, 7, stride=2),
    nn.ReLU(),
    nn.MaxPool2d(3, stride=2, padding=1),
)
stages = nn.Sequential(
    stage(64, 64, stride=1),
    stage(64, 128, stride=2),
    stage(128, 256, stride=2),
    stage(256, 512, stride=2),
)
head = nn.Sequential(
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(512, 1000),
)
resnet18 = nn.Sequential(stem, stages, head)

x = stem(torch.randn(2, 3, 224, 224))
print(tuple(x.shape))  # (2, 64, 56, 56)
x = stages(x)
print(tuple(x.shape))  # (2, 512, 7, 7)
print(tuple(head(x).shape))  # (2, 1000)
print(sum(p.numel() for p in resnet18.parameters()))  # 11689512
