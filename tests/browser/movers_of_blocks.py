"""What the movers of the chapters on blocks, shapes and counts shall answer, worked out with torch and torchvision."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models
from torchvision.models.resnet import BasicBlock, Bottleneck

from explorer.labs.shipped.shipped import CURVES
from explorer.ui.learn.movers import block, shrink

Read = dict[str, str | Callable[[str], bool]]


def params(*modules: nn.Module) -> str:
    return f"{sum(p.numel() for module in modules for p in module.parameters()):,}"


def macs(module: nn.Module, side: int) -> str:
    with FlopCounterMode(display=False) as counter:
        module.to("meta").eval()(torch.zeros(1, 3, side, side, device="meta"))
    return f"{counter.get_total_flops() // 2:,}"


def resnet(kind: type[nn.Module], blocks: list[int]) -> nn.Module:
    with torch.device("meta"):
        made: nn.Module = models.ResNet(kind, blocks)
    return made


def conv(given: int, made: int, kernel: int, **options: Any) -> nn.Conv2d:
    return nn.Conv2d(given, made, kernel, **{"bias": False, **options})


# --- depth ---


def trained(layers: int) -> Read:
    runs = json.loads(CURVES.read_text(encoding="utf-8"))
    ends = {kind: runs[f"depths_{kind}_{layers}"]["epochs"][-1]["train_error"] for kind in ("plain", "residual")}
    apart = f"{100 * abs(ends['plain'] - ends['residual']):.1f}"
    ahead = min(ends, key=ends.__getitem__)
    said: Read = {"plain_ahead": f"At {layers} layers the {ahead} network ends {apart} percentage points lower."}
    return said | {kind: f"{100 * error:.1f} %" for kind, error in ends.items()}


# --- one block ---


def scaled(scale: float) -> Read:
    data = block.data()
    x, change = np.array(data["x"]), scale * np.array(data["change"])
    strength = np.linalg.norm(change) / np.linalg.norm(x)
    return {"strength": f"{strength:.2f}", "cut": f"{int((x + change < 0).sum())} / {x.size}"}


def shrunk(factor: float, *, signs: bool) -> Read:
    """Both blocks with weights that really are multiplied by the factor."""
    weights, x = shrink.drawn()
    x = x if signs else x.abs()
    first, second = (factor * weight for weight in weights)
    change = F.conv2d(F.conv2d(x, first, padding=1).relu(), second, padding=1)[0, 0]
    apart = ((change + x[0, 0]).relu() - x[0, 0]).abs().max()
    return {"largest": f"{change.relu().max():.2f}", "apart": f"{apart:.2f}"}


# --- whole networks ---


def put_together(kind: type[nn.Module], blocks: list[int], depth: int) -> Read:
    made = resnet(kind, blocks)
    read: Read = {"depth": f"{depth:,}", "blocks": str(sum(blocks))}
    return read | {"params": params(made), "macs": macs(made, 224)}


def sized(side: int, **strides: int) -> Read:
    """ResNet-18 with some of its strides set to 1."""
    model: Any = resnet(BasicBlock, [2, 2, 2, 2])
    for name, stride in strides.items():
        if name in ("conv1", "maxpool"):
            model.get_submodule(name).stride = stride
        else:
            model.get_submodule(name)[0].conv1.stride = (stride, stride)
            model.get_submodule(name)[0].downsample[0].stride = (stride, stride)
    last: list[tuple[int, ...]] = []
    model.layer4.register_forward_hook(lambda _, __, left: last.append(left.shape))
    work = macs(model, side)
    shape = "×".join(map(str, last[0][1:]))
    return {"macs": work, "rows": lambda words: shape in words}


def dashed(depth: int, *, everywhere: bool = False) -> Read:
    model = models.get_model(f"resnet{depth}")
    blocks = [one for one in model.modules() if isinstance(one, BasicBlock | Bottleneck)]
    if everywhere:
        for one in blocks:
            if one.downsample is None:
                channels = one.conv1.in_channels
                one.downsample = nn.Sequential(conv(channels, channels, 1), nn.BatchNorm2d(channels))
    beside = [one.downsample for one in blocks if one.downsample is not None]
    return {"solid": str(len(blocks) - len(beside)), "dashed": str(len(beside)), "params": params(*beside)}


# --- counts and failures ---


def counted(given: int, made: int, kernel: int, side: int, *, bias: bool) -> Read:
    layer = conv(given, made, kernel, padding=kernel // 2, bias=bias)
    with FlopCounterMode(display=False) as counter:
        layer(torch.zeros(1, given, side, side))
    return {"params": params(layer), "macs": f"{counter.get_total_flops() // 2:,}"}


def squeezed(channels: int, inner: int) -> Read:
    bottleneck = (conv(channels, inner, 1), conv(inner, inner, 3), conv(inner, channels, 1))
    basic = (conv(channels, channels, 3), conv(channels, channels, 3))
    return {"basic": params(*basic), "bottleneck": params(*bottleneck)}


def built(side: int, given: int, made: int, *, projects: int = 0, **options: Any) -> Read:
    """What torch says of two convolutions, the first with the stride, and a shortcut: x, or a 1×1 of a stride."""
    x = torch.zeros(4, given, side, side)
    stride = options.pop("stride", 1)
    first, second = (nn.Conv2d(one, made, stride=step, **options) for one, step in ((given, stride), (made, 1)))
    beside = conv(given, made, 1, stride=projects)(x) if projects else x
    try:
        main = second(first(x))
        total = main + beside
    except RuntimeError as error:
        return {"right": f"RuntimeError: {error}"}
    verdict = "It runs" if main.shape == beside.shape else "No error, and wrong"
    shape = str(tuple(total.shape))
    said: Read = {"right": lambda words: words.startswith(verdict) and words.endswith(f"he sum is {shape}.")}
    return said | {"main": str(tuple(main.shape)), "beside": str(tuple(beside.shape))}


Case = tuple[str, dict[str, Any], Callable[[], Read]]
CASES: list[Case] = [
    ("depth", {"depth": 0}, partial(trained, 8)),
    ("depth", {"depth": 5}, partial(trained, 56)),
    ("block", {"scale": 0.5}, partial(scaled, 0.5)),
    ("block", {"scale": 0}, partial(scaled, 0)),
    ("shrink", {"factor": 0.5}, partial(shrunk, 0.5, signs=False)),
    ("shrink", {"factor": 0.25, "signs": True}, partial(shrunk, 0.25, signs=True)),
    ("shrink", {"factor": 0}, partial(shrunk, 0, signs=False)),
    ("network", {"resnet152": None}, partial(put_together, Bottleneck, [3, 8, 36, 3], 152)),
    ("network", {"stage1": 3, "stage3": 7}, partial(put_together, BasicBlock, [3, 2, 7, 2], 30)),
    ("sizes", {"side": 65, "pool": False, "stage3": False}, partial(sized, 65, maxpool=1, layer3=1)),
    ("sizes", {"side": 224, "conv1": False, "stage4": False}, partial(sized, 224, conv1=1, layer4=1)),
    ("shortcuts", {"network": "50"}, partial(dashed, 50)),
    ("shortcuts", {"network": "34", "option": "C"}, partial(dashed, 34, everywhere=True)),
    ("shortcuts", {"network": "152", "option": "A"}, lambda: {"dashed": "4", "params": "0"}),
    (
        "counting",
        {"kernel": 7, "given": 1, "made": 4, "side": 6, "bias": True},
        partial(counted, 3, 64, 7, 28, bias=True),
    ),
    ("counting", {"kernel": 1, "given": 9, "made": 7, "side": 2}, partial(counted, 2048, 512, 1, 7, bias=False)),
    ("bottleneck", {"channels": 3, "ratio": 3}, partial(squeezed, 512, 64)),
    ("bottleneck", {"channels": 0, "ratio": 0}, partial(squeezed, 64, 64)),
    ("what-breaks", {}, partial(built, 56, 64, 64, kernel_size=3)),
    ("what-breaks", {"padding": 1}, partial(built, 56, 64, 64, kernel_size=3, padding=1)),
    ("what-breaks", {"padding": 1, "made": 5}, partial(built, 56, 64, 128, kernel_size=3, padding=1)),
    (
        "what-breaks",
        {"padding": 2, "kernel": 5, "made": 5, "stride": 2, "shortcut": "projection", "shortcut_stride": 2, "side": 7},
        partial(built, 7, 64, 128, kernel_size=5, padding=2, stride=2, projects=2),
    ),
    ("what-breaks", {"side": 5}, partial(built, 5, 64, 64, kernel_size=3)),
    ("what-breaks", {"side": 4}, partial(built, 4, 64, 64, kernel_size=3)),
]
"""As in ``test_movers.CASES``; what shall be read is worked out when it is asked for."""
