"""A checkpoint's health at a glance: what is broken, dead, unused or unlike trained weights, each in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.architecture.families import Spec, family_of, network_of
from explorer.architecture.trace import trace
from explorer.model.batchnorm import NormState
from explorer.model.checkpoint.checkpoint import expected_shapes
from explorer.model.checkpoint.kernels import ALIKE, FirstKernels, first_kernels
from explorer.model.checkpoint.layers import Spread, all_finite, norms, spreads
from explorer.model.checkpoint.silent import never_firing
from explorer.model.norm_findings import Problem, Thresholds, of_state
from explorer.views.numbers import percent, written

FAR = 10.0
"""A layer is spread far from its start by this factor, up or down."""
SPARSE = 0.01
"""From this share of weights that are exactly 0 on it is said."""
_AS_AT_START = 0.05  # what a layer's deviation differs from its start at most, as long as nothing was learnt
_ENOUGH_WEIGHTS = 1000  # for a deviation that chance moves less than that
_NAMED = 3
_OWN_START = "Layers far from their start were not looked for: this family of torchvision starts in its own way."


@dataclass(frozen=True, kw_only=True)
class Health:
    """What was looked at in a checkpoint, and what was found.

    Attributes:
        layers: its convolutions and linear layers.
        kernels: those of the first convolution; None where there is none.
        findings: one sentence each, the worst first.
        checked: what was looked for, in words.
        unchecked: what could not be looked for, with the reason, one sentence each.
    """

    layers: tuple[Spread, ...]
    kernels: FirstKernels | None
    findings: tuple[str, ...]
    checked: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def zeros_share(self) -> float:
        """Share of all weights of convolutions and linear layers that are exactly 0; NaN where there are none."""
        weights = sum(layer.weights for layer in self.layers)
        return sum(layer.zeros for layer in self.layers) / weights if weights else float("nan")


def examine(tensors: Mapping[str, Tensor], spec: Spec | None = None) -> Health:
    """Look for what is wrong with named tensors, without running a network.

    Args:
        tensors: by name: of the network if one is known, else of the file.
        spec: the network; None where it is not known.

    Returns:
        The layers and the findings.
    """
    tensors = in_order(tensors, spec)
    layers, states, kernels = spreads(tensors), norms(tensors), first_kernels(tensors)
    measured = spec is not None and family_of(spec).measured
    wired = spec is not None and not measured
    found = [
        *_non_finite(tensors),
        *_of_norms(states, "negative variance"),
        *_zero_or_constant(layers),
        *(_silent(tensors, spec) if spec is not None and wired else ()),
        *_of_norms(states, "never updated", "tiny variance", "near-zero γ"),
        *(() if measured else _far_from_start(layers)),
        *_as_at_start(layers),
        *_sparse(layers),
        *_alike(kernels),
    ]
    unchecked = (
        *(() if wired else ("Channels that can never fire were not looked for: how the layers follow is unknown.",)),
        *((_OWN_START,) if measured else ()),
    )
    return Health(
        layers=layers,
        kernels=kernels,
        findings=tuple(found),
        checked=_checked(wired=wired, measured=measured),
        unchecked=unchecked,
    )


def in_order(tensors: Mapping[str, Tensor], spec: Spec | None) -> dict[str, Tensor]:
    """Named tensors in the order of the network's layers, what is not its own behind; a file may have any order.

    Args:
        tensors: by name.
        spec: the network; None where it is not known, which leaves them as they are.
    """
    own = [] if spec is None else [name for name in expected_shapes(spec) if name in tensors]
    return {name: tensors[name] for name in (*own, *tensors)}


def findings(tensors: Mapping[str, Tensor], spec: Spec | None = None) -> tuple[str, ...]:
    """What is wrong with named tensors, one sentence each, the worst first; as for ``examine``."""
    return examine(tensors, spec).findings


def _checked(*, wired: bool, measured: bool) -> tuple[str, ...]:
    limits = Thresholds()
    return (
        "NaN and infinite values",
        "negative variances",
        "layers that are 0 or constant",
        *(["channels that can never fire"] if wired else []),
        "norms that saw no batch",
        f"variances below {written(limits.tiny_variance)}",
        f"|γ| below {written(limits.near_zero_gamma)}",
        f"layers spread {'' if measured else f'{FAR:g} times wider or narrower than at the start, or '}"
        "just as at the start",
        f"more than {percent(SPARSE, 0)} of weights that are exactly 0",
        f"first kernels with |cosine| above {ALIKE:g}",
    )


def _non_finite(tensors: Mapping[str, Tensor]) -> Iterator[str]:
    counts = {}
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not all_finite(tensor):
            counts[name] = tensor.numel() - int(torch.isfinite(tensor).sum())
    if counts:
        some = _of(len(counts), len(tensors), "tensor")
        yield f"NaN or infinite values in {some}: {_counted(counts)}; whatever is computed with them is NaN too."


def _of_norms(states: Sequence[NormState], *problems: Problem) -> Iterator[str]:
    every = [finding for state in states for finding in of_state(state, Thresholds())]
    channels = sum(state.channels for state in states)
    for problem in problems:
        hits = [finding for finding in every if finding.problem == problem]
        if not hits:
            continue
        where = _counted(Counter(finding.layer for finding in hits))
        some = _of(len(hits), channels, "channel")
        limit = written(hits[0].threshold or 0)
        match problem:
            case "negative variance":
                lowest = written(min(finding.value for finding in hits))
                yield f"Negative running variances, down to {lowest}, in {some}: {where}; no variance is negative."
            case "never updated":
                tracking = sum(state.running_var is not None for state in states)
                names = first_names([finding.layer for finding in hits])
                yield (
                    f"No batch ever went into the running statistics of {_of(len(hits), tracking, 'norm')} (mean 0, "
                    f"variance 1): {names}."
                )
            case "tiny variance":
                yield f"Running variances below {limit} in {some}: {where}; the smallest change is blown up there."
            case _:
                yield f"|γ| below {limit} in {some}: {where}; such a channel outputs β, whatever its input."


def _zero_or_constant(layers: Sequence[Spread]) -> Iterator[str]:
    zero = [layer.layer for layer in layers if layer.zeros == layer.weights]
    if zero:
        yield f"All weights are 0 in {_of(len(zero), len(layers), 'layer')}: {first_names(zero)}."
    constant = [layer for layer in layers if layer.smallest == layer.largest != 0 and layer.weights > 1]
    if constant:
        names = first_names([f"{layer.layer} ({written(layer.smallest)})" for layer in constant])
        yield f"All weights have one value in {_of(len(constant), len(layers), 'layer')}: {names}."


def _silent(tensors: Mapping[str, Tensor], spec: Spec) -> Iterator[str]:
    silent = never_firing(tensors, trace(network_of(spec), family_of(spec).usual_size))
    counts = {name: int(channels.sum()) for name, channels in silent.items() if channels.any()}
    if counts:
        some = _of(sum(counts.values()), sum(map(len, silent.values())), "channel")
        yield f"{some} in front of a ReLU can never fire: {_counted(counts)}; they are 0 for every picture."


def _far_from_start(layers: Sequence[Spread]) -> Iterator[str]:
    alive = [layer for layer in layers if layer.smallest != layer.largest]
    far = {
        "wider": [layer for layer in alive if layer.ratio > FAR],
        "narrower": [layer for layer in alive if layer.ratio < 1 / FAR],
    }
    for word, some in far.items():
        if some:
            most = sorted(some, key=lambda layer: layer.ratio, reverse=word == "wider")
            names = first_names([f"{layer.layer} ({written(layer.ratio, 3)}×)" for layer in most])
            yield (
                f"The weights of {_of(len(some), len(layers), 'layer')} are spread more than {FAR:g} times {word} than "
                f"at the start: {names}."
            )


def _as_at_start(layers: Sequence[Spread]) -> Iterator[str]:
    large = [layer.ratio for layer in layers if layer.weights >= _ENOUGH_WEIGHTS]
    if large and all(abs(ratio - 1) < _AS_AT_START for ratio in large):
        yield (
            f"{_of(len(large), len(layers), 'layer')} are spread as at the start ({written(min(large), 3)} to "
            f"{written(max(large), 3)} times): these look like random weights that nothing was learnt with."
        )


def _sparse(layers: Sequence[Spread]) -> Iterator[str]:
    zeros, weights = sum(layer.zeros for layer in layers), sum(layer.weights for layer in layers)
    if weights and zeros / weights > SPARSE:
        most = sorted((layer for layer in layers if layer.zeros), key=lambda layer: -layer.zeros_share)
        names = first_names([f"{layer.layer} ({percent(layer.zeros_share)})" for layer in most])
        yield f"{percent(zeros / weights)} of the weights are exactly 0, {zeros:,} of {weights:,}: {names}."


def _alike(kernels: FirstKernels | None) -> Iterator[str]:
    if kernels is not None and kernels.alike:
        pairs = [f"{pair.first} and {pair.second} ({written(pair.cosine)})" for pair in kernels.alike]
        some = f"{len(pairs):,} {'pair' if len(pairs) == 1 else 'pairs'}"
        yield f"Nearly the same kernels in {kernels.layer}, {some} with |cosine| above {ALIKE:g}: {first_names(pairs)}."


def _of(count: int, total: int, noun: str) -> str:
    return f"{count:,} of {total:,} {noun}{'' if total == 1 else 's'}"


def _counted(counts: Mapping[str, int]) -> str:
    """Names with how often, the most first."""
    return first_names([f"{name} ({count:,})" for name, count in Counter(counts).most_common()])


def first_names(names: Iterable[str]) -> str:
    """Names in a sentence: all of a few, else the first and how many there are besides."""
    every = list(names)
    if len(every) <= _NAMED + 1:
        return " and ".join(filter(None, (", ".join(every[:-1]), every[-1])))
    return f"{', '.join(every[:_NAMED])} and {len(every) - _NAMED:,} more"
