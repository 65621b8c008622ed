"""The numbers of the mover ``table-row``."""

from __future__ import annotations

from typing import Any

from explorer.architecture.presets import DEPTHS, preset
from explorer.architecture.published import PUBLISHED
from explorer.ui.cached import plan_of

_SIDES = (112, 160, 224, 320, 448)


def data() -> dict[str, Any]:
    """Parameters, MACs by size and published accuracy of the five networks of the paper."""
    return {f"ResNet-{depth}": _row(f"resnet{depth}") for depth in DEPTHS}


def _row(name: str) -> dict[str, Any]:
    accuracy = [weights.acc1 for weights in PUBLISHED[name]]
    return {
        "params": plan_of(preset(name), (224, 224)).params,
        "macs": {side: plan_of(preset(name), (side, side)).macs for side in _SIDES},
        "accuracy": {"first": accuracy[0], "second": accuracy[1] if len(accuracy) > 1 else None},
    }
