"""The numbers of the mover ``variants``."""

from __future__ import annotations

from itertools import product
from typing import Any

from explorer.architecture.operations import operation
from explorer.architecture.plan import Plan
from explorer.architecture.presets import preset
from explorer.ui.cached import plan_of
from explorer.views.numbers import shape_text

_INSIDE: dict[str, dict[str, int]] = {
    "usual": {},
    "groups": {"groups": 32, "base_width": 4},
    "wide": {"base_width": 128},
}
_BLOCK = "layer2.0"


def data() -> dict[str, Any]:
    """Totals of ResNet-50 in every variant, and the operations of a block that changes the shape."""
    found = {}
    for order, inside, shortcut, gate in product(("post", "pre"), _INSIDE, "BD", (False, True)):
        spec = preset("resnet50").replace(
            order=order, shortcut=shortcut, shortcut_norm=order == "post", squeeze_excite=gate, **_INSIDE[inside]
        )
        name = "-".join((order, inside, shortcut, "gate" if gate else "none"))
        found[name] = _in_numbers(plan_of(spec, (224, 224)))
    return found


def _in_numbers(plan: Plan) -> dict[str, Any]:
    rows = [
        (row.path, operation(row.op).name(row.op), shape_text(row.output_shape), row.params)
        for row in plan.blocks[_BLOCK]
    ]
    return {"params": plan.params, "macs": plan.macs, "rows": rows}
