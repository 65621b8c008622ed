"""Prices of the parts of a ResNet, for the mover that puts one together."""

from __future__ import annotations

from typing import Any

from explorer.architecture.plan import Layer, Plan
from explorer.architecture.presets import DEPTHS, preset
from explorer.ui.cached import plan_of

_STAGES = ("layer1", "layer2", "layer3", "layer4")
_SIZE = (224, 224)


def data() -> dict[str, Any]:
    """Parameters and MACs of stem and head, and of the first and every further block of a stage, by kind of block."""
    networks = {str(depth): {"kind": kind, "blocks": list(blocks)} for depth, (kind, blocks) in DEPTHS.items()}
    prices = {
        kind: _prices(plan_of(preset(name), _SIZE))
        for kind, name in (("basic", "resnet18"), ("bottleneck", "resnet50"))
    }
    return {"networks": networks, "prices": prices}


def _prices(plan: Plan) -> dict[str, Any]:
    blocks = {f"{stage}.{place}": plan.blocks[f"{stage}.{place}"] for stage in _STAGES for place in (0, 1)}
    return {
        "around": _price([*plan.stages["stem"], *plan.stages["head"]]),
        "first": [_price(blocks[f"{stage}.0"]) for stage in _STAGES],
        "next": [_price(blocks[f"{stage}.1"]) for stage in _STAGES],
    }


def _price(rows: list[Layer] | tuple[Layer, ...]) -> dict[str, int]:
    return {"params": sum(row.params for row in rows), "macs": sum(row.macs for row in rows)}
