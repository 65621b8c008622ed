"""A bias in front of a batch norm: nothing in training, something in evaluation until the running mean has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.errors import LabError

KERNELS = (
    ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0)),
    ((1.0, 0.0, -1.0), (2.0, 0.0, -2.0), (1.0, 0.0, -1.0)),
)
"""Two 3×3 kernels, one per output channel: Laplace's and Sobel's."""


@dataclass(frozen=True, kw_only=True)
class BiasCurve:
    """What a bias in front of a norm changes in its output: always the largest difference with and without it.

    Attributes:
        train: in train mode.
        evaluation: in eval mode after 0, 1, 2, … batches.
        expected: likewise by the formula: the largest of (1 − momentum)ⁿ · |b| / √(running variance + ε).
        running_mean: how far the two running means are apart after the last batch, per channel; by the formula
            (1 − (1 − momentum)ⁿ) · b.
        bias_gradient: largest gradient that a loss has for the bias, which is nothing but rounding.
        weight_gradient: and for the kernels.
    """

    train: float
    evaluation: tuple[float, ...]
    expected: tuple[float, ...]
    running_mean: tuple[float, ...]
    bias_gradient: float
    weight_gradient: float


def ramp() -> Tensor:
    """Two pictures of 4×4 whose pixels count up in tenths: 0, 0.1, …, 3.1; ``(2, 1, 4, 4)``, float64."""
    return torch.arange(32, dtype=torch.float64).reshape(2, 1, 4, 4) / 10


def bias_curve(bias: Sequence[float], *, momentum: float = 0.1, updates: int = 60) -> BiasCurve:
    """Run a 3×3 convolution and its batch norm with a bias and without it, batch by batch, in double precision.

    Args:
        bias: one number for each of the two output channels.
        momentum: of the norm, 0 to 1.
        updates: how many batches, at least 1, all of them ``ramp()``.

    Raises:
        LabError: not two biases, a momentum outside 0 to 1, or no batch.
    """
    if len(bias) != len(KERNELS):
        raise LabError(f"There are {len(KERNELS)} output channels and {len(bias)} biases: give one for each.")
    if not 0 <= momentum <= 1:
        raise LabError(f"The momentum is {momentum:g}; it must be from 0 to 1.")
    if updates < 1:
        raise LabError(f"There are {updates} batches; at least one must go through.")
    biased, plain = _pair(bias, momentum), _pair(None, momentum)
    x = ramp()
    bias_gradient, weight_gradient = _gradients(biased, x)
    size = torch.tensor(bias, dtype=torch.float64).abs()
    train, evaluation, expected = 0.0, [], []
    with torch.no_grad():
        for update in range(updates + 1):
            if update:
                train = max(train, _largest(biased.train()(x) - plain.train()(x)))
            evaluation.append(_largest(biased.eval()(x) - plain.eval()(x)))
            running_var = _norm(plain).running_var
            assert running_var is not None
            left = (1 - momentum) ** update * size / torch.sqrt(running_var + _norm(plain).eps)
            expected.append(float(left.max()))
    means = _norm(biased).running_mean, _norm(plain).running_mean
    assert means[0] is not None
    assert means[1] is not None
    return BiasCurve(
        train=train,
        evaluation=tuple(evaluation),
        expected=tuple(expected),
        running_mean=tuple((means[0] - means[1]).tolist()),
        bias_gradient=bias_gradient,
        weight_gradient=weight_gradient,
    )


def _pair(bias: Sequence[float] | None, momentum: float) -> nn.Sequential:
    """The convolution with its norm."""
    with torch.device("meta"):  # nobody else's random numbers change
        conv = nn.Conv2d(1, len(KERNELS), 3, padding=1, bias=bias is not None, dtype=torch.float64)
    conv.to_empty(device="cpu")
    with torch.no_grad():
        conv.weight.copy_(torch.tensor(KERNELS, dtype=torch.float64).unsqueeze(1))
        if conv.bias is not None and bias is not None:
            conv.bias.copy_(torch.tensor(bias, dtype=torch.float64))
    return nn.Sequential(conv, nn.BatchNorm2d(len(KERNELS), momentum=momentum, dtype=torch.float64))


def _gradients(pair: nn.Sequential, x: Tensor) -> tuple[float, float]:
    """Of a loss in train mode that the position in the batch matters to, for the bias and for the kernels."""
    conv, kept = pair[0], {name: buffer.clone() for name, buffer in pair.named_buffers()}
    assert isinstance(conv, nn.Conv2d)
    assert conv.bias is not None
    with torch.enable_grad():
        out = pair.train()(x)
        factors = torch.linspace(-1, 2, out.numel(), dtype=out.dtype).reshape(out.shape)
        of_bias, of_weight = torch.autograd.grad((factors * out**2).sum(), [conv.bias, conv.weight])
    pair.load_state_dict(kept, strict=False)
    return _largest(of_bias), _largest(of_weight)


def _norm(pair: nn.Sequential) -> nn.BatchNorm2d:
    norm = pair[1]
    assert isinstance(norm, nn.BatchNorm2d)
    return norm


def _largest(values: Tensor) -> float:
    return float(values.abs().max())
