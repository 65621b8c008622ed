"""Each thing that can be wrong with a checkpoint, put there on purpose and read in its sentence."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torchvision.models
from torch import Tensor, nn

from explorer import describe, preset
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.model import build
from explorer.model.checkpoint.health import examine, findings
from explorer.model.checkpoint.kernels import alike, first_kernels
from explorer.model.checkpoint.layers import spreads
from explorer.model.checkpoint.silent import never_firing
from explorer.model.forward import run
from tests.model.networks import SMALL_SPEC, block_kinds, lively, pictures, short_name


def trained(spec: ResNetSpec = SMALL_SPEC) -> dict[str, Tensor]:
    """Weights in which nothing is conspicuous: not as at the start, and norms that have seen batches."""
    tensors = lively(spec).state_dict()
    for name, tensor in tensors.items():
        if name.endswith("weight"):
            tensor *= 1.5
            tensor += 0.2 * (tensor.ndim == 1) * tensor.sign()
    return tensors


def only(said: tuple[str, ...]) -> str:
    assert len(said) == 1, said
    return said[0]


def test_nothing_is_found_in_calm_weights():
    health = examine(trained(), SMALL_SPEC)
    assert health.findings == ()
    assert not health.unchecked
    assert any("never fire" in words for words in health.checked)


@pytest.mark.parametrize("name", ["efficientnet_b0", "googlenet", "mnasnet0_5"])
def test_a_start_of_torchvisions_own_is_not_called_far_from_the_start(name: str):
    spec = TorchvisionSpec(name=name, num_classes=5)
    options = {"init_weights": True} if name == "googlenet" else {}
    health = examine(torchvision.models.get_model(name, num_classes=5, **options).state_dict(), spec)
    assert not any("at the start" in sentence for sentence in health.findings)
    assert any(sentence.startswith("Layers far from their start were not") for sentence in health.unchecked)
    assert "layers spread just as at the start" in health.checked


def test_without_a_network_what_needs_its_wiring_is_said_to_be_unchecked():
    health = examine(trained())
    assert health.findings == ()
    assert "never fire" in only(health.unchecked)
    assert not any("never fire" in words for words in health.checked)


def test_values_that_are_not_finite_are_counted_by_name():
    tensors = trained()
    tensors["fc.bias"][1] = math.nan
    tensors["layer1.0.conv1.weight"][0, :2] = math.inf
    said = findings(tensors, SMALL_SPEC)[0]
    assert "layer1.0.conv1.weight (2) and fc.bias (1)" in said
    assert f"2 of {len(tensors)} tensors" in said


def test_a_negative_variance_is_called_negative_and_not_tiny():
    tensors = trained()
    tensors["bn1.running_var"][3] = -0.5
    said = only(findings(tensors, SMALL_SPEC))
    assert said.startswith("Negative running variances, down to −0.5, in 1 of ")
    assert "bn1 (1)" in said


def test_tiny_variance_and_small_gamma_are_said_with_their_norms():
    tensors = trained()
    tensors["bn1.running_var"][3] = 1e-7
    tensors["layer1.0.bn2.weight"][:4] = 1e-4
    tiny, gamma = findings(tensors, SMALL_SPEC)
    assert "bn1 (1)" in tiny
    assert tiny.startswith("Running variances below 1e−5")
    assert "layer1.0.bn2 (4)" in gamma
    assert gamma.startswith("|γ| below 0.001")


def test_layers_of_zeros_and_of_one_value_are_named():
    tensors = trained()
    tensors["layer1.0.conv2.weight"].zero_()
    tensors["fc.weight"].fill_(0.25)
    said = findings(tensors)
    assert said[0] == f"All weights are 0 in 1 of {len(spreads(tensors))} layers: layer1.0.conv2."
    assert "fc (0.25)" in said[1]


def test_fresh_weights_are_said_to_be_as_at_the_start():
    spec = preset("resnet18")
    said = findings(build(describe(spec), device="cpu").state_dict(), spec)
    assert any("20 of 20 norms" in sentence and "No batch" in sentence for sentence in said)
    assert any("as at the start" in sentence and "21 of 21 layers" in sentence for sentence in said)


@pytest.mark.parametrize(("factor", "word"), [(30, "wider"), (1 / 30, "narrower")])
def test_a_layer_far_from_its_start_is_named_with_its_factor(factor: float, word: str):
    tensors = trained()
    tensors["layer1.1.conv1.weight"] *= factor
    said = only(findings(tensors, SMALL_SPEC))
    assert word in said
    ratio = next(layer.ratio for layer in spreads(tensors) if layer.layer == "layer1.1.conv1")
    assert ratio == pytest.approx(1.5 * factor, rel=0.2)
    assert f"layer1.1.conv1 ({ratio:.3g}×)" in said


def test_zeros_are_counted():
    tensors = trained()
    tensors["layer2.0.conv2.weight"][:8] = 0
    weights = sum(tensor.numel() for name, tensor in tensors.items() if name.endswith("weight") and tensor.ndim > 1)
    zeros = tensors["layer2.0.conv2.weight"][:8].numel()
    said = findings(tensors)[0]
    assert f"exactly 0, {zeros:,} of {weights:,}: layer2.0.conv2 (50.0" in said
    assert examine(tensors).zeros_share == zeros / weights


# --- layers ---


@pytest.mark.parametrize("groups", [1, 4])
def test_the_start_of_a_convolution_is_what_torch_draws(groups: int):
    conv = nn.Conv2d(64, 128, 3, groups=groups)
    nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    spread = spreads(conv.state_dict(prefix="conv."))[0]
    assert spread.ratio == pytest.approx(1, abs=0.03)


def test_the_start_of_a_linear_layer_is_what_torch_draws():
    spread = spreads(nn.Linear(300, 200).state_dict(prefix="fc."))[0]
    assert spread.ratio == pytest.approx(1, abs=0.03)


def test_a_layers_numbers_are_numpys():
    weight = torch.randn(8, 4, 3, 3)
    weight[0, 0] = 0
    weight[1, 1, 1, 1] = math.nan
    values = weight.numpy().ravel()
    values = values[np.isfinite(values)].astype(np.float64)
    spread = spreads({"conv.weight": weight})[0]
    assert spread.deviation == pytest.approx(values.std(), rel=1e-5)
    assert (spread.smallest, spread.largest) == (values.min(), values.max())
    assert spread.zeros == (values == 0).sum() == 9
    assert spread.weights == weight.numel()


# --- channels that can never fire ---


def silence(tensors: dict[str, Tensor]) -> None:
    """Let some channels of every layer be silent, each in another way, and others nearly so."""
    for name, tensor in tensors.items():
        if name.endswith("weight") and tensor.ndim == 4 and len(tensor) >= 8:
            tensor[0] = 0
            tensor[1] = -tensor[1].abs()
            tensor[2] = tensor[2].abs()
        elif name.endswith("weight") and tensor.ndim == 1 and len(tensor) >= 8:
            tensor[2] = -1
            tensor[3:5] = 0
        elif name.endswith("bias") and len(tensor) >= 8:
            tensor[0:4] = -0.1
            tensor[4] = 0.1
        elif name.endswith("running_mean") and len(tensor) >= 8:
            tensor[0:4] = 0


@pytest.mark.parametrize("spec", block_kinds(), ids=short_name)
def test_what_can_never_fire_is_0_when_the_network_runs(spec: ResNetSpec):
    model = lively(spec).eval()
    silence(model.state_dict())
    plan = model.plan_at((32, 32))
    silent = never_firing(model.state_dict(), plan)
    behind = {row.layer: row.inputs[0] for row in plan.layers if row.kind == "relu"}
    seen: dict[str, Tensor] = {}
    run(
        model,
        pictures(spec),
        lambda name, arriving, output: seen.update({name: output.transpose(0, 1).flatten(1).amax(1)}),
    )
    found = 0
    for relu, before in behind.items():
        if before in silent:
            assert not seen[relu][torch.from_numpy(silent[before])].any(), relu
            found += int(silent[before].sum())
    assert found > 0


def test_a_channel_of_gamma_0_is_silent_only_where_beta_is_not_above_0():
    tensors = trained()
    tensors["bn1.weight"][:3] = 0
    tensors["bn1.bias"][:3] = torch.tensor([-1.0, 0.0, 1.0])
    plan = lively(SMALL_SPEC).plan_at((32, 32))
    assert np.flatnonzero(never_firing(tensors, plan)["bn1"]).tolist() == [0, 1]
    assert "2 of " in findings(tensors, SMALL_SPEC)[0]


# --- the first convolution ---


def test_kernels_of_nearly_one_direction_are_paired():
    weights = torch.randn(6, 3, 7, 7, generator=torch.Generator().manual_seed(0))
    weights[4] = -2 * weights[1]
    weights[5] = weights[2] + 0.05 * weights[0]
    weights[3] = 0
    pairs = alike(weights.numpy())
    flat = weights.flatten(1)
    assert [(pair.first, pair.second) for pair in pairs] == [(1, 4), (2, 5)]
    for pair in pairs:
        cosine = nn.functional.cosine_similarity(flat[pair.first], flat[pair.second], dim=0)
        assert pair.cosine == pytest.approx(float(cosine), abs=1e-6)


def test_the_first_kernels_are_the_first_convolutions():
    tensors = trained()
    kernels = first_kernels(tensors)
    assert kernels is not None
    assert kernels.layer == "conv1"
    np.testing.assert_array_equal(kernels.weights, tensors["conv1.weight"].numpy())
    assert first_kernels({"fc.weight": torch.zeros(3, 4)}) is None


def test_the_order_of_the_file_does_not_matter_where_the_network_is_known():
    tensors = trained(preset("resnet20"))
    mixed = dict(sorted(tensors.items()))
    assert next(iter(mixed)) != "conv1.weight"
    health = examine(mixed, preset("resnet20"))
    assert health.kernels is not None
    assert health.kernels.layer == "conv1"
    assert [layer.layer for layer in health.layers] == [
        name.removesuffix(".weight") for name, tensor in tensors.items() if tensor.ndim > 1
    ]
