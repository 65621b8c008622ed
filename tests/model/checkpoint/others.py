"""Residual networks as others build them, small, each with its library's names for the parts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def lively(module: nn.Module, seed: int = 1) -> nn.Module:
    """A module in evaluation mode whose norms hold what no fresh one does."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in (*module.named_parameters(), *module.named_buffers()):
            if name.endswith("running_var"):
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5)
            elif name.endswith("running_mean") or (tensor.dim() == 1 and name.endswith("bias")):
                tensor.copy_(torch.randn(tensor.shape, generator=generator) / 5)
            elif tensor.dim() == 1 and tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5)
            elif tensor.is_floating_point():
                fan_in = max(tensor[0].numel(), 1)
                tensor.copy_(torch.randn(tensor.shape, generator=generator) * (2 / fan_in) ** 0.5)
    return module.eval()


def conv(channels_in: int, channels_out: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False)


class Shortcut(nn.Module):
    """kuangliu/pytorch-cifar: shortcuts called so, ``linear``."""

    class Block(nn.Module):
        def __init__(self, i: int, o: int, stride: int) -> None:
            super().__init__()
            self.conv1, self.bn1 = conv(i, o, 3, stride), nn.BatchNorm2d(o)
            self.conv2, self.bn2 = conv(o, o, 3), nn.BatchNorm2d(o)
            self.shortcut = nn.Sequential()
            if stride > 1 or i != o:
                self.shortcut = nn.Sequential(conv(i, o, 1, stride), nn.BatchNorm2d(o))

        def forward(self, x: Tensor) -> Tensor:
            out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            return F.relu(out + self.shortcut(x))

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv(3, 8, 3), nn.BatchNorm2d(8)
        self.layer1 = nn.Sequential(self.Block(8, 8, 1), self.Block(8, 8, 1))
        self.layer2 = nn.Sequential(self.Block(8, 16, 2), self.Block(16, 16, 1))
        self.linear = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        out = self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x)))))
        return self.linear(F.adaptive_avg_pool2d(out, 1).flatten(1))


class BetweenZeros(nn.Module):
    """akamaster/pytorch_resnet_cifar10: option A with its zeros on both sides of the channels."""

    class Block(nn.Module):
        def __init__(self, i: int, o: int, stride: int) -> None:
            super().__init__()
            self.conv1, self.bn1 = conv(i, o, 3, stride), nn.BatchNorm2d(o)
            self.conv2, self.bn2 = conv(o, o, 3), nn.BatchNorm2d(o)
            self.quarter = o // 4 if i != o else 0

        def forward(self, x: Tensor) -> Tensor:
            out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            if self.quarter:
                x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.quarter, self.quarter))
            return F.relu(out + x)

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv(3, 16, 3), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(self.Block(16, 16, 1), self.Block(16, 16, 1))
        self.layer2 = nn.Sequential(self.Block(16, 32, 2), self.Block(32, 32, 1))
        self.layer3 = nn.Sequential(self.Block(32, 64, 2), self.Block(64, 64, 1))
        self.linear = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        out = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(out.mean((2, 3)))


class ResidualFunction(nn.Module):
    """weiaicunzai/pytorch-cifar100: a block's main path is one Sequential."""

    class Block(nn.Module):
        def __init__(self, i: int, o: int, stride: int) -> None:
            super().__init__()
            self.residual_function = nn.Sequential(
                conv(i, o, 1),
                nn.BatchNorm2d(o),
                nn.ReLU(),
                conv(o, o, 3, stride),
                nn.BatchNorm2d(o),
                nn.ReLU(),
                conv(o, 4 * o, 1),
                nn.BatchNorm2d(4 * o),
            )
            self.shortcut = nn.Sequential()
            if stride > 1 or i != 4 * o:
                self.shortcut = nn.Sequential(conv(i, 4 * o, 1, stride), nn.BatchNorm2d(4 * o))

        def forward(self, x: Tensor) -> Tensor:
            return F.relu(self.residual_function(x) + self.shortcut(x))

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(conv(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        self.conv2_x = nn.Sequential(self.Block(8, 8, 1), self.Block(32, 8, 1))
        self.conv3_x = nn.Sequential(self.Block(32, 16, 2))
        self.fc = nn.Linear(64, 100)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.conv3_x(self.conv2_x(self.conv1(x))).mean((2, 3)))


class Averaged(nn.Module):
    """timm's resnet-d: three convolutions in the stem, a pool before the projection."""

    class Block(nn.Module):
        def __init__(self, i: int, o: int, stride: int) -> None:
            super().__init__()
            self.conv1, self.bn1 = conv(i, o, 3, stride), nn.BatchNorm2d(o)
            self.conv2, self.bn2 = conv(o, o, 3), nn.BatchNorm2d(o)
            self.downsample = None
            if stride > 1 or i != o:
                pool = nn.AvgPool2d(2, stride, ceil_mode=True, count_include_pad=False) if stride > 1 else nn.Identity()
                self.downsample = nn.Sequential(pool, conv(i, o, 1), nn.BatchNorm2d(o))

        def forward(self, x: Tensor) -> Tensor:
            out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            return F.relu(out + (x if self.downsample is None else self.downsample(x)))

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(
            conv(3, 4, 3, 2), nn.BatchNorm2d(4), nn.ReLU(), conv(4, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), conv(4, 8, 3)
        )
        self.bn1 = nn.BatchNorm2d(8)
        self.layer1 = nn.Sequential(self.Block(8, 8, 1))
        self.layer2 = nn.Sequential(self.Block(8, 16, 2))
        self.fc = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.fc(self.layer2(self.layer1(x)).mean((2, 3)))


class Gated(nn.Module):
    """moskomule/senet.pytorch: gates of two linear layers without biases."""

    class Gate(nn.Module):
        def __init__(self, channels: int) -> None:
            super().__init__()
            self.fc = nn.Sequential(
                nn.Linear(channels, channels // 16, bias=False),
                nn.ReLU(),
                nn.Linear(channels // 16, channels, bias=False),
                nn.Sigmoid(),
            )

        def forward(self, x: Tensor) -> Tensor:
            return x * self.fc(x.mean((2, 3)))[:, :, None, None]

    class Block(nn.Module):
        def __init__(self, i: int, o: int, stride: int) -> None:
            super().__init__()
            self.conv1, self.bn1 = conv(i, o, 3, stride), nn.BatchNorm2d(o)
            self.conv2, self.bn2 = conv(o, o, 3), nn.BatchNorm2d(o)
            self.se = Gated.Gate(o)
            self.downsample = nn.Sequential(conv(i, o, 1, stride), nn.BatchNorm2d(o)) if i != o else None

        def forward(self, x: Tensor) -> Tensor:
            out = self.se(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
            return F.relu(out + (x if self.downsample is None else self.downsample(x)))

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv(3, 16, 3), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(self.Block(16, 16, 1))
        self.layer2 = nn.Sequential(self.Block(16, 32, 2))
        self.fc = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))).mean((2, 3)))


Names = Callable[[str], str]


def hugging_face(name: str) -> str:
    """Torchvision's name of a basic block's part as transformers has it."""
    parts = name.split(".")
    leaf = parts[-1]
    match parts[0]:
        case "conv1":
            return f"resnet.embedder.embedder.convolution.{leaf}"
        case "bn1":
            return f"resnet.embedder.embedder.normalization.{leaf}"
        case "fc":
            return f"classifier.1.{leaf}"
    stage = f"resnet.encoder.stages.{int(parts[0][5:]) - 1}.layers.{parts[1]}"
    if parts[2] == "downsample":
        return f"{stage}.shortcut.{'convolution' if parts[3] == '0' else 'normalization'}.{leaf}"
    kind = "convolution" if parts[2].startswith("conv") else "normalization"
    return f"{stage}.layer.{int(parts[2][-1]) - 1}.{kind}.{leaf}"


def detectron2(name: str) -> str:
    """Torchvision's name as detectron2's backbone has it."""
    parts = name.split(".")
    leaf = parts[-1]
    match parts[0]:
        case "conv1":
            return f"backbone.bottom_up.stem.conv1.{leaf}"
        case "bn1":
            return f"backbone.bottom_up.stem.conv1.norm.{leaf}"
        case "fc":
            return f"backbone.bottom_up.linear.{leaf}"
    block = f"backbone.bottom_up.res{int(parts[0][5:]) + 1}.{parts[1]}"
    if parts[2] == "downsample":
        return f"{block}.shortcut.{leaf}" if parts[3] == "0" else f"{block}.shortcut.norm.{leaf}"
    return f"{block}.conv{parts[2][-1]}.{'norm.' if parts[2].startswith('bn') else ''}{leaf}"


def caffe2(name: str) -> str:
    """Torchvision's name of a bottleneck's part as Caffe2's model zoo has it."""
    parts = name.split(".")
    leaf = {"weight": "w", "bias": "b"}[parts[-1]]
    scale = {"weight": "s", "bias": "b"}[parts[-1]]
    match parts[0]:
        case "conv1":
            return "conv1_w"
        case "bn1":
            return f"res_conv1_bn_{scale}"
        case "fc":
            return f"fc1000_{leaf}"
    block = f"res{int(parts[0][5:]) + 1}_{parts[1]}"
    if parts[2] == "downsample":
        return f"{block}_branch1_{leaf}" if parts[3] == "0" else f"{block}_branch1_bn_{scale}"
    letter = "abc"[int(parts[2][-1]) - 1]
    return f"{block}_branch2{letter}_{'bn_' + scale if parts[2].startswith('bn') else leaf}"


def renamed(module: nn.Module, new: Names) -> OrderedDict[str, Tensor]:
    """A module's weights under other names, in their order."""
    return OrderedDict((new(name), tensor) for name, tensor in module.state_dict().items())
