"""A network's tensors in another form: a classifier of any name, biases and statistics that a file leaves out."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

_CALLED = frozenset(
    ("", "fc", "linear", "last_linear", "classifier", "head", "heads", "cls_head", "logits", "output", "out")
)

_LEAF = re.compile(r"(^|\.)(weight|bias|running_mean|running_var)$")


def find_classifier(beside: Mapping[str, Tensor], features: int) -> dict[str, str]:
    """The one linear layer that can be the classifier, as its tensors' names and what they are called here.

    A head of several layers is none: what lies between them no weights show.

    Args:
        beside: what is no part of the body, by name.
        features: channels behind the last block.

    Returns:
        ``{"head.fc.weight": "fc.weight", "head.fc.bias": "fc.bias"}``; empty where there is none, or several.
    """
    named = {name: tensor for name, tensor in beside.items() if _LEAF.search(name) and _called(name) in _CALLED}
    weights = [name for name, tensor in named.items() if name.endswith("weight") and tensor.dim() > 1]
    if len(weights) != 1 or not _is_linear(named[weights[0]], features):
        return {}
    layer = weights[0].removesuffix("weight")
    found = {f"{layer}{part}": f"fc.{part}" for part in ("weight", "bias") if f"{layer}{part}" in named}
    return found if len(found) == len(named) else {}


def _is_linear(weight: Tensor, features: int) -> bool:
    """Whether it takes the features to outputs: a matrix, or a 1×1 convolution as timm has it."""
    return weight.shape[1] == features and all(side == 1 for side in weight.shape[2:]) and weight.dim() in (2, 4)


def _called(name: str) -> str:
    """The last part of a name that is no number: ``fc`` of ``module.fc.1.weight``."""
    parts = [part for part in name.split(".")[:-1] if not part.isdigit()]
    return parts[-1] if parts else ""


def mended(own: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Tensors that say the same in another form: a matrix for a 1×1, no bias for one of zeros."""
    tensors = dict(own)
    notes = []
    classifier = tensors.get("fc.weight")
    if classifier is not None:
        tensors["fc.weight"] = classifier.flatten(1)
        if "fc.bias" not in tensors:
            tensors["fc.bias"] = torch.zeros(len(classifier))
            notes.append("The classifier has no bias: zeros stand in its place.")
    gates = [name for name in tensors if name.endswith((".se.fc1.weight", ".se.fc2.weight"))]
    for name in gates:
        weight = tensors[name]
        tensors[name] = weight if weight.dim() == 4 else weight[:, :, None, None]
        bias = f"{name.removesuffix('weight')}bias"
        if bias not in tensors:
            tensors[bias] = torch.zeros(len(weight))
            notes.append("The gates have no biases: zeros stand in their place.")
    return tensors, tuple(dict.fromkeys(notes))


def unit_statistics(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Mean and variance for norms that have theirs within scale and shift, so that they divide by exactly 1."""
    norms = [
        name.removesuffix("weight") for name, tensor in tensors.items() if name.endswith("weight") and tensor.dim() == 1
    ]
    return {
        f"{norm}{statistic}": torch.full_like(tensors[f"{norm}weight"], value)
        for norm in norms
        for statistic, value in (("running_mean", 0.0), ("running_var", 1 - 1e-5))
    }
