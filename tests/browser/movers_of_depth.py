"""What the movers of norms, depth and transfer shall answer, worked out by torch, torchvision and closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from math import comb
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F
from torchvision import models
from torchvision.models import ResNet18_Weights

from explorer.architecture.examples import DIGIT_READER, example_facts
from explorer.model.samples import digit_images, sample
from explorer.ui.learn.movers.lesions import measured
from explorer.ui.learn.moving import values
from tests.architecture.plans import REFERENCE

Read = Mapping[str, str | Callable[[str], bool]]
Moved = dict[str, Any]


def near(expected: float, words: str, rel: float = 0.006) -> bool:
    """Whether words say a number, powers of ten and units included."""
    figure, _, exponent = words.replace("−", "-").replace(",", "").split()[0].partition("·10")
    power = int(exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
    return math.isclose(float(figure) * 10**power, expected, rel_tol=rel, abs_tol=1e-9)


def about(expected: float, rel: float = 0.006) -> Callable[[str], bool]:
    return partial(near, expected, rel=rel)


def four_steps(spread: float, eps: float, gamma: float, beta: float) -> Read:
    x = torch.tensor([1, 2, 3, 4, 5, 6, 7, 8], dtype=torch.float64)
    x = (x - x.mean()) * spread + x.mean()
    scale, shift = (torch.tensor([number], dtype=torch.float64) for number in (gamma, beta))
    y = F.batch_norm(x.view(8, 1), None, None, scale, shift, training=True, eps=eps)
    expected = [*y.flatten().tolist(), float(y.mean()), float(y.std(correction=0))]

    def check(words: str) -> bool:
        last = [row.split("\t")[-1] for row in words.splitlines()[1:]]
        return all(near(number, cell) for number, cell in zip(expected, last, strict=True))

    return {"steps": check}


def running_mean(batch: int, momentum: float, batches: int) -> Read:
    held_out = np.array(example_facts(DIGIT_READER).held_out)
    brightness = digit_images()[held_out].mean(axis=(1, 2)) / digit_images().max()
    return {
        "error": about(brightness.std() / math.sqrt(batch), rel=0.02),
        "start": about(100 * (1 - momentum) ** batches),
    }


def shared_mean(norm: str, side: int) -> Read:
    means = torch.tensor(values("shared-mean")["means"], dtype=torch.float64)
    x = means[:, :, None, None].expand(-1, -1, side, side)
    over = {"batch": (0, 2, 3), "layer": (1, 2, 3), "group": (2, 3, 4), "instance": (2, 3)}[norm]
    x = x.reshape(4, 2, 3, side, side) if norm == "group" else x
    found = x.mean(dim=over)
    return {
        "means": str(found.numel()),
        "together": f"{x.numel() // found.numel():,}",
        "mean": about(float(found.flatten()[0])),
    }


def spread(gain: float, gamma: float, blocks: int) -> Read:
    plain = residual = normed = 1.0  # variances, block by block
    for _ in range(blocks):
        plain, residual, normed = plain * gain**2, residual * (1 + (gamma * gain) ** 2), normed + gamma**2
    named = {"plain": plain, "residual": residual, "normed": normed}
    return {name: about(math.sqrt(variance), rel=0.05) for name, variance in named.items()}


def paths(blocks: int, factor: float, out: int) -> Read:
    left = blocks - out
    carried = [comb(left, k) * factor**k for k in range(left + 1)]
    mean = sum(k * share for k, share in enumerate(carried)) / sum(carried)
    return {"paths": about(2**left), "typical": f"{left / 2:.1f}", "carrying": about(mean, rel=0.01)}


def variant(name: str, *, part: str = "") -> Read:
    """Torchvision's network, or that of the reference; the percentage behind the number is not looked at."""
    with torch.device("meta"):
        network = getattr(models, name)()
    count = sum(parameter.numel() for parameter in network.parameters())
    return {"params": lambda words: words.startswith(f"{count:,} ("), "operations": lambda words: part in words}


def depth(blocks: int) -> Read:
    layers = 6 * blocks + 2
    exact = REFERENCE["cifar_exact"]["models"][f"resnet{layers}"]["A_10classes_params"]
    error = REFERENCE["paper"]["table6_cifar10_test_error"][f"ResNet-{layers}"][2]
    return {
        "layers": f"{layers:,}",
        "params": f"{exact:,}",
        "errors": lambda words: f"{layers:,}\t{blocks}\t{error:.2f} %" in words,
    }


def frozen(network: str, prefixes: tuple[str, ...], classes: int) -> Read:
    """What is trained when the layers with these prefixes are, and a new last layer."""
    with torch.device("meta"):
        built = getattr(models, network)(num_classes=classes)
    trained = sum(one.numel() for name, one in built.named_parameters() if name.startswith((*prefixes, "fc.")))
    return {"trained": f"{trained:,}", "frozen": f"{sum(one.numel() for one in built.parameters()) - trained:,}"}


def preprocessing(pixel: int, colour: int) -> Read:
    pixels = torch.from_numpy(np.array(sample("china").convert("RGB"))).permute(2, 0, 1)
    transform = ResNet18_Weights.IMAGENET1K_V1.transforms()
    mean, std = transform.mean[colour], transform.std[colour]
    arrives = (pixels[colour].double() / 255 - mean) / std
    return {
        "expected": about((pixel / 255 - mean) / std),
        "mean": about(float(arrives.mean()), rel=0.01),
        "deviation": about(float(arrives.std(correction=0)), rel=0.01),
    }


def table_row(name: str, recipe: str) -> Read:
    meta = getattr(models.get_model_weights(name), f"IMAGENET1K_{recipe}").meta
    accuracy = meta["_metrics"]["ImageNet-1K"]["acc@1"]
    return {
        "params": f"{meta['num_params']:,}",
        "accuracy": f"{accuracy:.2f} %",
        "missed": f"{round(50_000 - 500 * accuracy):,}",
        "work": lambda words: near(meta["_ops"] * 1e9, words.splitlines()[1].split("\t")[1]),
    }


def landscape(length: int, start: float, rate: float, steps: int) -> Read:
    read: dict[str, Callable[[str], bool]] = {}
    for name, added in (("plain", 0), ("residual", 1)):
        w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.SGD([w], lr=rate)
        for step in range(steps + 1):
            optimiser.zero_grad()
            loss = ((w + added) ** length - 2) ** 2 / 2
            loss.backward()
            if step == 0:
                assert w.grad is not None
                read[f"slope_{name}"] = about(float(w.grad), rel=0.05)
            if step < steps:
                optimiser.step()
        read[f"loss_{name}"] = about(float(loss.detach()), rel=0.05)
    return read


def lesions(part: str, *blocks: str) -> Read:
    """The error of the network that comes with the app, run without these parts of its blocks."""
    found = measured(part, [sum(2 ** values("lesions")["blocks"].index(block) for block in blocks)])[0]
    tested = example_facts(DIGIT_READER).tested
    return {"wrong": f"{found} / {tested}", "error": f"{100 * found / tested:.1f} %"}


CASES: list[tuple[str, Moved, Read | Callable[[], Read]]] = [
    ("four-steps", {"spread": 6, "gamma": 1.5, "beta": -1}, partial(four_steps, 1, 1e-5, 1.5, -1)),
    ("four-steps", {"spread": 3, "epsilon": 1, "gamma": -2, "beta": 0.5}, partial(four_steps, 0.003, 1e-3, -2, 0.5)),
    (
        "four-steps",
        {"spread": 0, "beta": 2},
        lambda: {**four_steps(0, 1e-5, 1, 2), "said": lambda words: "equal" in words},
    ),
    ("running-mean", {"batch": 4, "momentum": 3, "batches": 30}, partial(running_mean, 16, 0.3, 30)),
    ("shared-mean", {"norm": "batch", "side": 5}, partial(shared_mean, "batch", 28)),
    ("shared-mean", {"norm": "group", "side": 1}, partial(shared_mean, "group", 2)),
    ("shared-mean", {"norm": "layer"}, partial(shared_mean, "layer", 7)),
    ("shared-mean", {"norm": "instance"}, partial(shared_mean, "instance", 7)),
    ("spread", {"gain": 0.8, "gamma": 0.5, "blocks": 20}, partial(spread, 0.8, 0.5, 20)),
    ("spread", {"gamma": 0}, {"residual": "1", "normed": "1", "said": lambda words: "passes its input on" in words}),
    ("paths", {"blocks": 16, "factor": 0.5, "out": 1}, partial(paths, 16, 0.5, 1)),
    ("paths", {"blocks": 54}, partial(paths, 54, 0.25, 0)),
    ("lesions", {}, partial(lesions, "main")),
    ("lesions", {"layer1.2": 1, "layer3.1": 1}, partial(lesions, "main", "layer1.2", "layer3.1")),
    ("lesions", {"part": "shortcut", "layer2.0": 1}, partial(lesions, "shortcut", "layer2.0")),
    ("variants", {"inside": "groups"}, partial(variant, "resnext50_32x4d", part="3×3")),
    ("variants", {"inside": "wide"}, partial(variant, "wide_resnet50_2")),
    ("cifar-depth", {"blocks": 11}, partial(depth, 18)),
    ("cifar-depth", {"blocks": 16}, partial(depth, 200)),
    ("frozen", {"network": "ResNet-18", "from": 4, "classes": 3}, partial(frozen, "resnet18", ("layer4.",), 10)),
    ("frozen", {"network": "ResNet-50", "from": 5, "classes": 9}, partial(frozen, "resnet50", (), 1000)),
    ("preprocessing", {"way": "right", "colour": "blue", "pixel": 51}, partial(preprocessing, 51, 2)),
    ("table-row", {"network": "ResNet-50", "recipe": "second"}, partial(table_row, "resnet50", "V2")),
    ("table-row", {"network": "ResNet-152"}, partial(table_row, "resnet152", "V1")),
    ("landscape", {"length": 10, "start": 0.1, "rate": 3, "steps": 25}, partial(landscape, 10, 0.1, 0.003, 25)),
    ("landscape", {"length": 2, "start": 0.5, "rate": 4, "steps": 60}, partial(landscape, 2, 0.5, 0.01, 60)),
]
"""As in ``test_movers``."""
