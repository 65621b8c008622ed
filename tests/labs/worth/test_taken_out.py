"""Blocks taken out of any network: held against torchvision's with the block replaced, and against counts by hand."""

from __future__ import annotations

import itertools
import math
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torchvision import models

from explorer.architecture.presets import preset
from explorer.errors import LabError
from explorer.labs.identity.lesions import OnPictures, block_lesions, removable, stage_lesions
from explorer.labs.worth.draws import drawn, mean_of
from explorer.labs.worth.taken_out import random_lesions
from explorer.model.build import build
from explorer.model.forward import passed
from explorer.model.guard import borrowed
from tests.labs.nets import some_images, tiny_spec
from tests.model.networks import lively, snapshot


def answers(model, images):
    with borrowed(model, "eval"):
        return passed(model, images)


def on_pictures(model, images, labels=None):
    return OnPictures(model=model, answers=partial(answers, model, images), labels=labels)


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_a_lesion_is_torchvisions_network_with_the_block_replaced(name) -> None:
    ours = build(preset(name), device="cpu", seed=1)
    images = torch.randn(6, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 1, 2, 3, 4, 5])
    subject = on_pictures(ours, images, labels)
    for block in ("layer1.0", "layer2.1", "layer4.0"):
        theirs = models.get_model(name).eval()
        theirs.load_state_dict(ours.state_dict())
        with torch.no_grad():
            whole = theirs(images)
            stage, _, place = block.partition(".")
            gone = theirs.get_submodule(block)
            theirs.get_submodule(stage)[int(place)] = nn.Sequential(gone.downsample or nn.Identity(), nn.ReLU())
            left = theirs(images)
        found = subject.taken_out(block, [block])
        assert found.stays == np.mean((left.argmax(1) == whole.argmax(1)).numpy())
        assert found.accuracy == np.mean((left.argmax(1) == labels).numpy())
        change, logits = (left - whole).double().numpy(), whole.double().numpy()
        assert found.moved == pytest.approx(np.abs(change).mean() / logits.std(ddof=1), rel=1e-3)


def test_without_labels_there_is_no_accuracy_and_with_nothing_taken_out_nothing_moves() -> None:
    subject = on_pictures(lively(tiny_spec()), some_images())
    found = subject.taken_out("nothing", [])
    assert (found.stays, found.moved) == (1, 0)
    assert math.isnan(found.accuracy)
    assert math.isnan(subject.accuracy)


def test_blocks_of_every_kind_of_network_can_be_taken_out_and_the_model_comes_back() -> None:
    for changes in ({"order": "pre"}, {"squeeze_excite": True}, {"shortcut": "none"}, {"block": "bottleneck"}):
        model = lively(tiny_spec(depths=(2, 2), widths=(4, 8), **changes)).train()
        before = snapshot(model)
        subject = on_pictures(model, some_images())
        found = [*block_lesions(subject), *stage_lesions(subject)]
        assert any(one.moved for one in found)
        assert len([*random_lesions(subject, removable(model), [2])]) == 1
        assert snapshot(model) == before
        assert not any(module._forward_hooks for module in model.modules())


def test_answers_that_are_no_numbers_count_as_changed_and_a_broken_network_is_refused() -> None:
    model = build(tiny_spec(), device="cpu")
    with torch.no_grad():
        model.get_parameter("fc.bias")[0] = float("inf")
    with pytest.raises(LabError, match="NaN or infinity"):
        _ = on_pictures(model, some_images()).logits
    model = build(tiny_spec(), device="cpu")
    images, whole = some_images(), answers(model, some_images())
    outputs = iter([whole, whole.clone().index_fill(0, torch.tensor([1]), float("nan"))])
    found = OnPictures(model=model, answers=lambda: next(outputs), labels=whole.argmax(1)).taken_out("layer1.0", [])
    assert found.accuracy == found.stays == 1 - 1 / len(images)
    assert math.isnan(found.moved)


def test_sets_are_all_there_are_or_drawn_evenly_by_their_seed() -> None:
    blocks = tuple("abcdef")
    assert drawn(blocks, 1, draws=10, seed=0) == [(one,) for one in blocks]
    assert drawn(blocks, 6, draws=10, seed=0) == [blocks]
    some = drawn(blocks, 3, draws=10, seed=0)
    assert some == drawn(blocks, 3, draws=10, seed=0) != drawn(blocks, 3, draws=10, seed=1)
    assert {len(set(one)) for one in some} == {3}
    many = list(itertools.chain(*(drawn(blocks, 3, draws=19, seed=seed) for seed in range(200))))
    often = [sum(block in one for one in many) / len(many) for block in blocks]
    assert max(abs(share - 0.5) for share in often) < 0.04  # about five standard errors


def test_the_interval_is_students() -> None:
    """The table of Student's t: 2.262 for nine degrees of freedom."""
    values = [0.1, 0.4, 0.2, 0.9, 0.5, 0.3, 0.8, 0.6, 0.7, 0.5]
    found = mean_of(values, complete=False)
    half = 2.262 * np.std(values, ddof=1) / math.sqrt(10)
    assert found.draws == 10
    assert found.mean == pytest.approx(0.5)
    assert found.low == pytest.approx(0.5 - half, abs=1e-4)
    assert found.high == pytest.approx(0.5 + half, abs=1e-4)
    assert mean_of([0.3], complete=True).low == 0.3


def test_several_at_random_are_the_mean_over_sets() -> None:
    model = lively(tiny_spec(depths=(2, 2, 2)))
    subject = on_pictures(model, some_images(16))
    blocks = removable(model)
    one, three, all_of_them = random_lesions(subject, blocks, [1, 3, 6])
    assert one.moved.mean == pytest.approx(np.mean([lesion.moved for lesion in block_lesions(subject)]))
    assert one.moved.low == one.moved.high
    assert all_of_them.stays.mean == subject.taken_out("all", blocks).stays
    drawn_moved = [subject.taken_out("some", some).moved for some in drawn(blocks, 3, draws=10, seed=0)]
    assert three.moved.mean == pytest.approx(np.mean(drawn_moved))
    assert three.moved.draws == 10
