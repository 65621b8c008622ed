"""Batch, instance, group and no norm on one network with the same first weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import torch
from torch import Tensor

from explorer.architecture.block_spec import Norm
from explorer.architecture.spec import ResNetSpec
from explorer.errors import InputSizeError
from explorer.labs.data.data import load_data
from explorer.labs.gradient_flow.gradient_flow import Flow, gradient_flow
from explorer.labs.training.initialise import initialised
from explorer.labs.training.sets import digit_net
from explorer.model.build import NetworkModule
from explorer.model.forward import passed
from explorer.model.guard import borrowed
from explorer.model.precision import in_double

NORM_KINDS: tuple[Norm, ...] = get_args(Norm)
DEPTH = 20
WIDTHS = (12, 24, 48)
"""Group norm takes gcd(32, C) groups: 4, 8 and 16 groups of three channels each here."""


@dataclass(frozen=True, kw_only=True)
class NormRun:
    """One network with one kind of norm.

    Attributes:
        norm: which.
        params: learnable scalars of the network.
        flow: how activations spread in one pass of the batch in train mode.
        alone: largest difference between the logits of the first picture alone and in the batch, both in train mode,
            over the largest logit; NaN where one of them is not finite.
        smallest: why a single picture whose last maps are 1×1 is refused in train mode; empty when it is not.
    """

    norm: Norm
    params: int
    flow: Flow
    alone: float
    smallest: str


def kind_spec(norm: Norm) -> ResNetSpec:
    """The network of this experiment: residual-20 for 8×8 digits, 12, 24 and 48 channels wide."""
    return digit_net(DEPTH, norm=norm).replace(widths=WIDTHS)


def norm_runs(*, pictures: int = 32, seed: int = 0) -> tuple[NormRun, ...]:
    """The same weights and the same batch with each kind of norm.

    Args:
        pictures: digits in the batch.
        seed: of the weights.

    Returns:
        In the order of ``NORM_KINDS``.
    """
    data = load_data("digits")
    images, labels = data.as_input(data.test_pixels[:pictures]), data.test_labels[:pictures]
    return tuple(_run(norm, images, labels, seed) for norm in NORM_KINDS)


def _run(norm: Norm, images: Tensor, labels: Tensor, seed: int) -> NormRun:
    model = initialised(kind_spec(norm), seed=seed)
    in_batch, alone = _train_logits(model, images)[0], _train_logits(model, images[:1])[0]
    return NormRun(
        norm=norm,
        params=sum(parameter.numel() for parameter in model.parameters()),
        flow=gradient_flow(model, images, labels, mode="train"),
        alone=float((in_batch - alone).abs().max() / in_batch.abs().max()),
        smallest=_refusal(model, images[:1, :, ::2, ::2]),
    )


def _train_logits(model: NetworkModule, images: Tensor) -> Tensor:
    with borrowed(model, "train"):
        return in_double(passed(model, images))


def _refusal(model: NetworkModule, images: Tensor) -> str:
    """Why the network does not take pictures in train mode; empty when it does."""
    try:
        with torch.no_grad():
            _train_logits(model, images)
    except InputSizeError as error:
        return str(error)
    return ""
