"""A residual network written a second time, from the spec alone and with ``torch.nn.functional`` only.

It shares no code with the tree, the plan or the module: it reads the weights by name and returns what every call puts
out, for comparison with what is recorded.
"""

from collections.abc import Mapping
from math import gcd

import torch
from torch import Tensor
from torch.nn import functional as F

from explorer import ResNetSpec

Weights = Mapping[str, Tensor]


def every_output(spec: ResNetSpec, weights: Weights, images: Tensor, *, training: bool = False) -> dict[str, Tensor]:
    """All outputs by the name of the row, in the order of the calls."""
    return _Forward(spec, weights, training).network(images)


class _Forward:
    def __init__(self, spec: ResNetSpec, weights: Weights, training: bool) -> None:
        self.spec, self.weights, self.training = spec, weights, training
        self.out: dict[str, Tensor] = {}
        self.dilation = 1

    def network(self, x: Tensor) -> dict[str, Tensor]:
        spec = self.spec
        x = self.stem(x)
        expansion = 4 if spec.block == "bottleneck" else 1
        arriving = spec.widths[0]
        reached = 1 if spec.stem == "cifar" else 4
        for stage, (depth, width) in enumerate(zip(spec.depths, spec.widths, strict=True)):
            for index in range(depth):
                stride = 2 if stage > 0 and index == 0 else 1
                dilates = stride == 2 and spec.output_stride < 32 and reached == spec.output_stride
                x = self.block(f"layer{stage + 1}.{index}", x, arriving, width * expansion, stride, dilates)
                arriving = width * expansion
                reached *= 1 if dilates else stride
        if spec.order == "pre":
            x = self.relu("relu", self.norm("norm", x))
        x = self.keep("avgpool", x.mean(dim=(2, 3), keepdim=True))
        x = self.keep("flatten", x.reshape(len(x), -1))
        x = self.keep("fc", F.linear(x, self.weights["fc.weight"], self.weights["fc.bias"]))
        if self.spec.added_classes:
            self.keep("added", F.linear(x, self.weights["added.weight"], self.weights["added.bias"]))
        return self.out

    def stem(self, x: Tensor) -> Tensor:
        if self.spec.stem == "deep":
            for i, stride in ((0, 2), (3, 1)):
                x = self.conv(f"conv1.{i}", x, stride)
                x = self.relu(f"conv1.{i + 2}", self.norm(f"conv1.{i + 1}", x))
            x = self.conv("conv1.6", x, 1)
        else:
            x = self.conv("conv1", x, 2 if self.spec.stem == "imagenet" else 1)
        if self.spec.order == "post":
            x = self.relu("relu", self.norm("bn1", x))
        if self.spec.stem == "cifar":
            return x
        if self.spec.antialias:
            return self.blur("maxpool.1", self.keep("maxpool.0", F.max_pool2d(x, 3, 1, 1)), 2)
        return self.keep("maxpool", F.max_pool2d(x, 3, 2, 1))

    def blur(self, name: str, x: Tensor, stride: int) -> Tensor:
        """A quarter, a half and a quarter of three neighbours, down and across, then every second: 1904.11486."""
        height, width = x.shape[2:]
        x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        x = x[:, :, :height] / 4 + x[:, :, 1 : height + 1] / 2 + x[:, :, 2:] / 4
        x = x[..., :width] / 4 + x[..., 1 : width + 1] / 2 + x[..., 2:] / 4
        return self.keep(name, x[:, :, ::stride, ::stride])

    def block(self, name: str, x: Tensor, channels_in: int, channels_out: int, stride: int, dilates: bool) -> Tensor:
        """timm's: dilation in place of the stride changes what lies behind the convolution that had it."""
        spec = self.spec
        if spec.block == "basic":
            strides = [stride, 1]
        else:
            strides = [1, stride, 1] if spec.stride_on == "3x3" else [stride, 1, 1]
        taken_of = stride
        stride = 1 if dilates else stride
        changes = stride != 1 or channels_in != channels_out
        projects = spec.shortcut == "C" or (spec.shortcut in ("B", "D") and changes)
        main, source = x, x
        blurs = strides.index(taken_of) + 2 if spec.antialias and taken_of > 1 else 0  # the convolution behind the blur
        for i, step in enumerate(strides, start=1):
            if spec.order == "pre":
                main = self.relu(f"{name}.relu{i}", self.norm(f"{name}.bn{i}", main))
                source = main if i == 1 and projects else source
            if i == blurs:
                main = self.blur(f"{name}.aa", main, stride)
            main = self.conv(f"{name}.conv{i}", main, 1 if blurs or dilates else step, self.dilation)
            if dilates and step == 2:
                self.dilation *= 2
            if spec.order == "post":
                main = self.norm(f"{name}.bn{i}", main)
                if i < len(strides):
                    main = self.relu(f"{name}.relu{i}", main)
        if spec.squeeze_excite:
            main = self.gate(name, main)
        last = f"{name}.relu{len(strides)}"
        if spec.shortcut == "none":
            return self.relu(last, main) if spec.order == "post" else main
        carried = source
        if projects:
            carried = self.projection(f"{name}.downsample", source, stride, dilates)
        elif changes:
            taken = x[:, :, ::stride, ::stride]
            first = (channels_out - channels_in) // 2 if spec.shortcut == "A-both" else 0
            carried = torch.zeros(len(x), channels_out, *taken.shape[2:])
            carried[:, first : first + channels_in] = taken
            carried = self.keep(f"{name}.downsample", carried)
        total = self.keep(f"{name}.add", main + carried)
        return self.relu(last, total) if spec.order == "post" else total

    def projection(self, name: str, x: Tensor, stride: int, dilates: bool) -> Tensor:
        if self.spec.shortcut != "D":
            x = self.conv(f"{name}.0", x, stride)
            return self.norm(f"{name}.1", x) if self.spec.shortcut_norm else x
        if stride == 2:
            pooled = F.avg_pool2d(x, 2, 2, ceil_mode=True, count_include_pad=False)
            x = self.keep(f"{name}.0", pooled)
        elif dilates:
            padded = F.pad(x, (0, 1, 0, 1))
            corners = [padded[:, :, y : y + x.shape[2], z : z + x.shape[3]] for y in (0, 1) for z in (0, 1)]
            x = self.keep(f"{name}.0", sum(corners[1:], corners[0]) / 4)
        x = self.conv(f"{name}.1", x, 1)
        return self.norm(f"{name}.2", x) if self.spec.shortcut_norm else x

    def gate(self, name: str, x: Tensor) -> Tensor:
        g = self.keep(f"{name}.se.avgpool", x.mean(dim=(2, 3), keepdim=True))
        g = self.relu(f"{name}.se.relu", self.conv(f"{name}.se.fc1", g, 1))
        g = self.keep(f"{name}.se.sigmoid", torch.sigmoid(self.conv(f"{name}.se.fc2", g, 1)))
        return self.keep(f"{name}.se.mul", x * g)

    def conv(self, name: str, x: Tensor, stride: int, dilation: int = 1) -> Tensor:
        weight = self.weights[f"{name}.weight"]
        groups = x.shape[1] // weight.shape[1]
        bias = self.weights.get(f"{name}.bias")
        dilation = dilation if weight.shape[2] == 3 else 1
        padding = dilation * (weight.shape[2] // 2)
        return self.keep(name, F.conv2d(x, weight, bias, stride, padding, dilation, groups))

    def relu(self, name: str, x: Tensor) -> Tensor:
        return self.keep(name, torch.where(x > 0, x, torch.zeros(())))

    def norm(self, name: str, x: Tensor) -> Tensor:
        if self.spec.norm == "none":
            return x
        mean, variance = self.moments(name, x)
        y = (x - mean) / torch.sqrt(variance + 1e-5)
        gamma, beta = (self.weights[f"{name}.{part}"][:, None, None] for part in ("weight", "bias"))
        return self.keep(name, y * gamma + beta)

    def moments(self, name: str, x: Tensor) -> tuple[Tensor, Tensor]:
        if self.spec.norm == "group":
            groups = gcd(32, x.shape[1])
            parts = x.reshape(len(x), groups, -1)
            shape = (len(x), x.shape[1], 1, 1)
            repeats = x.shape[1] // groups
            mean = parts.mean(2).repeat_interleave(repeats, 1).reshape(shape)
            return mean, parts.var(2, correction=0).repeat_interleave(repeats, 1).reshape(shape)
        if not self.training:
            running_mean, running_var = (self.weights[f"{name}.running_{part}"] for part in ("mean", "var"))
            return running_mean[:, None, None], running_var[:, None, None]
        dims = (2, 3) if self.spec.norm == "instance" else (0, 2, 3)
        return x.mean(dims, keepdim=True), x.var(dims, correction=0, keepdim=True)

    def keep(self, name: str, output: Tensor) -> Tensor:
        self.out[name] = output
        return output
