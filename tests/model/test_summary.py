"""torchinfo and torch's flop counter beside the plan, and the model that must not notice torchinfo."""

import gc
import json
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
import torchinfo.torchinfo
import torchvision
from torch import nn

from explorer import StarGANSpec, describe, preset, presets, trace
from explorer.architecture.families import DescribedSpec, network_of
from explorer.errors import InputSizeError
from explorer.model import build
from explorer.model.build import NetworkModule
from explorer.model.foreign_plan import measure
from explorer.model.summary import differences, torchinfo_summary
from tests.model.flops import flop_counter_macs
from tests.model.networks import SMALL_SPEC, lively, random_specs, snapshot

MODELS = json.loads((Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text())[
    "torchvision_models"
]["models"]
SIZE = (64, 64)
# ResNet-1202 is ResNet-110 with eleven times as many of the same blocks, and takes as long as thirty others
ALL = [
    *((p.name, p.spec) for p in presets() if p.name != "resnet1202"),
    *((f"random{i}", spec) for i, spec in enumerate(random_specs())),
    ("stargan", StarGANSpec()),
]


@pytest.mark.parametrize(("name", "spec"), ALL, ids=[name for name, _ in ALL])
def test_torchinfos_totals_and_shapes_are_the_plans_and_every_difference_is_explained(name: str, spec: DescribedSpec):
    size = (49, 70)
    plan = trace(network_of(spec), size)
    found = torchinfo_summary(build(plan.network, device="meta"), size)
    assert found.total_params == plan.params
    ours = {"mult_adds": plan.macs, "output_bytes": plan.activation_bytes, "rows": len(plan.layers), "params": 0}
    theirs = {
        "mult_adds": found.total_mult_adds,
        "output_bytes": found.total_output_bytes,
        "rows": len(found.rows),
        "params": 0,
    }
    reasons = differences(plan, found)
    assert not [reason for reason in reasons if reason.reason == "not explained"]
    for reason in reasons:
        ours[reason.quantity] += reason.amount
    assert ours == theirs
    leaves = {row.name: row for row in found.rows if row.is_leaf}
    for row in plan.layers:
        leaf = leaves[row.layer]
        assert (leaf.input_shape[1:], leaf.output_shape[1:]) == (row.input_shape, row.output_shape)
        assert leaf.params == row.params


def test_resnet50s_mult_adds_are_the_published_figure_of_torchinfo_and_split_into_norms_and_bias():
    plan = trace(describe(preset("resnet50")), (224, 224))
    found = torchinfo_summary(build(plan.network, device="meta"), (224, 224))
    assert found.total_mult_adds == 4_089_238_376
    amounts = [reason.amount for reason in differences(plan, found) if reason.quantity == "mult_adds"]
    assert amounts == [53_120, 1_000]
    assert plan.macs == 4_089_238_376 - 53_120 - 1_000


def test_a_figure_that_no_reason_explains_is_said_to_be_so():
    other = torchinfo_summary(build(describe(preset("resnet34")), device="meta"), SIZE)
    reasons = differences(trace(describe(preset("resnet18")), SIZE), other)
    unexplained = {reason.quantity for reason in reasons if reason.reason == "not explained"}
    assert unexplained == {"params", "mult_adds", "output_bytes", "rows"}


@pytest.mark.parametrize("name", ["resnet18", "resnext50_32x4d"])
def test_the_flop_counters_work_by_module_is_the_plans(name: str):
    plan = trace(describe(preset(name)), (224, 224))
    macs = flop_counter_macs(build(plan.network, device="meta"), (224, 224))
    assert macs[""] == plan.macs
    assert {name: count for name, count in macs.items() if name in plan.rows} == {
        row.layer: row.macs for row in plan.layers if row.macs
    }
    for block, rows in plan.blocks.items():
        assert macs[block] == sum(row.macs for row in rows)
    assert macs["layer1"] == sum(row.macs for row in plan.stages["layer1"])


def test_other_classifiers_are_summed_up_too():
    with torch.device("meta"):
        model = torchvision.models.resnet18()
    found = torchinfo_summary(model, (224, 224))
    assert found.total_params == MODELS["resnet18"]["params_total"]
    assert flop_counter_macs(model, (224, 224))[""] == trace(describe(preset("resnet18")), (224, 224)).macs


def test_the_text_is_torchinfos_own():
    found = torchinfo_summary(build(describe(preset("resnet18")), device="meta"), (224, 224))
    assert "Total params: 11,689,512" in found.text
    assert "Conv2d (conv1)" in found.text
    assert "[1, 64, 112, 112]" in found.text


def with_frozen_norms() -> NetworkModule:
    model = lively(SMALL_SPEC).train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    model.get_parameter("conv1.weight").requires_grad_(False)
    return model


def test_counting_leaves_no_trace():
    model = with_frozen_norms()
    before = snapshot(model)
    torchinfo_summary(model, SIZE)
    assert snapshot(model) == before


def test_frozen_weights_are_counted_as_such():
    model = with_frozen_norms()
    found = torchinfo_summary(model, SIZE)
    assert found.total_params - found.trainable_params == model.get_parameter("conv1.weight").numel()


def test_nothing_keeps_the_model_alive():
    model = lively(SMALL_SPEC)
    kept = torchinfo_summary(model, SIZE)
    alive = weakref.ref(model)
    del model
    gc.collect()
    assert alive() is None
    assert not torchinfo.torchinfo._cached_forward_pass
    assert kept


def test_an_input_that_a_norm_cannot_take_gets_one_sentence_and_leaves_nothing():
    model = lively(SMALL_SPEC.replace(norm="group", widths=(1, 1), block="basic"))
    with pytest.raises(InputSizeError, match="single value"):
        torchinfo_summary(model, (1, 1))
    assert not torchinfo.torchinfo._cached_forward_pass


def test_an_input_that_another_classifier_cannot_take_gets_one_sentence():
    with pytest.raises(InputSizeError, match="cannot take an input of 8×8"):
        torchinfo_summary(nn.Sequential(nn.Conv2d(3, 4, 9)), (8, 8))
    assert not torchinfo.torchinfo._cached_forward_pass


def test_threads_that_run_other_models_do_not_disturb_the_count():
    model, other = lively(SMALL_SPEC), lively(SMALL_SPEC, seed=1).train()
    alone = measure(model, SIZE).plan.macs

    def step(_: int) -> bool:
        other(torch.randn(2, 3, 8, 8)).sum().backward()
        return True

    with ThreadPoolExecutor(3) as pool:
        steps = [pool.submit(step, i) for i in range(20)]
        counts = [measure(model, SIZE).plan.macs for _ in range(5)]
        assert all(future.result() for future in steps)
    assert all(count == alone for count in counts)
