"""When a block is the identity, and when it is not."""

import math

import numpy as np
import pytest
import torch

from explorer.architecture.describe import describe
from explorer.errors import LabError
from explorer.labs.identity.identity import (
    append_identity_blocks,
    block_identities,
    scale_before_norms,
    zero_main_paths,
)
from explorer.labs.training.state import fill, weights_of
from explorer.labs.training.train import error_rate
from explorer.model.build import build
from tests.labs.nets import few_digits, some_images, tiny_run, tiny_spec, trained


def identities(spec, *, zero=True):
    model = build(describe(spec), device="cpu")
    if zero:
        zero_main_paths(model)
    return {found.block: found for found in block_identities(model, some_images())}


def test_a_zeroed_main_path_passes_on_what_is_not_negative_and_a_projection_does_not():
    found = identities(tiny_spec(depths=(2, 2), widths=(4, 8)))
    assert {block: one.reason for block, one in found.items()} == {
        "layer1.0": "identity",
        "layer1.1": "identity",
        "layer2.0": "projection",
        "layer2.1": "identity",
    }
    assert found["layer1.0"].exact
    assert found["layer1.0"].share == 1
    assert found["layer1.0"].largest == 0
    assert math.isnan(found["layer2.0"].share)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"shortcut": "none"}, "plain"), ({"shortcut": "C"}, "projection"), ({"order": "pre"}, "identity")],
)
def test_what_stands_in_the_way_is_named(changes, reason):
    assert identities(tiny_spec(**changes))["layer1.0"].reason == reason


def test_padding_keeps_a_block_from_being_the_identity():
    assert identities(tiny_spec(shortcut="A"))["layer3.0"].reason == "padding"


def test_random_weights_are_not_the_identity():
    found = identities(tiny_spec(), zero=False)["layer1.0"]
    assert not found.exact
    assert found.reason == "main path"
    assert found.largest > 0


def test_the_last_relu_cuts_off_what_is_negative():
    """No block of a whole network gets a negative input in front of its ReLU, so this one is fed by hand."""
    model = build(describe(tiny_spec()), device="cpu").eval()
    zero_main_paths(model)
    x = torch.linspace(-1, 1, 2 * 4 * 8 * 8).view(2, 4, 8, 8)
    with torch.no_grad():
        assert torch.equal(model.get_submodule("layer1.0")(x), x.clamp(min=0))


@pytest.mark.parametrize("norm", ["batch", "group", "none"])
def test_zeroed_blocks_of_every_norm_are_the_identity(norm):
    assert identities(tiny_spec(norm=norm, conv_bias=True))["layer1.0"].exact


def test_zero_init_residual_starts_as_the_identity_and_only_named_blocks_are_zeroed():
    assert identities(tiny_spec(zero_init_residual=True), zero=False)["layer1.0"].exact
    model = build(describe(tiny_spec(depths=(2, 1, 1))), device="cpu")
    zero_main_paths(model, ["layer1.1"])
    found = block_identities(model, some_images())
    assert [one.exact for one in found[:2]] == [False, True]


@pytest.mark.parametrize("changes", [{}, {"order": "pre"}, {"shortcut": "A"}, {"norm": "none"}])
def test_identity_blocks_that_are_appended_leave_every_answer_as_it_was(changes):
    data, spec = few_digits(), tiny_spec(**changes)
    last = trained(tiny_run(spec, epochs=1), data)
    deeper, weights = append_identity_blocks(spec, last.weights, stage=2, count=3)
    assert deeper.depths == (1, 4, 1)
    short, long = (build(describe(one), device="cpu").eval() for one in (spec, deeper))
    fill(short, last.weights)
    fill(long, weights)
    with torch.no_grad():
        assert torch.equal(short(some_images()), long(some_images()))
    assert error_rate(long, data, data.test_pixels, data.test_labels) == last.test_error


@pytest.mark.parametrize(
    ("spec", "settings", "sentence"),
    [
        (tiny_spec(shortcut="none"), {"stage": 1}, "A plain block"),
        (tiny_spec(shortcut="C"), {"stage": 1}, "Every shortcut of option C"),
        (tiny_spec(), {"stage": 4}, "has the stages 1 to 3, not 4"),
        (tiny_spec(), {"stage": 1, "count": 0}, "at most 500 blocks"),
        (tiny_spec(), {"stage": 1, "count": 500}, "at most 500 blocks"),
    ],
)
def test_blocks_that_cannot_be_the_identity_are_refused(spec, settings, sentence):
    weights = weights_of(build(describe(spec), device="cpu"))
    with pytest.raises(LabError, match=sentence):
        append_identity_blocks(spec, weights, **settings)


def test_the_scale_of_weights_in_front_of_a_norm_changes_nothing_in_training():
    model = build(describe(tiny_spec(conv_bias=True)), device="cpu")
    before = weights_of(model)
    effect = scale_before_norms(model, some_images(), 3)
    assert effect.train < 1e-3 < effect.eval
    assert effect.layers[0] == "conv1"
    assert "layer3.0.downsample.0" in effect.layers
    assert all(np.array_equal(before[name], values) for name, values in weights_of(model).items())


def test_in_a_pre_activation_block_only_the_inner_convolution_stands_before_a_norm():
    effect = scale_before_norms(build(describe(tiny_spec(order="pre")), device="cpu"), some_images(), 0.5)
    assert [layer for layer in effect.layers if "downsample" not in layer] == [
        "layer1.0.conv1",
        "layer2.0.conv1",
        "layer3.0.conv1",
    ]
    assert effect.train < 1e-3


def test_without_a_norm_there_is_nothing_to_scale():
    model = build(describe(tiny_spec(norm="none")), device="cpu")
    with pytest.raises(LabError, match="is followed by a norm"):
        scale_before_norms(model, some_images(), 2)
    with pytest.raises(LabError, match="must be above 0"):
        scale_before_norms(build(describe(tiny_spec()), device="cpu"), some_images(), 0)
