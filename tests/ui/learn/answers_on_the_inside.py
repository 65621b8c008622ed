"""Right answers to questions about what is inside a trained network, worked out by torch and torchvision."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import nn

from tests.ui.learn.answers_on_blocks import row
from tests.ui.learn.answers_on_depth import Values, named, number

# --- fields ---


def field_of_stack(values: Values, answer: str) -> bool:
    strides = [2] + [1] * (values["layers"] - 1)
    x = torch.zeros(1, 1, 201, dtype=torch.float64, requires_grad=True)
    y = x
    for stride in strides:
        y = nn.functional.conv1d(y, torch.ones(1, 1, values["kernel"], dtype=torch.float64), stride=stride)
    (gradient,) = torch.autograd.grad(y[0, 0, y.shape[2] // 2], x)
    return number(answer) == int((gradient > 0).sum())


def effective_growth(values: Values, answer: str) -> bool:
    width = {layers: math.sqrt(2 * layers / 3) for layers in (values["layers"], values["deeper"])}
    return math.isclose(
        number(answer), values["size"] * width[values["deeper"]] / width[values["layers"]], rel_tol=0.01
    )


def first_without_context(values: Values, answer: str) -> bool:
    return answer == next(name for name, covered in arrives_covered(values["network"], values["side"]) if covered)


def arrives_covered(network: str, side: int) -> Iterator[tuple[str, bool]]:
    """Each 3×3 convolution of torchvision's network, and whether the middle of what arrives sees the whole picture."""
    start, end, jump, length = 0, 1, 1, side
    for name, module in named(network).named_modules():
        if "downsample" in name or not isinstance(module, nn.Conv2d | nn.MaxPool2d):
            continue
        kernel, stride, padding = (_side(getattr(module, what)) for what in ("kernel_size", "stride", "padding"))
        if isinstance(module, nn.Conv2d) and kernel == 3:
            middle = length // 2 * jump
            yield name, start + middle <= 0 and end + middle >= side
        start, end = start - padding * jump, end + (kernel - 1 - padding) * jump
        jump, length = jump * stride, (length + 2 * padding - kernel) // stride + 1


# --- saliency ---


def logit_of_maps(values: Values, answer: str) -> bool:
    maps = torch.stack([row(values[name]).view(2, 2) for name in ("first", "second")])
    fc = nn.Linear(2, 1).double()
    fc.weight.data[:] = torch.tensor([values["weight"], number(values["other"])])
    fc.bias.data[:] = values["bias"]
    return number(answer) == pytest.approx(fc(nn.functional.adaptive_avg_pool2d(maps, 1).flatten()).item())


def step_of_fgsm(values: Values, answer: str) -> bool:
    weights = row(values["weights"])
    x = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(weights @ x, x)
    return number(answer) == -float(weights @ (-values["step"] * gradient.sign()))


# --- landscape ---


def step_before_norm(values: Values, answer: str) -> bool:
    torch.manual_seed(0)
    x, weight, direction = torch.randn(50, 8, dtype=torch.float64), *torch.randn(2, 8, dtype=torch.float64)

    def outputs(weight: torch.Tensor) -> torch.Tensor:
        return nn.functional.batch_norm((x @ weight)[:, None], None, None, training=True, eps=1e-30)

    expected = outputs(weight + values["step"] * direction)
    return torch.allclose(outputs(values["scale"] * weight + float(answer) * direction), expected)


def filter_normalised(values: Values, answer: str) -> bool:
    weights, direction, made = (row(words) for words in (values["weights"], values["direction"], answer))
    return torch.allclose(made, nn.functional.normalize(direction, dim=0) * weights.norm())


def _side(given: int | tuple[int, int]) -> int:
    return given if isinstance(given, int) else given[0]


RIGHT: dict[str, Callable[[Values, str], bool]] = {
    worked_out.__name__.replace("_", "-"): worked_out
    for worked_out in (
        *(field_of_stack, effective_growth, first_without_context, logit_of_maps, step_of_fgsm),
        *(step_before_norm, filter_normalised),
    )
}
"""Whether an answer is right, by the question's name."""
