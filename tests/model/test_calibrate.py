"""Estimated running statistics against torch's own cumulative average, and against networks that explode without."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from explorer import describe, preset
from explorer.architecture.operations import Op
from explorer.architecture.tree import Network, Section
from explorer.errors import InputSizeError
from explorer.model import build, record
from explorer.model.calibrate import calibrate
from explorer.model.norm_findings import findings
from explorer.model.probe import first_non_finite
from tests.model.networks import SMALL_SPEC, lively, pictures, snapshot

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text())["normalisation"]


def test_statistics_of_several_passes_are_the_references_cumulative_average():
    op = Op(kind="norm", name="bn", channels_in=2, channels_out=2, norm="batch")
    model = build(Network("one norm", 2, (Section("stem", (op,)),)), device="cpu").double()
    x = torch.tensor(REFERENCE["input_nchw"], dtype=torch.float64)
    calibrate(model, torch.cat([x, 2 * x]), passes=2)
    expected = REFERENCE["momentum_None_cumulative"]
    np.testing.assert_allclose(model.get_buffer("bn.running_mean"), expected["running_mean"], rtol=1e-14)
    np.testing.assert_allclose(model.get_buffer("bn.running_var"), expected["running_var"], rtol=1e-14)
    assert model.get_buffer("bn.num_batches_tracked") == 2


@pytest.mark.parametrize("passes", [1, 3])
def test_calibrating_gives_what_torch_averages_over_the_same_passes(passes: int):
    model, by_torch = lively(SMALL_SPEC), lively(SMALL_SPEC)
    images = pictures(SMALL_SPEC, count=6)
    calibrate(model, images, passes=passes)
    for module in by_torch.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    with torch.no_grad():
        for some in images.chunk(passes):
            by_torch.train()(some)
    torch.testing.assert_close(model.state_dict(), by_torch.state_dict())


def test_the_more_values_the_nearer_eval_mode_is_to_what_was_estimated():
    model = build(describe(SMALL_SPEC), device="cpu").eval()
    images = pictures(SMALL_SPEC, count=16, size=(24, 24))
    calibrate(model, images)
    train, running = (record(model, images, ["fc"], mode=mode)["fc"] for mode in ("train", "eval"))
    torch.testing.assert_close(train, running, rtol=0.02, atol=0.02)


@pytest.mark.parametrize("name", ["preact152", "resnet152"])
def test_deep_networks_explode_fresh_and_not_calibrated_on_other_pictures_either(name: str):
    spec = preset(name)
    model = build(describe(spec), device="cpu").eval()
    images, others = (pictures(spec, count=16, size=(32, 32), seed=seed) for seed in (1, 2))
    assert record(model, others, ["fc"])["fc"].abs().max() > 1e3
    calibrate(model, images)
    for some in (images, others):
        assert record(model, some, ["fc"])["fc"].abs().max() < 1e2


def test_the_1202_layer_network_is_not_finite_fresh_and_finite_calibrated():
    spec = preset("resnet1202")
    model = build(describe(spec), device="cpu").eval()
    images = pictures(spec, count=4, size=(8, 8))
    assert first_non_finite(model, images) is not None
    calibrate(model, images)
    assert first_non_finite(model, images) is None


@pytest.mark.parametrize("norm", ["batch", "instance"])
def test_nothing_but_the_running_statistics_changes(norm: str):
    spec = SMALL_SPEC.replace(norm=norm)
    model = lively(spec).train()
    model.get_submodule("layer1.0").eval()
    before = snapshot(model)
    calibrate(model, pictures(spec))
    after = snapshot(model)
    changed = {name for name in before["values"] if before["values"][name] != after["values"][name]}
    parts = ("running_mean", "running_var", "num_batches_tracked")
    statistics = {name for name in before["values"] if name.endswith(parts)}
    assert changed == statistics
    for part in before.keys() - {"values", "tensors"}:
        assert before[part] == after[part], part


def test_a_failed_calibration_leaves_the_model_as_it_was():
    model = lively(SMALL_SPEC)
    before = snapshot(model)
    with pytest.raises(InputSizeError, match="single value per channel"):
        calibrate(model, pictures(SMALL_SPEC, count=1, size=(2, 2)))
    assert snapshot(model) == before


@pytest.mark.parametrize("norm", ["group", "none"])
def test_networks_without_running_statistics_need_no_calibration(norm: str):
    spec = SMALL_SPEC.replace(norm=norm)
    model = lively(spec)
    before = snapshot(model)
    calibrate(model, pictures(spec))
    assert snapshot(model) == before


@pytest.mark.parametrize("norm", ["batch", "instance"])
def test_calibrated_statistics_are_near_the_pictures_they_came_from(norm: str):
    spec = SMALL_SPEC.replace(norm=norm)
    model = build(describe(spec), device="cpu")
    images = pictures(spec, count=8)
    assert {finding.problem for finding in findings(model, images)} >= {"never updated"}
    calibrate(model, images)
    assert findings(model, images) == ()
