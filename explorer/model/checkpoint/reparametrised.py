"""Weights that a file has in parts, multiplied out as torch does when it evaluates the network.

Weight norm and spectral norm as in ``torch/nn/utils/weight_norm.py``, ``spectral_norm.py`` and ``parametrizations.py``,
pruning's masks as in ``torch/nn/utils/prune.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

_Parts = tuple[str, ...]


def multiplied_out(tensors: dict[str, Tensor]) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Tensors with each weight in one piece, at the place of its first part.

    Args:
        tensors: by their names in the file.

    Returns:
        The tensors, and a sentence for each way in which weights were in parts.
    """
    notes = []
    for parts, whole, ending, what in _WAYS:
        first = parts[0]
        names = [name.removesuffix(first) for name in tensors if name.endswith(first)]
        names = [name for name in names if all(name + part in tensors for part in parts)]
        if not names:
            continue
        gone = {name + part for name in names for part in parts}
        made = {name + first: whole(*(tensors[name + part] for part in parts)) for name in names}
        new: dict[str, Tensor] = {}
        for name, tensor in tensors.items():
            if name in made:
                new[name.removesuffix(first) + ending] = made[name]
            elif name not in gone:
                new[name] = tensor
        tensors = new
        layers = "1 layer" if len(names) == 1 else f"{len(names):,} layers"
        notes.append(f"{what} of {layers} ({_named(names)}).")
    return tensors, tuple(notes)


def _named(names: list[str]) -> str:
    return ", ".join(name.removesuffix(".") or "the network itself" for name in names[:2]) + (
        ", …" if names[2:] else ""
    )


def _weight_norm(length: Tensor, direction: Tensor) -> Tensor:
    """Length times direction, g · v / ‖v‖, the norm over all axes but those that g has."""
    axes = [axis for axis, size in enumerate(length.shape) if size != 1]
    return torch._weight_norm(direction, length, axes[0] if axes else 0 if length.ndim else -1)


def _spectral_norm(weight: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """W / σ with σ = u · (W v), W as a matrix whose rows are the axis that u belongs to."""
    if weight.ndim == 1:
        return F.normalize(weight, dim=0)
    axis = 0 if left.shape[0] == weight.shape[0] else 1
    matrix = weight.movedim(axis, 0).flatten(1)
    return weight / torch.vdot(left, matrix @ right)


def _pruned(weight: Tensor, mask: Tensor) -> Tensor:
    return weight * mask


_LENGTHS = "Weight norm was multiplied out: direction times length, for the weights"
_SPECTRAL = "Spectral norm was applied: the weights were divided by their largest stretch,"
_WAYS: tuple[tuple[_Parts, Callable[..., Tensor], str, str], ...] = (
    (("weight_g", "weight_v"), _weight_norm, "weight", _LENGTHS),
    (
        ("parametrizations.weight.original0", "parametrizations.weight.original1"),
        _weight_norm,
        "weight",
        _LENGTHS,
    ),
    (("weight_orig", "weight_u", "weight_v"), _spectral_norm, "weight", _SPECTRAL),
    (
        (
            "parametrizations.weight.original",
            "parametrizations.weight.0._u",
            "parametrizations.weight.0._v",
        ),
        _spectral_norm,
        "weight",
        _SPECTRAL,
    ),
    (("weight_orig", "weight_mask"), _pruned, "weight", "Pruning was applied: the mask times the weights"),
    (("bias_orig", "bias_mask"), _pruned, "bias", "Pruning was applied: the mask times the biases"),
)
