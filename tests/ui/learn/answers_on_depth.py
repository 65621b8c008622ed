"""Right answers to questions about norms, starting weights, paths and networks, worked out by torch and by walking."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from itertools import product
from typing import Any

import pytest
import torch
from PIL import Image
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

Values = Mapping[str, Any]
"""A question's values, and its case."""


def number(text: str) -> float:
    """A written number, powers of ten included."""
    figure, _, exponent = text.replace(",", "").replace("−", "-").partition("·10")
    return float(figure) * 10 ** int(exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


# --- norms ---


def spread_after_norm(values: Values, answer: str) -> bool:
    x = torch.randn(1000, 1, dtype=torch.float64) * values["deviation"] + values["mean"]
    norm = nn.BatchNorm1d(1).double()
    nn.init.constant_(norm.weight, values["gamma"])
    nn.init.constant_(norm.bias, number(values["beta"]))
    return number(answer) == pytest.approx(float(norm(x).detach().std(correction=0)), rel=1e-4)


def values_in_a_mean(values: Values, answer: str) -> bool:
    return number(answer) == torch.empty(values["pictures"], values["channels"], *2 * [values["side"]])[:, 0].numel()


def norm_parameters(values: Values, answer: str) -> bool:
    return number(answer) == parameters(nn.BatchNorm2d(values["channels"]))


def running_mean_after(values: Values, answer: str) -> bool:
    norm = nn.BatchNorm1d(1, affine=False)
    for _ in range(values["batches"]):
        norm(torch.tensor([[values["mean"] - 1.0], [values["mean"] + 1.0]]))
    return number(answer) == pytest.approx(float(norm.get_buffer("running_mean")), rel=5e-3)


def error_of_mean(values: Values, answer: str) -> bool:
    deviation = float(values["error"]) * math.sqrt(values["few"])
    return number(answer) == pytest.approx(deviation / math.sqrt(values["many"]), rel=1e-3)


def means_of_norm(values: Values, answer: str) -> bool:
    over = {"batch": (0, 2, 3), "layer": (1, 2, 3), "instance": (2, 3), "group": (2, 3, 4)}
    shape = (values["pictures"], values["channels"], 2, 2)
    x = torch.empty(shape)
    if values["case"] == "group":
        x = x.view(shape[0], values["groups"], -1, 2, 2)
    return number(answer) == x.mean(dim=over[values["case"]]).numel()


def biases_before_norms(values: Values, answer: str) -> bool:
    norms = [module for module in network_of(values).modules() if isinstance(module, nn.BatchNorm2d)]
    return number(answer) == sum(norm.num_features for norm in norms)


# --- starting weights ---


def factor_with_shortcut(values: Values, answer: str) -> bool:
    x = torch.ones((), dtype=torch.float64, requires_grad=True)
    y = x
    for _ in range(values["blocks"]):
        y = y + values["part"] * y
    (gradient,) = torch.autograd.grad(y, x)
    return number(answer) == pytest.approx(float(gradient), rel=0.05)


def kaiming_deviation(values: Values, answer: str) -> bool:
    return number(answer) == pytest.approx(_kaiming(values["kernel"], values["channels"]), rel=0.05)


@cache
def _kaiming(kernel: int, channels: int) -> float:
    weight = torch.empty(400, channels, kernel, kernel)
    nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=torch.Generator().manual_seed(0))
    return float(weight.std())


def variance_after_blocks(values: Values, answer: str) -> bool:
    variance = 1
    for _ in range(values["blocks"]):
        variance += 1 if values["case"] == "normed" else variance
    return number(answer) == variance


def weights_before_norm(values: Values, answer: str) -> bool:
    conv, norm = nn.Conv2d(1, 1, 3, bias=False).double(), nn.BatchNorm2d(1, eps=1e-30).double()
    x = torch.randn(2, 1, 5, 5, dtype=torch.float64)
    before = norm(conv(x))
    conv.weight.data *= values["scale"]
    return torch.allclose(norm(conv(x)), number(answer) * before)


def chain_at_start(values: Values, answer: str) -> bool:
    x = 1.0
    for _ in range(values["length"]):
        x = values["weight"] * x + (x if values["case"] == "residual" else 0)
    return number(answer) == pytest.approx(x, rel=0.05)


# --- paths ---


def paths_through(values: Values, answer: str) -> bool:
    return number(answer) == _ways(values["blocks"])[values["through"]]


def paths_left(values: Values, answer: str) -> bool:
    return number(answer) == _ways(values["blocks"] - values["out"]).total()


@cache
def _ways(blocks: int) -> Counter[int]:
    """Paths by the number of F that they go through, each path walked."""
    return Counter(map(sum, product((0, 1), repeat=blocks)))


# --- networks ---


def grouped_weights(values: Values, answer: str) -> bool:
    channels = values["channels"]
    return number(answer) == parameters(nn.Conv2d(channels, channels, 3, groups=values["groups"], bias=False))


def wider_weights(values: Values, answer: str) -> bool:
    narrow, wide = (parameters(nn.Conv2d(n, n, 3, bias=False)) for n in (values["channels"], values["wide"]))
    return number(answer) == wide / narrow


def layers_of_three_stages(values: Values, answer: str) -> bool:
    return number(answer) == len(["first", *3 * values["blocks"] * ["conv", "conv"], "last"])


def which_fault(values: Values, answer: str) -> bool:
    train, test, deep_train, deep_test = (
        float(values[name].removesuffix("\u00a0%")) for name in ("train", "test", "deep_train", "deep_test")
    )
    seen = {"degradation": deep_train > train, "overfitting": deep_train < train and deep_test > test}
    return seen.get(answer, deep_test < test)


def trained_in_head(values: Values, answer: str) -> bool:
    return number(answer) == parameters(nn.Linear(network_of(values).fc.in_features, values["classes"]))


def pixel_prepared(values: Values, answer: str) -> bool:
    colour = ("red", "green", "blue").index(values["case"])
    return number(answer) == pytest.approx(_prepared(values["pixel"])[colour], abs=0.006)


@cache
def _prepared(pixel: int) -> list[float]:
    picture = Image.new("RGB", (224, 224), (pixel,) * 3)
    prepared = models.ResNet18_Weights.IMAGENET1K_V1.transforms()(picture)
    return prepared.mean(dim=(1, 2)).tolist()


def work_at_size(values: Values, answer: str) -> bool:
    figure, unit = answer.split()
    return float(figure) * {"G": 1e9, "M": 1e6}[unit] == pytest.approx(
        work(values["network"], values["larger"]), rel=0.01
    )


def missed_pictures(values: Values, answer: str) -> bool:
    return number(answer) == round(50_000 - 500 * float(values["acc1"]))


@cache
def named(network: str) -> models.ResNet:
    with torch.device("meta"):
        return getattr(models, network.lower().replace("-", ""))()


def network_of(values: Values) -> models.ResNet:
    return named(values["network"])


@cache
def work(network: str, side: int) -> int:
    """Multiply-accumulates as torch counts them."""
    with FlopCounterMode(display=False) as counter, torch.device("meta"):
        named(network)(torch.empty(1, 3, side, side))
    return counter.get_total_flops() // 2


def parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


RIGHT: dict[str, Callable[[Values, str], bool]] = {
    worked_out.__name__.replace("_", "-"): worked_out
    for worked_out in (
        *(spread_after_norm, values_in_a_mean, norm_parameters, running_mean_after, error_of_mean),
        *(means_of_norm, biases_before_norms, factor_with_shortcut, kaiming_deviation, variance_after_blocks),
        *(weights_before_norm, chain_at_start, paths_through, paths_left, grouped_weights, wider_weights),
        *(layers_of_three_stages, which_fault, trained_in_head, pixel_prepared, work_at_size, missed_pictures),
    )
}
"""Whether an answer is right, by the question's name."""
