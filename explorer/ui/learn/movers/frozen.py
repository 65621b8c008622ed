"""The numbers of the mover ``frozen``."""

from __future__ import annotations

from typing import Any

from explorer.architecture.plan import paper_name
from explorer.architecture.presets import preset
from explorer.ui.cached import plan_of

_DEPTHS = (18, 34, 50)
_STAGES = ("stem", "layer1", "layer2", "layer3", "layer4")


def data() -> dict[str, Any]:
    """Parameters of each stage but for the last layer, and the features that this is given."""
    networks = {}
    for depth in _DEPTHS:
        plan = plan_of(preset(f"resnet{depth}"), (224, 224))
        params = [sum(row.params for row in plan.stages[stage]) for stage in _STAGES]
        networks[f"ResNet-{depth}"] = {"params": params, "features": plan.layers[-1].input_shape[0]}
    return {"networks": networks, "stages": [*map(paper_name, _STAGES), "fc"]}
