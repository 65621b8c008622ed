"""The numbers of the mover ``cifar-depth``."""

from __future__ import annotations

from typing import Any

from explorer.architecture.memory import training_memory
from explorer.architecture.presets import preset
from explorer.ui.cached import plan_of
from explorer.views.differences import CIFAR_ERRORS


def data() -> dict[str, Any]:
    """Totals of the paper's networks for CIFAR-10 with one and two blocks per stage, and the published errors."""
    return {"first": totals(1), "second": totals(2), "errors": CIFAR_ERRORS}


def totals(blocks: int) -> dict[str, int]:
    """Layers, parameters, MACs and bytes kept for training, with so many blocks in each of the three stages."""
    plan = plan_of(preset("resnet20").replace(depths=(blocks,) * 3), (32, 32))
    kept = training_memory(plan).peak(1).picture_bytes
    return {"layers": plan.weighted_layers, "params": plan.params, "macs": plan.macs, "bytes": kept}
