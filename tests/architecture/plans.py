"""What the tests of the architecture share: the reference, the plans of the presets, and what holds for every plan."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from explorer import ResNetSpec, describe, presets, trace
from explorer.architecture.operations import Shape
from explorer.architecture.plan import INPUT, Plan
from explorer.architecture.presets import Preset

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text(encoding="utf-8")
)
TORCHVISION: dict[str, Any] = REFERENCE["torchvision_models"]["models"]
PRESETS: dict[str, Preset] = {named.name: named for named in presets()}


@cache
def plan_of(name: str, size: tuple[int, int] | None = None) -> Plan:
    """The plan of a preset, at its own input size unless another is given."""
    return trace(describe(PRESETS[name].spec), size or PRESETS[name].input_size)


def planned(spec: ResNetSpec, side: int = 224) -> Plan:
    """The plan of a spec for a square picture."""
    return trace(describe(spec), (side, side))


def size_of(text: str) -> tuple[int, int]:
    """``320x192`` as height and width."""
    height, width = text.split("x")
    return int(height), int(width)


def check_invariants(plan: Plan) -> None:
    """What holds for every plan of every network."""
    outputs: dict[str, Shape] = {INPUT: (plan.network.in_channels, *plan.input_size)}
    fields = {INPUT: 1}
    used: set[str] = set()
    for row in plan.layers:
        assert row.layer not in outputs, "a name stands once"
        arriving = [outputs[name] for name in row.inputs]
        used.update(row.inputs)
        assert row.input_shape == arriving[0], "what a row takes is what some earlier row outputs"
        if row.kind == "add":
            assert arriving[0] == arriving[1] == row.output_shape
        if row.kind == "mul":
            assert arriving[1] == (row.output_shape[0], 1, 1)
        assert row.op.channels_in == row.input_shape[0]
        assert row.op.channels_out == row.output_shape[0]
        assert all(side >= 1 for side in row.output_shape)
        assert min(row.params, row.macs, row.buffer_bytes) >= 0
        longest = max(fields[name] for name in row.inputs) if row.kind == "add" else fields[row.inputs[0]]
        assert row.receptive_field >= longest, "a field never shrinks"
        outputs[row.layer], fields[row.layer] = row.output_shape, row.receptive_field
    assert set(outputs) - used == {plan.layers[-1].layer}, "every output but the last is taken up"
    for rows in (plan.stages, plan.blocks):
        assert all(rows.values())
    everything = [row for rows in plan.stages.values() for row in rows]
    assert everything == list(plan.layers)
    assert plan.params == sum(row.params for row in plan.layers)
    assert plan.macs == sum(row.macs for row in plan.layers)
    assert plan.activation_bytes == sum(row.activation_bytes for row in plan.layers)
