"""The same map with weights redrawn from the last layer down: whether it depends on what was learned.

Adebayo et al. 2018, "Sanity Checks for Saliency Maps", arXiv 1810.03292, the cascading randomization.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from explorer.architecture.plan import Plan
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.forward import passed
from explorer.model.guard import borrowed, exclusive
from explorer.model.precision import in_double

MOST_STOPS = 16
"""Times that the map is made anew, beside the original."""
_ROUNDING = 1e-6  # of a map's largest value


@dataclass(frozen=True, eq=False, kw_only=True)
class Redrawn:
    """The map of a network whose last part has random weights.

    Attributes:
        part: the first part, counted from the picture, that is redrawn; empty for the network as it is.
        stage: that it belongs to.
        map: ``(h, w)``.
        correlation: of the ranks of the map's cells with those of the original (Spearman); NaN where a map is constant.
        probability: of the class that is explained.
    """

    part: str
    stage: str
    map: np.ndarray
    correlation: float
    probability: float


def cascade(
    model: ObservableModule,
    plan: Plan,
    image: Tensor,
    chosen: int,
    explain: Callable[[ObservableModule], np.ndarray],
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[Redrawn, ...]:
    """The map of the network as it is, then with its weights redrawn down to one part after the other.

    The weights of convolutions and linear layers are redrawn from a normal distribution with the mean and the standard
    deviation that those of the layer have; norms and biases stay, so that values keep their range. What is redrawn is
    a copy.

    Args:
        model: from ``build``, or wrapped.
        plan: of it.
        image: ``(1, C, H, W)``.
        chosen: number of the class whose probability is watched.
        explain: makes the map of a network, ``(h, w)``.
        seed: of the weights.
        progress: told the share that is done; may raise to end the work.
    """
    with exclusive(model):
        redrawn = copy.deepcopy(model)
    parts = parts_from_the_top(plan)
    stops = _spread(list(parts))
    generator = torch.Generator().manual_seed(seed)
    original = explain(model)
    found = [_seen("", "", original, original, model, image, chosen)]
    for number, (part, (stage, rows)) in enumerate(parts.items()):
        for weight in _weights(redrawn, rows):
            redraw(weight, generator)
        if part in stops:
            if progress is not None:
                progress((number + 1) / (len(parts) + 1), f"Weights redrawn from the last layer down to {part}")
            found.append(_seen(part, stage, explain(redrawn), original, redrawn, image, chosen))
    return tuple(found)


def parts_from_the_top(plan: Plan) -> dict[str, tuple[str, list[str]]]:
    """The parts of a network that hold weights, the last one first: stage and rows of each block or stage."""
    parts: dict[str, tuple[str, list[str]]] = {}
    for row in reversed(plan.layers):
        if row.params and row.inputs:
            parts.setdefault(row.block or row.stage, (row.stage, []))[1].append(row.layer)
    return parts


def redraw(weight: Tensor, generator: torch.Generator) -> None:
    """Fill a weight anew, normal with its own mean and standard deviation; the same values on every device."""
    with torch.no_grad():
        std, mean = torch.std_mean(weight, correction=0)
        weight.copy_(torch.randn(weight.shape, generator=generator).to(weight) * std + mean)


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rank correlation of the cells of two maps; NaN where one of them is constant, but for rounding."""
    if any(np.ptp(one) <= _ROUNDING * np.abs(one).max() for one in (first, second)):
        return float("nan")
    both = pd.DataFrame({"first": first.ravel(), "second": second.ravel()})
    return float(both.corr(method="spearman").to_numpy()[0, 1])


def _weights(model: ObservableModule, rows: Sequence[str]) -> Iterator[Tensor]:
    """Of convolutions and linear layers: all that have two dimensions or more."""
    for row in rows:
        module: nn.Module = model.get_submodule(row)
        yield from (one for one in module.parameters() if one.dim() > 1)


def _seen(
    part: str,
    stage: str,
    made: np.ndarray,
    original: np.ndarray,
    model: ObservableModule,
    image: Tensor,
    chosen: int,
) -> Redrawn:
    with borrowed(model, "eval"):
        probability = in_double(passed(model, image).flatten(1)).softmax(1)[0, chosen]
    return Redrawn(
        part=part,
        stage=stage,
        map=made,
        correlation=rank_correlation(original, made),
        probability=float(probability),
    )


def _spread(parts: list[str]) -> set[str]:
    """At most ``MOST_STOPS`` of them at equal distances, the first and the last among them."""
    places = np.linspace(0, len(parts) - 1, min(len(parts), MOST_STOPS)).round().astype(int)
    return {parts[place] for place in places}
