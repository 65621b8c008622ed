"""Each thing that can be conspicuous about a norm, put there on purpose and found again."""

import pytest
import torch

from explorer import describe, preset
from explorer.model import build
from explorer.model.build import NetworkModule
from explorer.model.norm_findings import Finding, Thresholds, findings
from tests.model.networks import SMALL_SPEC, pictures, snapshot


def calm() -> NetworkModule:
    """A model in whose norms nothing is conspicuous."""
    model = build(describe(SMALL_SPEC), device="cpu")
    with torch.no_grad():
        model.train()(pictures(SMALL_SPEC))
    return model


def put(model: NetworkModule, name: str, channel: int, value: float) -> None:
    with torch.no_grad():
        model.state_dict()[name][channel] = value


def test_a_calm_network_has_no_findings():
    assert findings(calm()) == ()


def test_norms_that_saw_no_batch_are_named_once_each():
    found = findings(build(describe(preset("resnet20")), device="cpu"))
    assert [finding.problem for finding in found] == ["never updated"] * 19
    assert found[0] == Finding("bn1", None, "never updated", 0, None)


def test_learned_statistics_without_a_counter_are_not_called_never_updated():
    model = calm()
    for name, buffer in model.named_buffers():
        if name.endswith("num_batches_tracked"):
            buffer.zero_()
    assert findings(model) == ()


@pytest.mark.parametrize("changed", ["running_mean", "running_var", "num_batches_tracked"])
def test_a_norm_with_anything_but_fresh_statistics_was_updated(changed: str):
    model = build(describe(SMALL_SPEC), device="cpu")
    model.get_buffer(f"bn1.{changed}").fill_(3)
    assert "bn1" not in {finding.layer for finding in findings(model)}


@pytest.mark.parametrize("part", ["weight", "bias", "running_mean", "running_var"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_found_with_its_channel(part: str, value: float):
    model = calm()
    put(model, f"layer1.0.bn2.{part}", 5, value)
    found = [finding for finding in findings(model) if finding.problem == "non-finite"]
    assert [(finding.layer, finding.channel) for finding in found] == [("layer1.0.bn2", 5)]
    assert repr(found[0].value) == repr(value)


def test_a_tiny_variance_and_a_gamma_near_zero_are_found_and_follow_the_thresholds():
    model = calm()
    put(model, "layer1.0.bn1.running_var", 2, 1e-7)
    put(model, "layer1.0.bn1.weight", 3, -1e-4)
    put(model, "layer1.0.bn1.weight", 4, -0.5)
    found = {(finding.problem, finding.channel): finding for finding in findings(model)}
    assert set(found) == {("tiny variance", 2), ("near-zero γ", 3)}
    assert found["tiny variance", 2].value == pytest.approx(1e-7)
    assert found["near-zero γ", 3].threshold == 1e-3
    assert findings(model, thresholds=Thresholds(tiny_variance=1e-8, near_zero_gamma=1e-5)) == ()
    wide = findings(model, thresholds=Thresholds(near_zero_gamma=0.6))
    assert ("layer1.0.bn1", 4) in {(finding.layer, finding.channel) for finding in wide}


def test_running_statistics_far_from_the_batch_are_found_with_their_distance():
    model = calm()
    images = pictures(SMALL_SPEC, count=8)
    # only the first norm: what arrives there does not depend on other norms
    model.get_buffer("bn1.running_mean").zero_()
    model.get_buffer("bn1.running_var").fill_(1)
    arriving = torch.nn.functional.conv2d(images, model.get_parameter("conv1.weight"), padding=1).detach()
    mean, var = arriving.mean((0, 2, 3)), arriving.var((0, 2, 3))
    with torch.no_grad():
        model.get_buffer("bn1.running_mean").copy_(mean)
        model.get_buffer("bn1.running_var").copy_(var)
    put(model, "bn1.running_mean", 1, float(mean[1] - 2.5 * var[1].sqrt()))
    put(model, "bn1.running_var", 6, float(var[6] / 9))
    found = {
        (finding.problem, finding.channel): finding.value
        for finding in findings(model, images)
        if finding.layer == "bn1"
    }
    assert set(found) == {("mean far from batch", 1), ("variance far from batch", 6)}
    assert found["mean far from batch", 1] == pytest.approx(2.5, rel=1e-3)
    assert found["variance far from batch", 6] == pytest.approx(9, rel=1e-2)
    assert not [
        finding
        for finding in findings(model, images, Thresholds(far_mean=3, far_variance=10))
        if finding.layer == "bn1"
    ]


def test_finding_leaves_no_trace():
    model = calm()
    before = snapshot(model)
    findings(model, pictures(SMALL_SPEC))
    assert snapshot(model) == before


def test_a_group_norm_is_looked_at_without_statistics():
    spec = SMALL_SPEC.replace(norm="group", zero_init_residual=True)
    found = findings(build(describe(spec), device="cpu"), pictures(spec))
    assert {finding.problem for finding in found} == {"near-zero γ"}
    assert {finding.layer for finding in found} == {f"layer{s}.{b}.bn3" for s in (1, 2) for b in (0, 1)}
