"""The shortcuts of the paper's networks in its three ways, for the mover that switches between them."""

from __future__ import annotations

from typing import Any

from explorer.architecture.presets import DEPTHS, preset
from explorer.architecture.spec import ResNetSpec
from explorer.ui.cached import plan_of

_SIZE = (224, 224)


def data() -> dict[str, Any]:
    """By depth and option: for each stage whether a block's shortcut changes x, and the parameters on all shortcuts."""
    return {
        str(depth): {option: _shortcuts(preset(f"resnet{depth}").replace(shortcut=option)) for option in "ABC"}
        for depth in DEPTHS
    }


def _shortcuts(spec: ResNetSpec) -> dict[str, Any]:
    plan = plan_of(spec, _SIZE)
    stages: dict[str, list[bool]] = {}
    for block in plan.network.blocks():
        stages.setdefault(block.name.partition(".")[0], []).append(block.shortcut_kind != "identity")
    return {"stages": list(stages.values()), "params": sum(row.params for row in plan.layers if row.path == "shortcut")}
