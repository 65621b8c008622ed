"""Channels that can never fire: what their ReLU outputs is 0 for every picture, whatever the others hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from torch import Tensor

from explorer.architecture.operations import Kind
from explorer.architecture.plan import INPUT, Layer, Plan
from explorer.model.batchnorm import NormState
from explorer.model.checkpoint.layers import norms

_POSITIVE: frozenset[Kind] = frozenset({"relu", "sigmoid"})
_OF_BOTH_SIGNS: frozenset[Kind] = frozenset({"conv", "convtranspose", "linear", "norm", "tanh"})


class _Bounds(NamedTuple):
    """What a channel can hold at least and at most, ``(C,)`` each."""

    low: np.ndarray
    high: np.ndarray


def never_firing(tensors: Mapping[str, Tensor], plan: Plan) -> dict[str, np.ndarray]:
    """The channels in front of a ReLU that cannot be above 0 in eval mode.

    Only what is certain is told: γ is 0 and β is not above 0; or all weights of the channel are 0, or of one sign
    behind a ReLU, so that what arrives at the norm has a bound, which the norm does not lift above 0.

    Args:
        tensors: by their names in the network.
        plan: of the network, at any input size.

    Returns:
        By the row in front of each ReLU, ``(C,)``: of each channel, whether it can never fire.
    """
    states = {state.layer: state for state in norms(tensors)}
    positive = {INPUT: False}
    bounds: dict[str, _Bounds] = {}
    silent: dict[str, np.ndarray] = {}
    for row in plan.layers:
        weight = tensors.get(f"{row.layer}.weight")
        before = row.inputs[0]
        if row.kind in ("conv", "linear") and weight is not None:
            bounds[row.layer] = _of_weights(weight, tensors.get(f"{row.layer}.bias"), positive[before])
        elif row.kind == "norm" and row.layer in states:
            bounds[row.layer] = _of_norm(states[row.layer], bounds.get(before))
        elif row.kind == "relu" and before in bounds:
            silent[before] = bounds[before].high <= 0
        positive[row.layer] = _is_positive(row, positive)
    return silent


def _is_positive(row: Layer, positive: Mapping[str, bool]) -> bool:
    """Whether no value that a row outputs can be below 0."""
    if row.kind in _OF_BOTH_SIGNS:
        return False
    return row.kind in _POSITIVE or all(positive[name] for name in row.inputs)


def _of_weights(weight: Tensor, bias: Tensor | None, from_relu: bool) -> _Bounds:
    """Bounds of a convolution's channels from the signs of their weights."""
    flat = weight.flatten(1)
    least, most = flat.amin(dim=1).numpy(), flat.amax(dim=1).numpy()
    shift = np.zeros(len(flat)) if bias is None else bias.double().numpy()
    zero = (least == 0) & (most == 0)
    low = np.where(zero | (from_relu & (least >= 0)), shift, -np.inf)
    high = np.where(zero | (from_relu & (most <= 0)), shift, np.inf)
    return _Bounds(low, high)


def _of_norm(state: NormState, arriving: _Bounds | None) -> _Bounds:
    """Bounds of what a norm outputs in eval mode; without running statistics only γ = 0 gives one."""
    low, high = np.full(state.channels, -np.inf), np.full(state.channels, np.inf)
    if arriving is not None and state.running_mean is not None and state.running_var is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = state.gamma / np.sqrt(state.running_var + state.eps)
            ends = [scale * (end - state.running_mean) + state.beta for end in arriving]
        low, high = np.minimum(*ends), np.maximum(*ends)
    constant = state.gamma == 0
    return _Bounds(np.where(constant, state.beta, low), np.where(constant, state.beta, high))
