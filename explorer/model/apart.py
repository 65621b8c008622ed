"""The same pictures through two models: how far their maps part, block by block, and what each answers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.model.build import ObservableModule
from explorer.model.probe import part_ends, record, recordable

_AT_ONCE = 4


@dataclass(frozen=True, kw_only=True)
class Apart:
    """How far the maps of two models are from each other where a part of the network ends.

    Attributes:
        part: ``stem`` or a block, ``layer1.0``.
        layer: the row that ends it.
        relative: ‖a − b‖ / ‖a‖, the Euclidean norms over all pictures; ∞ where a is 0.
        cosine: of the angle between a and b, each taken as one vector; NaN where one of them is 0.
    """

    part: str
    layer: str
    relative: float
    cosine: float


@dataclass(frozen=True, eq=False, kw_only=True)
class TwoModels:
    """What two models make of the same pictures.

    Attributes:
        parts: in the order of the network.
        first: what the first outputs, ``(N, classes)``.
        second: what the second outputs.
    """

    parts: tuple[Apart, ...]
    first: np.ndarray
    second: np.ndarray


def compare_models(first: ObservableModule, second: ObservableModule, images: Tensor) -> TwoModels:
    """Send pictures through two models of one network in eval mode.

    Args:
        first: from ``build``.
        second: of the same network; its classifier may have other classes.
        images: ``(N, C, H, W)``.

    Raises:
        InputSizeError: when the network cannot take such pictures.
    """
    ends = part_ends(first)
    last = recordable(first)[-1]
    sums = {layer: torch.zeros(4, dtype=torch.float64) for layer in ends}
    outputs: tuple[list[Tensor], list[Tensor]] = ([], [])
    for some in images.split(_AT_ONCE):
        taps = [record(model, some, [*ends, recordable(model)[-1]], to="cpu") for model in (first, second)]
        for layer, total in sums.items():
            one, other = (tap[layer].double().flatten() for tap in taps)
            total += torch.stack([(one - other).square().sum(), one @ one, other @ other, one @ other])
        outputs[0].append(taps[0][last])
        outputs[1].append(taps[1][recordable(second)[-1]])
    return TwoModels(
        parts=tuple(_apart(part, layer, *sums[layer].tolist()) for layer, part in ends.items()),
        first=torch.cat(outputs[0]).flatten(1).numpy(),
        second=torch.cat(outputs[1]).flatten(1).numpy(),
    )


def _apart(part: str, layer: str, squared: float, one: float, other: float, product: float) -> Apart:
    relative = math.sqrt(squared / one) if one else math.inf if squared else 0.0
    both = math.sqrt(one * other)
    return Apart(part=part, layer=layer, relative=relative, cosine=product / both if both else math.nan)
