"""The weights of a basic block and of a bottleneck for 256 channels."""

from torch import nn


def conv(given, made, kernel):
    return nn.Conv2d(given, made, kernel, padding=kernel // 2, bias=False)


def weights(block):
    return sum(p.numel() for p in block.parameters())


basic = nn.Sequential(conv(256, 256, 3), conv(256, 256, 3))
bottleneck = nn.Sequential(conv(256, 64, 1), conv(64, 64, 3), conv(64, 256, 1))

print(weights(basic))  # 1179648
print(weights(bottleneck))  # 69632
print(round(weights(basic) / weights(bottleneck)))  # 17
