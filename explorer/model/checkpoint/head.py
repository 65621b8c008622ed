"""The classifier among what a file has beside a network's body, whatever it is called and wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
