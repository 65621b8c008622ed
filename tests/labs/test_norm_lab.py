"""The norm experiments: every number against the reference or against torch itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from explorer.architecture.describe import describe
from explorer.architecture.examples import DIGIT_READER, example_facts
from explorer.architecture.weights import WeightsChoice
from explorer.errors import ExplorerError, LabError
from explorer.labs.data.data import load_data
from explorer.labs.norm_lab.batches import batch_effects, held_out_digits, statistics_errors, two_answers
from explorer.labs.norm_lab.bias import bias_curve, ramp
from explorer.labs.norm_lab.kinds import NORM_KINDS, kind_spec, norm_runs
from explorer.labs.norm_lab.places import ORDERS, kaiming_stack, norm_places
from explorer.labs.norm_lab.running import BETA, EPS, GAMMA, eval_output, running_updates, train_output
from explorer.labs.norm_lab.shift import LAYERS, input_shift
from explorer.model.build import ObservableModule, build
from explorer.model.weights import load

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text())["normalisation"]
X = np.array(REFERENCE["input_nchw"], dtype=float)
LAYER = "layer2.0.bn1"


def assert_equal(found: np.ndarray, expected: object) -> None:
    """To the last digits of double precision."""
    np.testing.assert_allclose(found, np.array(expected), rtol=1e-14, atol=1e-14)


@pytest.fixture(scope="module")
def example() -> ObservableModule:
    return load(DIGIT_READER.spec, WeightsChoice(source="example"), device="cpu")[0]


# --- running statistics ---


def test_the_example_has_the_references_gamma_beta_and_eps():
    assert (GAMMA.tolist(), BETA.tolist(), EPS) == (REFERENCE["gamma"], REFERENCE["beta"], REFERENCE["eps"])


def test_both_modes_put_out_the_numbers_of_the_reference():
    assert_equal(train_output(X, GAMMA, BETA), REFERENCE["train_output"])
    after = running_updates([X])[-1]
    out = eval_output(X, GAMMA, BETA, running_mean=after.running_mean, running_var=after.running_var)
    assert_equal(out, REFERENCE["eval_output_after_1_update"])


def test_running_statistics_are_those_of_the_reference_after_one_and_two_updates():
    _, one, two = running_updates([X, X], momentum=REFERENCE["momentum"])
    for channel, stats in enumerate(REFERENCE["channel_stats"]):
        found = {
            "mean": one.mean,
            "var_biased": one.var,
            "var_unbiased": one.var_unbiased,
            "running_mean_after_1": one.running_mean,
            "running_var_after_1": one.running_var,
            "running_mean_after_2_same_batch": two.running_mean,
            "running_var_after_2_same_batch": two.running_var,
        }
        assert {name: values[channel] for name, values in found.items()} == pytest.approx(
            {name: stats[name] for name in found}, rel=1e-14
        )
    assert one.running_var_biased[0] == REFERENCE["traps"]["running_var_with_biased_variance_channel0"]


def test_the_average_of_all_batches_is_the_references():
    found = running_updates([X, 2 * X], momentum=None)[-1]
    assert_equal(found.running_mean, REFERENCE["momentum_None_cumulative"]["running_mean"])
    assert_equal(found.running_var, REFERENCE["momentum_None_cumulative"]["running_var"])


def test_instance_norm_gives_the_numbers_of_the_reference():
    expected = REFERENCE["instance_norm"]
    assert_equal(train_output(X, GAMMA, BETA, kind="instance"), expected["train_output"])
    after = running_updates([X], kind="instance")[-1]
    assert_equal(after.running_mean, expected["running_mean_after_1"])
    assert_equal(after.running_var, expected["running_var_after_1"])
    out = eval_output(X, GAMMA, BETA, running_mean=after.running_mean, running_var=after.running_var)
    assert_equal(out, expected["eval_output_with_running_stats"])


@pytest.mark.parametrize(
    ("kind", "momentum"),
    [("batch", 0.0), ("batch", 0.37), ("batch", 1.0), ("batch", None), ("instance", 0.37), ("instance", 1.0)],
)
def test_any_input_goes_through_torchs_own_norm_likewise(kind, momentum):
    batches = [torch.randn(3, 4, 5, 2, generator=torch.Generator().manual_seed(i)).double() * i for i in (1, 2, 3)]
    norm: nn.BatchNorm2d | nn.InstanceNorm2d
    if kind == "batch":
        norm = nn.BatchNorm2d(4, momentum=momentum, dtype=torch.float64)
    else:
        assert momentum is not None
        norm = nn.InstanceNorm2d(4, momentum=momentum, affine=True, track_running_stats=True, dtype=torch.float64)
    outputs = [norm(batch).detach().numpy() for batch in batches]
    found = running_updates([batch.numpy() for batch in batches], momentum=momentum, kind=kind)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    np.testing.assert_allclose(found[-1].running_mean, norm.running_mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(found[-1].running_var, norm.running_var.numpy(), rtol=1e-12)
    np.testing.assert_allclose(
        train_output(batches[-1].numpy(), np.ones(4), np.zeros(4), kind=kind), outputs[-1], atol=1e-12
    )


@pytest.mark.parametrize(
    ("batches", "settings", "sentence"),
    [
        ([X], {"momentum": None, "kind": "instance"}, "torch's instance norm counts no batches"),
        ([X], {"momentum": 1.5}, "The momentum is 1.5; it must be from 0 to 1."),
        ([X[:, :, :1, :1]], {"kind": "instance"}, "A single value has no variance"),
    ],
)
def test_what_has_no_running_statistics_is_refused_in_a_sentence(batches, settings, sentence):
    with pytest.raises(LabError, match=sentence):
        running_updates(batches, **settings)


# --- a bias in front of the norm ---


def test_a_bias_before_the_norm_does_what_the_reference_says():
    expected = REFERENCE["conv_bias_before_bn"]
    assert ramp().tolist() == pytest.approx(np.array(expected["x"]), abs=1e-15)
    after_one, after_many = bias_curve(expected["bias"], updates=1), bias_curve(expected["bias"], updates=200)
    assert after_one.train < 1e-14
    assert after_one.running_mean == pytest.approx(expected["running_mean_difference_is_momentum_times_bias"])
    assert after_one.evaluation[-1] == pytest.approx(expected["eval_max_abs_diff_after_one_train_step"], rel=1e-12)
    assert after_many.evaluation[-1] == pytest.approx(expected["eval_max_abs_diff_after_200_train_steps"], rel=1e-4)
    assert after_many.evaluation[1] == after_one.evaluation[-1]
    assert after_one.bias_gradient < 1e-12
    assert after_one.weight_gradient > 1


def test_the_law_of_the_bias_holds_for_any_bias_and_momentum():
    found = bias_curve((0.25, 40.0), momentum=0.3, updates=20)
    assert found.evaluation == pytest.approx(found.expected, rel=1e-9)
    assert found.running_mean == pytest.approx([b * (1 - 0.7**20) for b in (0.25, 40.0)])
    assert bias_curve((0.0, 0.0), updates=3).evaluation == (0.0,) * 4
    still = bias_curve((1.0, 1.0), momentum=0.0, updates=3)
    assert still.evaluation == pytest.approx([still.evaluation[0]] * 4)


@pytest.mark.parametrize(
    ("bias", "settings"), [((1.0,), {}), ((1.0, 1.0), {"momentum": -0.1}), ((1.0, 1.0), {"updates": 0})]
)
def test_a_bias_experiment_that_cannot_be_is_refused(bias, settings):
    with pytest.raises(LabError):
        bias_curve(bias, **settings)


# --- batches of the trained example ---


def test_the_errors_of_a_batch_fall_as_one_over_the_root_of_its_size(example):
    images = held_out_digits()[0][:150]
    found = statistics_errors(example, images, LAYER, sizes=(1, 16, 256), draws=600)
    assert [one.mean for one in found] == pytest.approx([one.expected for one in found], rel=0.15)
    assert found[0].variance / found[2].variance == pytest.approx(16, rel=0.35)
    assert found[0].independent == 1 / 16  # 16×16 positions


def test_the_expected_error_is_the_spread_of_the_pictures_own_means(example):
    images = held_out_digits()[0][:40]
    kept = []
    hook = example.get_submodule(LAYER).register_forward_pre_hook(lambda _, inputs: kept.append(inputs[0].double()))
    with torch.no_grad():
        example(images)
    hook.remove()
    x = kept[0]
    ratio = x.mean((2, 3)).var(0, correction=0) / x.var((0, 2, 3), correction=0)
    found = statistics_errors(example, images, LAYER, sizes=(9,), draws=2)
    assert found[0].expected == pytest.approx(float((ratio.mean() / 9).sqrt()), rel=1e-6)


def test_train_mode_answers_worse_in_small_batches_and_eval_mode_as_the_example_says(example):
    images, labels = held_out_digits()
    before = {name: values.clone() for name, values in example.state_dict().items()}
    small, large = batch_effects(example, images[:100], labels[:100], sizes=(1, 64), least=64)
    assert small.train_accuracy < 0.5 < large.train_accuracy
    assert small.difference > 2 * large.difference
    assert large.eval_accuracy > 0.9
    assert all(torch.equal(values, before[name]) for name, values in example.state_dict().items())
    assert len(labels) == len(example_facts(DIGIT_READER).held_out)


def test_a_picture_alone_and_in_a_batch_gets_torchs_answers(example):
    images = held_out_digits()[0][:8]
    found = two_answers(example, images)
    np.testing.assert_allclose(found.eval_alone, found.eval_in_batch, atol=1e-4)
    other = load(DIGIT_READER.spec, WeightsChoice(source="example"), device="cpu")[0].train()
    with torch.no_grad():
        np.testing.assert_allclose(found.train_in_batch, other(images)[0].numpy(), atol=1e-4)
        np.testing.assert_allclose(found.train_alone, other(images[:1])[0].numpy(), atol=1e-4)
    assert np.abs(found.train_alone - found.train_in_batch).max() > 1


def test_a_norm_that_is_not_there_is_refused_and_so_are_pictures_that_are_all_the_same(example):
    images = held_out_digits()[0][:4]
    with pytest.raises(ExplorerError, match="layer9"):
        statistics_errors(example, images, "layer9.0.bn1")
    with pytest.raises(LabError, match="Nothing varies"):
        statistics_errors(build(describe(DIGIT_READER.spec), device="cpu"), torch.zeros_like(images), "bn1")


# --- kinds, places, shift ---


def test_only_batch_norm_lets_the_other_pictures_into_an_answer():
    found = {run.norm: run for run in norm_runs(pictures=4)}
    assert tuple(found) == NORM_KINDS
    assert {norm: run.alone > 1e-2 for norm, run in found.items()} == {norm: norm == "batch" for norm in NORM_KINDS}
    assert {norm for norm, run in found.items() if run.smallest} == {"batch", "instance"}
    norms = sum(2 * width * (6 + (stage == 0) + (stage > 0)) for stage, width in enumerate((12, 24, 48)))
    assert found["batch"].params - found["none"].params == norms
    assert build(describe(kind_spec("group")), device="cpu").get_submodule("bn1").num_groups == 4


def test_the_values_at_each_place_are_those_of_torchs_layers():
    found = norm_places(3, layers=4, seed=7)
    modules: dict[str, Callable[[], nn.Module]] = {"norm": lambda: nn.BatchNorm2d(16), "ReLU": nn.ReLU}
    data = load_data("digits")
    for order, steps in ORDERS.items():
        x = data.as_input(data.test_pixels[:64])
        places = iter(found[order])
        for number, weight in enumerate(kaiming_stack(4, 7), start=1):
            for step in steps:
                module = (
                    nn.Conv2d(x.shape[1], 16, 3, padding=1, bias=False) if step == "convolution" else modules[step]()
                )
                if isinstance(module, nn.Conv2d):
                    module.weight = nn.Parameter(weight)
                x = module(x).detach()
                place = next(places)
                assert (place.layer, place.step) == (number, step)
                assert (place.mean, place.std) == pytest.approx((float(x.mean()), float(x.std(correction=0))), abs=1e-5)
                assert place.zeros == float((x == 0).double().mean())
                assert (place.values is not None) == (number == 3)
    with pytest.raises(LabError):
        norm_places(5, layers=4)


def test_what_arrives_at_a_layer_moves_less_with_a_norm():
    with_norm, without = (input_shift(norm, epochs=2) for norm in ("batch", "none"))
    assert tuple(with_norm.inputs) == LAYERS
    assert len(with_norm.train_losses) == 3
    for layer in LAYERS:
        rows = with_norm.inputs[layer], without.inputs[layer]
        assert all(np.isnan(one[0].shift) for one in rows)
        assert rows[0][2].shift < rows[1][2].shift
        # γ = 1 and β = 0 before training: mean 0 and deviation 1 leave the norm
        assert (rows[0][0].mean, rows[0][0].std) == pytest.approx((0, 1), abs=1e-3)
