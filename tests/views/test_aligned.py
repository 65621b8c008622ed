"""Networks without stages in common stand beside each other by stride, and every number of them stays."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest
import torch
import torchvision

from explorer import describe, preset, trace
from explorer.architecture.plan import Plan
from explorer.architecture.tokens import spec_of
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.model.torchvision_models import torchvision_plan
from explorer.views.aligned import HEAD, aligned, folded
from explorer.views.comparison import TOTAL, compare
from explorer.views.frames import QUANTITIES

MEASURED = ("vgg16", "mobilenet_v3_large", "densenet121", "vit_b_16", "swin_t", "googlenet")


@cache
def plan(name: str, side: int = 224) -> Plan:
    spec = spec_of(name)
    return torchvision_plan(spec, (side, side)) if isinstance(spec, TorchvisionSpec) else trace(spec, side)


@pytest.mark.parametrize("name", ["vgg16", "mobilenet_v3_large", "densenet121"])
def test_parameters_at_each_stride_are_those_of_the_modules_whose_maps_have_it(name: str) -> None:
    module = torchvision.models.get_model(name, weights=None).to("meta").eval()
    expected: dict[str, int] = defaultdict(int)
    for part in module.features:
        params = sum(parameter.numel() for parameter in part.parameters())

        def add(_: object, __: object, output: torch.Tensor, params: int = params) -> None:
            expected[f"stride {round(224 / output.shape[-1])}"] += params

        if params:
            part.register_forward_hook(add)
    module(torch.empty(1, 3, 224, 224, device="meta"))
    expected[HEAD] = sum(parameter.numel() for parameter in module.classifier.parameters())
    found = aligned({"a": plan(name), "b": plan("resnet50")})
    assert found.by == "stride"
    assert {part: record["params"] for part, record in found.records["a"].items()} == expected


@pytest.mark.parametrize("side", [224, 64])
@pytest.mark.parametrize("name", ["vgg16", "mobilenet_v3_large", "densenet121", "regnet_y_400mf"])
def test_no_number_of_a_network_is_lost(name: str, side: int) -> None:
    plans = {"resnet50": plan("resnet50", side), name: plan(name, side)}
    for network, records in aligned(plans).records.items():
        for quantity in QUANTITIES:
            assert sum(record[quantity] for record in records.values()) == getattr(plans[network], quantity)


def test_a_residual_network_keeps_its_stages_beside_a_measured_one() -> None:
    records = aligned({"resnet50": plan("resnet50"), "vgg16": plan("vgg16")}).records["resnet50"]
    own = {section: rows for section, rows in plan("resnet50").stages.items() if section != HEAD}
    at = {"stem": 2, "layer1": 4, "layer2": 8, "layer3": 16, "layer4": 32}
    for stage, rows in own.items():
        record = records[f"stride {at[stage]}"]
        assert record["params"] == sum(row.params for row in rows)
        assert record["macs"] == sum(row.macs for row in rows)


def test_tokens_stand_where_maps_of_so_many_values_do() -> None:
    records = aligned({"vit": plan("vit_b_16"), "resnet50": plan("resnet50")}).records["vit"]
    assert list(records) == ["stride 16", HEAD]
    assert records["stride 16"]["output_size"] == "197 tokens"
    assert records["stride 16"]["params"] + records[HEAD]["params"] == 86_567_656  # torchvision's num_params


def test_networks_with_stages_in_common_stay_aligned_by_them() -> None:
    found = aligned({name: trace(describe(preset(name)), (64, 64)) for name in ("resnet20", "preact50")})
    assert (found.by, found.parts) == ("stage", ("stem", "layer1", "layer2", "layer3", "layer4", HEAD))


@pytest.mark.parametrize("name", MEASURED)
def test_what_a_measured_network_is_made_of_stays_short(name: str) -> None:
    frame = compare({"resnet50": plan("resnet50"), name: plan(name)})
    assert len(frame) <= 2 * 8
    own = frame[frame["network"] == name]
    assert own[own["stage"] == TOTAL]["params"].item() == plan(name).params
    there = own[(own["params"] > 0) & (own["stage"] != TOTAL)]
    assert there["blocks"].isna().all(), "how many blocks are residual is not known"


def test_lines_that_repeat_are_said_once() -> None:
    assert [(run.lines, run.times) for run in folded(list("aabcbcbcd"))] == [
        (("a",), 2),
        (("b", "c"), 3),
        (("d",), 1),
    ]
    assert folded([]) == []
