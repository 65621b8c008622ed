"""A kept run under the experiments: it is worth what the run itself measured, at every epoch."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch

from explorer.architecture.describe import describe
from explorer.errors import LabError
from explorer.labs.identity.appended import append_blocks
from explorer.labs.identity.effort import FEWEST_PASSES, FEWEST_PICTURES, affordable, spread
from explorer.labs.identity.lesions import OnPictures, block_lesions, keeping_shape
from explorer.labs.identity.trained import held_out_logits, trained_example, trained_run
from explorer.labs.training.events import Epoch
from explorer.labs.training.sets import digit_net
from explorer.labs.training.state import fill
from explorer.labs.training.train import train
from explorer.model.build import build
from tests.labs.nets import tiny_run, tiny_spec


@pytest.fixture(scope="module")
def runs():
    """A residual and a plain run with all their epochs."""
    made = {}
    for kind in ("B", "none"):
        config = tiny_run(tiny_spec(shortcut=kind, depths=(2, 1, 1)), batch=128, epochs=2)
        made[kind] = config, [event for event in train(config) if isinstance(event, Epoch)]
    return made


def on_pictures(trained):
    model = trained.model()
    return OnPictures(
        model=model, answers=partial(held_out_logits, model, trained.data), labels=trained.data.test_labels
    )


@pytest.mark.parametrize("kind", ["B", "none"])
def test_at_every_epoch_it_is_worth_what_the_run_itself_measured(runs, kind):
    config, epochs = runs[kind]
    for epoch in epochs:
        trained = trained_run(config, epoch.weights, name=f"run-{epoch.epoch}")
        wrong = held_out_logits(trained.model(), trained.data).argmax(1) != trained.data.test_labels
        assert int(wrong.sum()) / 450 == epoch.test_error
        assert on_pictures(trained).accuracy == pytest.approx(1 - epoch.test_error)


def test_before_blocks_are_appended_the_accuracy_is_the_runs_own_and_after_identity_blocks_too(runs):
    config, epochs = runs["B"]
    found = append_blocks(trained_run(config, epochs[-1].weights, name="run"), stage=2, count=3)
    assert [one.kind for one in found[:2]] == ["nothing", "identity"]
    assert {one.accuracy for one in found[:2]} == {1 - epochs[-1].test_error}
    assert found[1].exact


def test_a_plain_block_taken_out_leaves_the_accuracy_of_the_network_without_it(runs):
    config, epochs = runs["none"]
    trained = trained_run(config, epochs[-1].weights, name="run")
    shorter = build(describe(config.spec.replace(depths=(1, 1, 1))), device="cpu").eval()
    kept = {name: values for name, values in trained.weights.items() if not name.startswith("layer1.1.")}
    fill(shorter, kept)
    with torch.no_grad():
        named = shorter(trained.data.as_input(trained.data.test_pixels)).argmax(1)
    right = int((named == trained.data.test_labels).sum())
    (found,) = block_lesions(on_pictures(trained), blocks=["layer1.1"])
    assert found.accuracy == right / 450


def test_blocks_that_keep_the_shape_are_those_that_a_plain_network_can_lose(runs):
    residual, plain = (build(describe(digit_net(20, kind)), device="cpu") for kind in ("B", "none"))
    assert keeping_shape(residual) == keeping_shape(plain)
    assert set(keeping_shape(residual)).isdisjoint({"layer2.0", "layer3.0"})
    assert len(keeping_shape(residual)) == 7


def test_fewer_pictures_are_at_equal_distances_and_the_number_of_all_is_kept():
    whole = trained_example()
    some = whole.fewer(100)
    assert (len(some.data.test_labels), len(some.data.train_labels), some.held_out) == (100, 100, 450)
    assert torch.equal(some.data.test_pixels[[0, -1]], whole.data.test_pixels[[0, -1]])
    # stratified pictures that lie class by class would otherwise be of a few classes
    assert len(some.data.test_labels.unique()) == 10
    assert whole.fewer(1000).held_out == len(whole.fewer(1000).data.test_labels) == 450


def test_what_diverged_or_lost_its_pictures_is_one_sentence(runs, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    config, epochs = runs["B"]
    broken = {**epochs[-1].weights, "fc.bias": np.full(10, np.nan, np.float32)}
    with pytest.raises(LabError, match="NaN or infinite, so nothing can be measured: take an earlier epoch"):
        trained_run(config, broken, name="run")
    with pytest.raises(LabError, match="no longer here: upload it again"):
        trained_run(config.replace(data=f"zip:{'0' * 64}"), epochs[-1].weights, name="run")


def test_small_networks_are_tested_whole_and_large_ones_on_less_in_the_same_time(runs):
    config, epochs = runs["B"]
    small = trained_run(config, epochs[-1].weights, name="run")
    whole = affordable(small, passes=10)
    assert (whole.pictures, whole.passes) == (450, 10)
    deep = trained_run(config.replace(spec=digit_net(1202)), epochs[-1].weights, name="deep")
    some = affordable(deep, passes=605)
    assert some.pictures == FEWEST_PICTURES
    assert FEWEST_PASSES <= some.passes < 60
    five = affordable(deep, passes=5)
    assert five.passes == 5
    assert FEWEST_PICTURES < five.pictures <= 450


def test_some_of_many_blocks_are_at_equal_distances_with_both_ends():
    blocks = tuple(f"layer1.{place}" for place in range(200))
    some = spread(blocks, 5)
    assert some == ("layer1.0", "layer1.50", "layer1.100", "layer1.149", "layer1.199")
    assert spread(blocks[:3], 5) == blocks[:3]
