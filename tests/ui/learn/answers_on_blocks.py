"""Whether an answer to a question on blocks, convolutions or networks is right, by torch and torchvision."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models
from torchvision.models.resnet import BasicBlock, Bottleneck

from explorer.labs.shipped.shipped import CURVES
from explorer.ui.learn.reading import CODE

Values = Mapping[str, Any]
BLOCKS: dict[str, type[nn.Module]] = {"basic": BasicBlock, "bottleneck": Bottleneck}


def whole(words: object) -> int:
    """A whole number as it is written, with separators and a true minus."""
    return int(str(words).replace(",", "").replace("−", "-"))


def wholes(words: object) -> list[int]:
    """The whole numbers of a shape, a row or a list."""
    return [whole(found) for found in re.findall(r"[-−]?\d+", str(words))]


def row(words: object) -> Tensor:
    """``(1, −2, 3)`` as a tensor."""
    return torch.tensor(wholes(words), dtype=torch.float64)


def matrix(words: object) -> Tensor:
    """A 3×3 matrix from its LaTeX, as a picture of one channel."""
    return row(words).view(1, 1, 3, 3)


def count(*modules: nn.Module) -> int:
    return sum(parameter.numel() for module in modules for parameter in module.parameters())


def conv(given: int, made: int, kernel: int, **options: Any) -> nn.Conv2d:
    return nn.Conv2d(given, made, kernel, device="meta", **{"bias": False, **options})


@cache
def macs(given: int, made: int, kernel: int, side: int) -> int:
    """Multiply-accumulates of a convolution that keeps the size, as torch counts them for one picture."""
    with FlopCounterMode(display=False) as counter:
        conv(given, made, kernel, padding=kernel // 2)(torch.zeros(1, given, side, side, device="meta"))
    return int(counter.get_total_flops()) // 2


@cache
def resnet(depth: int) -> nn.Module:
    with torch.device("meta"):
        made: nn.Module = models.get_model(f"resnet{depth}")
    return made.eval()


def blocks(model: nn.Module) -> list[nn.Module]:
    return [module for module in model.modules() if isinstance(module, tuple(BLOCKS.values()))]


def of_kind(module: nn.Module, *kinds: type[nn.Module]) -> int:
    return sum(isinstance(one, kinds) for one in module.modules())


# --- depth ---


def inserted(values: Values, answer: str) -> bool:
    x, layer = torch.rand(1, 4, 8, 8), nn.Conv2d(4, 4, 3, padding=1, bias=False)
    nn.init.dirac_(layer.weight)
    return answer == ("same" if torch.equal(layer(x).relu(), x) else "other")


def overfits(values: Values, answer: str) -> bool:
    train, test, deeper_train, deeper_test = (
        float(values[name]) for name in ("train", "test", "deeper_train", "deeper_test")
    )
    assert 0 < train < test
    assert 0 < deeper_train < deeper_test
    if deeper_test < test:
        return answer == "fine"
    return answer == ("degradation" if deeper_train > train else "overfitting")


@cache
def shipped() -> dict[str, Any]:
    """The curves as they lie in their file."""
    return dict(json.loads(CURVES.read_text(encoding="utf-8")))


def better_of_two(values: Values, answer: str) -> bool:
    names = (values["one"], values["other"])
    errors = {name: shipped()[f"depths_{name.replace('-', '_')}"]["epochs"][-1]["train_error"] for name in names}
    return answer == min(errors, key=errors.__getitem__)


# --- one block ---


def residual_of(values: Values, answer: str) -> bool:
    return torch.equal(row(answer) + row(values["x"]), row(values["whole"]))


def block_output(values: Values, answer: str) -> bool:
    return torch.equal(row(answer), F.relu(row(values["x"]) + row(values["change"])))


def zero_weights(values: Values, answer: str) -> bool:
    main = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.ReLU(), nn.Conv2d(1, 1, 3, padding=1)).double()
    for parameter in main.parameters():
        nn.init.zeros_(parameter)
    x = row(values["x"]).view(1, 1, 2, 2)
    shortcut = x if values["block"] == "residual" else 0
    return torch.equal(row(answer), F.relu(main(x) + shortcut).flatten())


@cache
def dirac(channels: int) -> Tensor:
    return nn.init.dirac_(torch.empty(channels, channels, 3, 3))


def ones_of_the_identity(values: Values, answer: str) -> bool:
    weights = dirac(values["channels"])
    assert whole(values["weights"]) == weights.numel()
    return whole(answer) == int(weights.sum())


# --- one convolution ---


def edge(values: Values, answer: str) -> bool:
    found = F.conv2d(matrix(values["patch"]), matrix(values["kernel"])).item()
    return answer == ("positive" if found > 0 else "negative" if found < 0 else "zero")


def kernel_sum(values: Values, answer: str) -> bool:
    return whole(answer) == F.conv2d(matrix(values["patch"]), matrix(values["kernel"])).item()


def conv_size(values: Values, answer: str) -> bool:
    layer = conv(1, 1, values["kernel"], padding=values["padding"], stride=values["stride"])
    return whole(answer) == layer(torch.zeros(1, 1, values["side"], values["side"], device="meta")).shape[-1]


def conv_params(values: Values, answer: str) -> bool:
    layer = conv(values["given"], whole(values["made"]), values["kernel"], bias=values["bias"])
    return whole(answer) == count(layer)


def conv_macs(values: Values, answer: str) -> bool:
    return whole(answer) == macs(values["given"], values["made"], values["kernel"], values["side"])


def picture_size(values: Values, answer: str) -> bool:
    times = macs(3, 8, 3, values["larger"]) / macs(3, 8, 3, values["side"])
    assert values["area"] != values["times"]
    return answer == {values["area"]: "area", values["times"]: "side"}[times]


# --- networks ---


def depth_of(values: Values, answer: str) -> bool:
    with torch.device("meta"):
        block = BLOCKS[values["kind"]](64, 64 // (4 if values["kind"] == "bottleneck" else 1))
    around = of_kind(resnet(18), nn.Linear) + of_kind(resnet(18).get_submodule("conv1"), nn.Conv2d)
    return whole(answer) == sum(wholes(values["stages"])) * of_kind(block, nn.Conv2d) + around


def blocks_of(values: Values, answer: str) -> bool:
    return whole(answer) == len(blocks(resnet(values["depth"])))


@cache
def shapes(depth: int, side: int) -> dict[str, list[int]]:
    """What leaves every block, without the batch."""
    found, model = {}, resnet(depth)
    handles = [
        module.register_forward_hook(lambda _, __, left, name=name: found.update({name: list(left.shape[1:])}))
        for name, module in model.named_modules()
        if re.fullmatch(r"layer\d\.\d+", name)
    ]
    model(torch.zeros(1, 3, side, side, device="meta"))
    for handle in handles:
        handle.remove()
    return found


def shape_of(values: Values, answer: str) -> bool:
    depth = whole(values["network"].removeprefix("ResNet-"))
    return wholes(answer) == shapes(depth, values["side"])[values["block"]]


def dashed(values: Values, answer: str) -> bool:
    found = blocks(resnet(values["depth"]))
    assert values["blocks"] == len(found)
    return whole(answer) == sum(block.downsample is not None for block in found)


def projection_weights(values: Values, answer: str) -> bool:
    return whole(answer) == count(conv(values["given"], whole(values["made"]), 1))


def joined(values: Values, answer: str) -> bool:
    x = added = torch.zeros(1, values["channels"], 1, 1, device="meta")
    for _ in range(values["blocks"]):
        x = torch.cat([x, added], dim=1)
    return whole(answer) == x.shape[1]


def squeezed(channels: int, inner: int) -> int:
    return count(conv(channels, inner, 1), conv(inner, inner, 3), conv(inner, channels, 1))


def cheaper(values: Values, answer: str) -> bool:
    basic = count(*[conv(values["inner"], values["inner"], 3)] * 2)
    bottleneck = squeezed(whole(values["wide"]), values["inner"])
    assert (whole(values["basic"]), whole(values["bottleneck"])) == (basic, bottleneck)
    return answer == ("basic" if basic > bottleneck else "bottleneck")


def bottleneck_weights(values: Values, answer: str) -> bool:
    return whole(answer) == squeezed(values["channels"], values["inner"])


# --- blocks that fail ---


@cache
def fails(call: str, channels: int, side: int) -> bool:
    """Whether a call of the class of the chapter's code makes a block that fails."""
    with torch.device("meta"):
        block = eval(call, _names())
        try:
            block(torch.zeros(1, channels, side, side))
        except RuntimeError:
            return True
    return False


@cache
def _names() -> dict[str, Any]:
    names: dict[str, Any] = {}
    lines = (CODE / "what_breaks.py").read_text(encoding="utf-8").partition("\ndef attempt")[0]
    exec(lines, names)
    return names


def which_fails(values: Values, answer: str) -> bool:
    return fails(answer, values["channels"], values["side"])


def silent(values: Values, answer: str) -> bool:
    main, shortcut = (torch.zeros(wholes(values[name]), device="meta") for name in ("main", "shortcut"))
    try:
        total = main + shortcut
    except RuntimeError:
        return answer == "error"
    assert total.shape == shortcut.shape
    return answer == ("right" if main.shape == shortcut.shape else "stretched")


RIGHT: dict[str, Callable[[Values, str], bool]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        inserted,
        overfits,
        better_of_two,
        residual_of,
        block_output,
        zero_weights,
        ones_of_the_identity,
        edge,
        kernel_sum,
        conv_size,
        conv_params,
        conv_macs,
        picture_size,
        depth_of,
        blocks_of,
        shape_of,
        dashed,
        projection_weights,
        joined,
        cheaper,
        bottleneck_weights,
        which_fails,
        silent,
    )
}
