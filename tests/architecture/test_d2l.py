"""The textbook's ResNet-18: every figure of the reference, at every size."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import pytest

from explorer import describe, preset, trace
from explorer.architecture.plan import Plan
from explorer.architecture.presets import preset_of

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text(encoding="utf-8")
)["d2l_resnet18"]
SPEC = preset("d2l_resnet18")
PARTS = {"b1": "stem", "b2": "layer1", "b3": "layer2", "b4": "layer3", "b5": "layer4"}


def plan_at(size: str) -> Plan:
    _, _, height, width = map(int, size.split("x"))
    return trace(describe(SPEC), (height, width))


# What is numbered in index.md and in chapter_convolutional-modern/index.md of the edition whose code it is
CHAPTERS = [
    "introduction",
    "preliminaries",
    "linear-networks",
    "multilayer-perceptrons",
    "deep-learning-computation",
    "convolutional-neural-networks",
    "convolutional-modern",
]
SECTIONS = ["alexnet", "vgg", "nin", "googlenet", "batch-norm", "resnet", "densenet"]


def test_the_source_names_the_section_of_the_edition_whose_code_it_is() -> None:
    number = f"{CHAPTERS.index('convolutional-modern') + 1}.{SECTIONS.index('resnet') + 1}"
    known = preset_of(SPEC)
    assert known is not None
    assert f"section {number} of the Chinese edition (d2l-ai/d2l-zh, commit e6b18cc)" in known.source


def test_parameters_are_those_of_the_book_section_by_section_and_kind_by_kind() -> None:
    plan = plan_at("1x1x224x224")
    assert plan.params == REFERENCE["params_total"] == 11_178_378
    for theirs, ours in PARTS.items():
        assert sum(row.params for row in plan.stages[ours]) == REFERENCE["params_by_section"][theirs]
    assert plan.rows["fc"].params == REFERENCE["params_by_section"]["fc"]
    kinds = REFERENCE["params_by_kind"]
    convs = [row for row in plan.layers if row.kind == "conv"]
    shortcuts = [row for row in convs if row.path == "shortcut"]
    assert sum(row.op.channels_out for row in convs if row.op.bias) == kinds["conv_bias"]
    assert sum(row.params for row in convs) == kinds["conv_weight"] + kinds["conv_bias"]
    assert sum(row.params for row in plan.layers if row.kind == "norm") == kinds["bn_affine"]
    assert sum(row.op.channels_out for row in shortcuts) == kinds["of_which_projection_bias"]
    assert not any(row.path == "shortcut" and row.kind == "norm" for row in plan.layers)
    assert len(convs) == REFERENCE["module_counts"]["Conv2d"]
    assert (plan.weighted_layers, plan.weighted_convolutions) == (18, 17)


@pytest.mark.parametrize("size", REFERENCE["shapes"])
def test_shapes_and_macs_at_every_size(size: str) -> None:
    plan = plan_at(size)
    assert plan.macs == REFERENCE["macs"][size]
    for name, _, shape in REFERENCE["shapes"][size]:
        row = plan.stages[PARTS[name]][-1] if name in PARTS else plan.rows[name]
        assert [1, *row.output_shape] == shape
        assert prod(row.output_shape) * 4 == row.activation_bytes


@pytest.mark.parametrize(
    ("variant", "changes"),
    [
        ("in3_10classes", {"in_channels": 3}),
        ("in3_1000classes", {"in_channels": 3, "num_classes": 1000}),
        ("in1_1000classes", {"num_classes": 1000}),
        ("in1_10classes_resnet34_blocks", {"depths": (3, 4, 6, 3)}),
    ],
)
def test_variants_have_the_parameters_of_the_reference(variant: str, changes: dict[str, Any]) -> None:
    plan = trace(describe(SPEC.replace(**changes)), (224, 224))
    assert plan.params == REFERENCE["variants"][variant]["params"]


def test_it_differs_from_torchvisions_by_biases_and_two_norms() -> None:
    """11,175,370 + 4,800 − 1,792 = 11,178,378."""
    says = REFERENCE["reconcile_with_torchvision_resnet18_1ch_10classes"]
    torchvisions = trace(describe(preset("resnet18").replace(in_channels=1, num_classes=10)), (224, 224))
    assert torchvisions.params == says["torchvision"]
    assert torchvisions.params + says["plus_conv_biases"] - says["minus_projection_bn_affine"] == says["d2l"]
