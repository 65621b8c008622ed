"""The arithmetic of norms against exact fractions and torch's own norms."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from explorer import StarGANSpec, describe, describe_stargan, preset, trace
from explorer.architecture.operations import Op
from explorer.architecture.tree import Network, Section
from explorer.errors import ExplorerError, InputSizeError
from explorer.model import build
from explorer.model.batchnorm import (
    NormKind,
    batch_statistics,
    before_after,
    eval_line,
    four_steps,
    norm_layers,
    norm_state,
    norm_states,
)
from explorer.model.build import NetworkModule
from explorer.model.folding import fold, folded
from tests.model.networks import SMALL_SPEC, lively, pictures, snapshot

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text())["normalisation"]
X = torch.tensor(REFERENCE["input_nchw"], dtype=torch.float64)
GAMMA, BETA = REFERENCE["gamma"], REFERENCE["beta"]


def one_norm(kind: NormKind, *, channels: int = 2, groups: int = 1) -> NetworkModule:
    """A network that is a single norm, in float64, with the reference's γ and β where it has two channels."""
    op = Op(kind="norm", name="bn", channels_in=channels, channels_out=channels, norm=kind, groups=groups)
    model = build(Network("one norm", channels, (Section("stem", (op,)),)), device="cpu").double()
    if channels == 2:
        with torch.no_grad():
            model.get_parameter("bn.weight").copy_(torch.tensor(GAMMA))
            model.get_parameter("bn.bias").copy_(torch.tensor(BETA))
    return model


def after_one_step(kind: NormKind) -> NetworkModule:
    model = one_norm(kind).train()
    model(X)
    return model


def fractions(rows: list[dict[str, Any]], key: str) -> list[float]:
    return [float(Fraction(row[f"{key}_fraction"])) for row in rows]


def test_batch_statistics_are_the_exact_fractions_of_the_reference():
    statistics = batch_statistics(one_norm("batch"), X)["bn"]
    expected = REFERENCE["channel_stats"]
    assert statistics.count == expected[0]["n_values"]
    np.testing.assert_allclose(statistics.mean, fractions(expected, "mean"), rtol=1e-15)
    np.testing.assert_allclose(statistics.var, fractions(expected, "var_biased"), rtol=1e-15)
    np.testing.assert_allclose(statistics.var_unbiased, fractions(expected, "var_unbiased"), rtol=1e-15)
    np.testing.assert_array_equal(statistics.channel_mean, statistics.mean)
    np.testing.assert_array_equal(statistics.channel_var, statistics.var_unbiased)


def test_train_output_is_the_references_and_the_running_statistics_stay():
    model = one_norm("batch")
    flow = before_after(model, X, "bn", mode="train")
    assert torch.equal(flow.before, X)
    np.testing.assert_allclose(flow.after, REFERENCE["train_output"], atol=1e-15, rtol=1e-14)
    state = norm_state(model, "bn")
    assert state.running_mean is not None
    assert state.running_var is not None
    assert state.running_mean.tolist() == REFERENCE["initial_running_mean"]
    assert state.running_var.tolist() == REFERENCE["initial_running_var"]
    assert state.num_batches_tracked == 0


def test_state_and_eval_output_after_a_step_are_the_references():
    model = after_one_step("batch")
    state = norm_state(model, "bn")
    expected = REFERENCE["channel_stats"]
    assert state.running_mean is not None
    assert state.running_var is not None
    np.testing.assert_allclose(state.running_mean, [row["running_mean_after_1"] for row in expected], rtol=1e-15)
    np.testing.assert_allclose(state.running_var, [row["running_var_after_1"] for row in expected], rtol=1e-15)
    assert (state.kind, state.gamma.tolist(), state.beta.tolist()) == ("batch", GAMMA, BETA)
    assert (state.num_batches_tracked, state.eps, state.momentum) == (1, REFERENCE["eps"], REFERENCE["momentum"])
    flow = before_after(model, X, "bn")
    np.testing.assert_allclose(flow.after, REFERENCE["eval_output_after_1_update"], rtol=1e-14)


def test_in_eval_a_norm_is_the_line_of_each_channel():
    model = after_one_step("batch")
    state = norm_state(model, "bn")
    for channel in range(2):
        a, b = eval_line(state, channel)
        np.testing.assert_allclose(
            a * X[:, channel].numpy() + b, np.array(REFERENCE["eval_output_after_1_update"])[:, channel], rtol=1e-14
        )


def test_the_four_steps_are_those_of_the_reference():
    for channel, row in enumerate(REFERENCE["channel_stats"]):
        steps = four_steps(X[:, channel].numpy(), GAMMA[channel], BETA[channel], REFERENCE["eps"])
        assert steps.mean == row["mean"]
        assert steps.variance == row["var_biased"]
        normalised = np.array(REFERENCE["normalised_gamma1_beta0"]["output"])[:, channel]
        np.testing.assert_allclose(steps.normalised, normalised, atol=1e-15, rtol=1e-14)
        np.testing.assert_allclose(
            steps.scaled, np.array(REFERENCE["train_output"])[:, channel], atol=1e-15, rtol=1e-14
        )


def test_instance_norm_takes_each_picture_by_itself_as_in_the_reference():
    model = one_norm("instance")
    expected = REFERENCE["instance_norm"]
    statistics = batch_statistics(model, X)["bn"]
    assert statistics.mean.shape == (2, 2)
    np.testing.assert_allclose(statistics.mean.ravel(), [row["mean"] for row in expected["stats"]], rtol=1e-15)
    np.testing.assert_allclose(statistics.var.ravel(), fractions(expected["stats"], "var_biased"), rtol=1e-15)
    unbiased = fractions(expected["stats"], "var_unbiased")
    np.testing.assert_allclose(statistics.var_unbiased.ravel(), unbiased, rtol=1e-15)
    np.testing.assert_allclose(statistics.channel_var, np.reshape(unbiased, (2, 2)).mean(0), rtol=1e-15)
    flow = before_after(model, X, "bn", mode="train")
    np.testing.assert_allclose(flow.after, expected["train_output"], rtol=1e-14)


def test_instance_norms_running_statistics_and_eval_output_are_the_references():
    model = after_one_step("instance")
    expected = REFERENCE["instance_norm"]
    state = norm_state(model, "bn")
    assert state.running_mean is not None
    assert state.running_var is not None
    np.testing.assert_allclose(state.running_mean, expected["running_mean_after_1"], rtol=1e-15)
    np.testing.assert_allclose(state.running_var, expected["running_var_after_1"], rtol=1e-15)
    flow = before_after(model, X, "bn")
    np.testing.assert_allclose(flow.after, expected["eval_output_with_running_stats"], rtol=1e-14)


def test_group_norm_takes_groups_of_each_picture_and_is_no_fixed_line():
    model = one_norm("group", channels=4, groups=2)
    x = torch.arange(32.0, dtype=torch.float64).reshape(2, 4, 2, 2) ** 1.5
    statistics = batch_statistics(model, x)["bn"]
    groups = x.reshape(2, 2, 8)
    np.testing.assert_allclose(statistics.mean, groups.mean(2), rtol=1e-14)
    np.testing.assert_allclose(statistics.var, groups.var(2, correction=0), rtol=1e-14)
    assert statistics.channel_mean.shape == (4,)
    assert statistics.channel_mean[0] == statistics.channel_mean[1] != statistics.channel_mean[2]
    flow = before_after(model, x, "bn")
    by_hand = (groups - groups.mean(2, keepdim=True)) / torch.sqrt(groups.var(2, correction=0, keepdim=True) + 1e-5)
    np.testing.assert_allclose(flow.after.reshape(2, 2, 8), by_hand, rtol=1e-12)
    state = norm_state(model, "bn")
    assert (state.running_mean, state.running_var, state.num_batches_tracked, state.momentum) == (None,) * 4
    with pytest.raises(ExplorerError, match="no running statistics"):
        eval_line(state, 0)


@pytest.mark.parametrize("norm", ["batch", "instance", "group"])
def test_all_norms_of_a_network_are_those_of_torch(norm: NormKind):
    spec = SMALL_SPEC.replace(norm=norm)
    model = lively(spec)
    kinds = (nn.BatchNorm2d, nn.InstanceNorm2d, nn.GroupNorm)
    modules = {name: module for name, module in model.named_modules() if isinstance(module, kinds)}
    assert set(norm_layers(model)) == set(modules)
    for state in norm_states(model):
        module = modules[state.layer]
        np.testing.assert_array_equal(state.gamma, module.weight.detach())
        np.testing.assert_array_equal(state.beta, module.bias.detach())
        if not isinstance(module, nn.GroupNorm):
            np.testing.assert_array_equal(state.running_mean, module.running_mean)
            np.testing.assert_array_equal(state.running_var, module.running_var)


def test_a_network_without_norms_has_none_and_says_so():
    model = lively(SMALL_SPEC.replace(norm="none"))
    assert norm_layers(model) == ()
    assert batch_statistics(model, pictures(SMALL_SPEC)) == {}
    with pytest.raises(ExplorerError, match="no norm at all"):
        norm_state(model, "bn1")


def test_batch_statistics_are_what_a_training_step_takes_in():
    model, stepped = lively(SMALL_SPEC), lively(SMALL_SPEC)
    images = pictures(SMALL_SPEC, count=4)
    statistics = batch_statistics(model, images)
    with torch.no_grad():
        stepped.train()(images)
    for before, after in zip(norm_states(model), norm_states(stepped), strict=True):
        assert before.running_mean is not None
        assert before.running_var is not None
        assert after.running_mean is not None
        assert after.running_var is not None
        batch = statistics[before.layer]
        np.testing.assert_allclose(
            0.9 * before.running_mean + 0.1 * batch.channel_mean, after.running_mean, rtol=1e-4, atol=1e-5
        )
        np.testing.assert_allclose(0.9 * before.running_var + 0.1 * batch.channel_var, after.running_var, rtol=1e-4)


def test_what_arrives_differs_between_the_modes_behind_the_first_norm():
    model = lively(SMALL_SPEC)
    images = pictures(SMALL_SPEC, count=4)
    train, running = (batch_statistics(model, images, mode=mode) for mode in ("train", "eval"))
    np.testing.assert_array_equal(train["bn1"].mean, running["bn1"].mean)
    assert not np.allclose(train["layer1.0.bn1"].mean, running["layer1.0.bn1"].mean, rtol=0.01)


def test_a_single_value_has_no_unbiased_variance_and_no_train_mode():
    model = lively(SMALL_SPEC)
    image = pictures(SMALL_SPEC, count=1, size=(1, 1))
    statistics = batch_statistics(model, image, ["bn1"], mode="eval")["bn1"]
    assert statistics.count == 1
    assert statistics.var.tolist() == [0] * 8
    assert np.isnan(statistics.var_unbiased).all()
    with pytest.raises(InputSizeError, match="bn1 would take mean and variance over a single value per channel"):
        before_after(model, image, "bn1", mode="train")


def test_names_that_are_no_norm_get_one_sentence():
    model = lively(SMALL_SPEC)
    images = pictures(SMALL_SPEC)
    for ask in (
        lambda: norm_state(model, "layer1.0.conv1"),
        lambda: batch_statistics(model, images, ["layer1.0.conv1"]),
        lambda: before_after(model, images, "layer1.0.conv1"),
        lambda: folded(model, images, "layer1.0.conv1"),
    ):
        with pytest.raises(ExplorerError, match=r"no norm named layer1\.0\.conv1"):
            ask()
    with pytest.raises(ExplorerError, match="channels 0 to 7, not 8"):
        eval_line(norm_state(model, "bn1"), 8)


def folding_reference() -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    convolution, expected = REFERENCE["conv_bias_before_bn"], REFERENCE["bn_folding"]
    conv, norm = nn.Conv2d(1, 2, 3, padding=1).double(), nn.BatchNorm2d(2).double().eval()
    values = {
        conv.weight: convolution["weight"],
        conv.bias: convolution["bias"],
        norm.weight: expected["gamma"],
        norm.bias: expected["beta"],
        norm.running_mean: expected["running_mean"],
        norm.running_var: expected["running_var"],
    }
    with torch.no_grad():
        for tensor, value in values.items():
            assert tensor is not None
            tensor.copy_(torch.tensor(value, dtype=torch.float64))
    return conv, norm


def test_folding_gives_the_references_scale_and_bias_and_the_same_output():
    conv, norm = folding_reference()
    weight, bias = fold(conv, norm)
    expected = REFERENCE["bn_folding"]
    scale = (weight / conv.weight).flatten(1)
    np.testing.assert_allclose(np.nanmax(scale.detach(), axis=1), expected["scale"], rtol=1e-14)
    np.testing.assert_allclose(bias, expected["folded_bias"], rtol=1e-14)
    x = torch.tensor(REFERENCE["conv_bias_before_bn"]["x"], dtype=torch.float64)
    alone = nn.functional.conv2d(x, weight, bias, padding=1)
    np.testing.assert_allclose(alone, norm(conv(x)).detach(), atol=1e-13)


@pytest.mark.parametrize("conv_bias", [False, True])
@pytest.mark.parametrize("make", [nn.BatchNorm2d, nn.InstanceNorm2d])
def test_a_norm_without_gamma_and_beta_is_folded_too(make: type[nn.BatchNorm2d | nn.InstanceNorm2d], conv_bias: bool):
    conv, norm = nn.Conv2d(3, 4, 3, bias=conv_bias), make(4, affine=False, track_running_stats=True).eval()
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    weight, bias = fold(conv, norm)
    x = torch.randn(2, 3, 9, 7)
    torch.testing.assert_close(nn.functional.conv2d(x, weight, bias), norm(conv(x)).detach(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize("tracked", [False, True])
def test_every_kind_of_batch_norm_in_a_network_is_folded_or_gets_a_sentence(affine: bool, tracked: bool):
    model = lively(SMALL_SPEC)
    model.get_submodule("layer1.0").bn1 = nn.BatchNorm2d(8, affine=affine, track_running_stats=tracked)
    images = pictures(SMALL_SPEC)
    if tracked:
        result = folded(model, images, "layer1.0.bn1")
        assert result.largest_difference < 1e-4 * float(result.output.abs().max())
    else:
        with pytest.raises(ExplorerError, match=r"layer1\.0\.bn1 has no running statistics"):
            folded(model, images, "layer1.0.bn1")


def test_folding_is_torchs_own_fusion_on_every_foldable_norm():
    spec = SMALL_SPEC.replace(block="bottleneck", groups=4, conv_bias=True)
    model = lively(spec)
    images = pictures(spec)
    for layer in norm_layers(model):
        result = folded(model, images, layer)
        conv, norm = model.get_submodule(result.conv), model.get_submodule(layer)
        assert isinstance(conv, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        fused = torch.nn.utils.fuse_conv_bn_eval(conv.eval(), norm.eval())
        assert fused.bias is not None
        torch.testing.assert_close(result.weight, fused.weight.detach())
        torch.testing.assert_close(result.bias, fused.bias.detach())
        assert result.largest_difference < 1e-4 * float(result.output.abs().max())
        assert result.output.shape == result.folded_output.shape


def test_a_norm_that_cannot_be_folded_gets_one_sentence():
    spec = SMALL_SPEC.replace(order="pre")
    with pytest.raises(ExplorerError, match=r"layer1\.0\.bn1 does not follow a convolution|nothing to fold"):
        folded(lively(spec), pictures(spec), "layer1.1.bn1")
    assert folded(lively(spec), pictures(spec), "layer1.0.bn2").conv == "layer1.0.conv1"
    spec = SMALL_SPEC.replace(norm="group")
    with pytest.raises(ExplorerError, match="no running statistics"):
        folded(lively(spec), pictures(spec), "bn1")
    generator = build(describe_stargan(StarGANSpec(conv_dim=4, repeat_num=1)), device="cpu")
    up = next(row for row in trace(generator.network, (16, 16)).layers if row.kind == "convtranspose")
    norm = next(row.layer for row in trace(generator.network, (16, 16)).layers if row.inputs == (up.layer,))
    with pytest.raises(ExplorerError, match=f"{norm} follows a transposed convolution"):
        folded(generator, torch.zeros(2, 8, 16, 16), norm)


LOOKS = {
    "state": lambda model, images: norm_states(model),
    "statistics train": lambda model, images: batch_statistics(model, images),
    "statistics eval": lambda model, images: batch_statistics(model, images, mode="eval"),
    "before and after": lambda model, images: before_after(model, images, "layer1.0.bn1", mode="train"),
    "folded": lambda model, images: folded(model, images, "layer1.0.bn1"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_looking_at_norms_leaves_no_trace(name: str):
    model = lively(SMALL_SPEC).train()
    model.get_submodule("layer1.0.bn1").eval()
    before = snapshot(model)
    LOOKS[name](model, pictures(SMALL_SPEC))
    assert snapshot(model) == before


def test_states_are_copies():
    model = lively(SMALL_SPEC)
    state = norm_state(model, "bn1")
    gamma = state.gamma.copy()
    with torch.no_grad():
        model.get_parameter("bn1.weight").fill_(9)
    np.testing.assert_array_equal(state.gamma, gamma)


def test_maps_come_back_as_pictures_channels_height_width():
    model = build(describe(preset("resnet20")), device="cpu")
    flow = before_after(model, torch.randn(3, 3, 8, 10), "layer2.0.bn1")
    assert tuple(flow.before.shape) == tuple(flow.after.shape) == (3, 32, 4, 5)
