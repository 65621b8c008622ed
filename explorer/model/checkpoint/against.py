"""Two checkpoints of one network against each other: how far each layer moved, and what is equal bit for bit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.architecture.families import Spec, title_of
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import WeightsError
from explorer.model.checkpoint.health import first_names
from explorer.model.checkpoint.layers import layer_of
from explorer.views.numbers import written

_COUNTER, _MEAN, _VARIANCE = "num_batches_tracked", "running_mean", "running_var"
_NORM_EPS = 1e-5  # torch's, which no file of weights holds


@dataclass(frozen=True, kw_only=True)
class Change:
    """How far one layer of the second checkpoint is from the first's; None where it has no such numbers.

    Attributes:
        layer: its name.
        weight: ‖ΔW‖ / ‖W‖ of the weights, of a norm's γ; ∞ where W is 0.
        bias: the same of the biases, of a norm's β.
        mean: distance of the running means in the first's running deviations, the average over the channels.
        variance: by which factor the running variances differ, 1 or more, the geometric mean over the channels.
        is_frozen: whether weights and biases are equal bit for bit.
        is_still: whether the running statistics are; the counter of batches is not asked.
    """

    layer: str
    weight: float | None
    bias: float | None
    mean: float | None
    variance: float | None
    is_frozen: bool
    is_still: bool

    @property
    def is_norm(self) -> bool:
        """Whether it has running statistics."""
        return self.mean is not None


def check_one_network(first: Spec, second: Spec) -> None:
    """Refuse checkpoints of different networks; classifiers may differ, as they do behind transfer learning.

    Raises:
        WeightsError: with both networks' names.
    """
    if _body(first) != _body(second):
        one, other = title_of(first), title_of(second)
        other = "another network of that name" if one == other else other
        raise WeightsError(
            f"{one} and {other} have layers that do not correspond: take two checkpoints of one network."
        )


def changes(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> tuple[Change, ...]:
    """How far each layer moved from one checkpoint to another.

    Args:
        first: tensors by their names in the network.
        second: of the same network; a layer that has another shape there, or is not there, is left out.

    Returns:
        In the order of the first.
    """
    layers: dict[str, list[str]] = {}
    for name in first:
        layers.setdefault(layer_of(name) or name, []).append(name)
    return tuple(
        _change(layer, [(name, first[name], second[name]) for name in names])
        for layer, names in layers.items()
        if all(name in second and second[name].shape == first[name].shape for name in names if _counts(name))
        and any(_counts(name) for name in names)
    )


def findings(found: Sequence[Change]) -> tuple[str, ...]:
    """What is to be seen in the changes, a sentence each."""
    frozen = [change for change in found if change.is_frozen]
    drifting = [change.layer for change in frozen if not change.is_still]
    moved = sorted((c for c in found if not c.is_frozen and c.weight is not None), key=lambda c: -_finite(c.weight))
    if len(frozen) == len(found) and not drifting:
        return (f"All {len(found):,} layers are equal bit for bit: these are the same weights.",)
    sentences = []
    if frozen:
        names = first_names(change.layer for change in frozen)
        sentences.append(
            f"Weights and biases of {len(frozen):,} of {len(found):,} layers are equal bit for bit: these layers were "
            f"frozen: {names}."
        )
    else:
        sentences.append(f"No layer was frozen: weights or biases moved in all {len(found):,}.")
    if drifting:
        sentences.append(
            f"Of the frozen layers {len(drifting):,} went on estimating their running statistics, as norms in train "
            f"mode do: {first_names(drifting)}."
        )
    if moved:
        most = first_names(f"{change.layer} ({written(change.weight or 0, 3)})" for change in moved)
        sentences.append(f"‖ΔW‖/‖W‖ from the largest on: {most}.")
    return tuple(sentences)


def _body(spec: Spec) -> Spec:
    """The network without what a change of classes changes, and how it starts, which no weights show."""
    match spec:
        case ResNetSpec():
            return spec.replace(num_classes=1, added_classes=0, zero_init_residual=False)
        case TorchvisionSpec():
            return spec.replace(num_classes=1)
    return spec


def _counts(name: str) -> bool:
    return not name.endswith(_COUNTER)


def _change(layer: str, parts: Sequence[tuple[str, Tensor, Tensor]]) -> Change:
    kept = {"weight": [], "bias": [], _MEAN: [], _VARIANCE: []}  # type: dict[str, list[tuple[Tensor, Tensor]]]
    for name, one, other in parts:
        if _counts(name):
            kind = next((kind for kind in ("bias", _MEAN, _VARIANCE) if name.endswith(kind)), "weight")
            kept[kind].append((one, other))
    means, variances = kept[_MEAN], kept[_VARIANCE]
    return Change(
        layer=layer,
        weight=_distance(kept["weight"]),
        bias=_distance(kept["bias"]),
        mean=_mean_drift(*means[0], variances[0][0]) if means and variances else None,
        variance=_variance_factor(*variances[0]) if variances else None,
        is_frozen=_equal([*kept["weight"], *kept["bias"]]),
        is_still=_equal([*means, *variances]),
    )


def _distance(pairs: Sequence[tuple[Tensor, Tensor]]) -> float | None:
    """‖second − first‖ / ‖first‖ of all tensors together."""
    if not pairs:
        return None
    moved = math.sqrt(sum(float((other.double() - one.double()).square().sum()) for one, other in pairs))
    size = math.sqrt(sum(float(one.double().square().sum()) for one, _ in pairs))
    return moved / size if size else math.inf if moved else 0.0


def _mean_drift(one: Tensor, other: Tensor, variance: Tensor) -> float:
    return float(((other.double() - one.double()).abs() / (variance.double() + _NORM_EPS).sqrt()).mean())


def _variance_factor(one: Tensor, other: Tensor) -> float:
    ratio = (other.double() + _NORM_EPS).log() - (one.double() + _NORM_EPS).log()
    return float(ratio.abs().mean().exp())


def _equal(pairs: Iterable[tuple[Tensor, Tensor]]) -> bool:
    """Whether all are equal bit for bit: 0 is not −0 here, and NaN is NaN."""
    return all(torch.equal(*(tensor.contiguous().reshape(-1).view(torch.uint8) for tensor in pair)) for pair in pairs)


def _finite(value: float | None) -> float:
    return math.inf if value is None or math.isnan(value) else value
