"""Blocks appended to the trained example, and shortcuts cut, on real digits."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.architecture.examples import DIGIT_READER, example_facts
from explorer.errors import ExplorerError, LabError
from explorer.labs.identity.appended import append_blocks
from explorer.labs.identity.lesions import main_path_alone
from explorer.labs.identity.trained import held_out_logits, trained_example


@pytest.fixture(scope="module")
def example():
    whole = trained_example()
    data = replace(whole.data, test_pixels=whole.data.test_pixels[:60], test_labels=whole.data.test_labels[:60])
    return replace(whole, data=data)


def test_the_example_names_as_many_digits_rightly_as_its_file_says():
    whole = trained_example()
    right = held_out_logits(whole.model(), whole.data).argmax(1) == whole.data.test_labels
    assert int(right.sum()) == example_facts(DIGIT_READER).correct == 444


@pytest.mark.parametrize(("stage", "count"), [(1, 1), (3, 20)])
def test_identity_blocks_change_no_logit_and_others_break_it(example, stage, count):
    found = {one.kind: one for one in append_blocks(example, stage=stage, count=count)}
    assert found["identity"].exact
    assert found["identity"].changed == 0
    assert found["identity"].right == found["nothing"].right > 57
    assert found["plain"].accuracy < 0.25
    assert found["random"].changed > 0
    assert found["calibrated"].right > found["random"].right


def test_a_stage_that_is_not_there_is_refused(example):
    with pytest.raises(LabError, match="stages 1 to 3"):
        append_blocks(example, stage=4, count=1)


def test_weights_that_are_not_all_there_are_refused(example):
    some = {name: values for name, values in example.weights.items() if name != "fc.bias"}
    with pytest.raises(LabError, match=r"lack fc\.bias"):
        replace(example, weights=some).model()


def test_a_block_without_its_shortcut_gives_on_what_its_main_path_does_and_is_given_back_whole(example):
    model, data = example.model(), example.data
    before = held_out_logits(model, data)
    with torch.no_grad():
        for parameter in model.get_submodule("layer3.2.bn2").parameters():
            parameter.zero_()
    with main_path_alone(model, ["layer3.2"]):
        assert np.ptp(held_out_logits(model, data).numpy(), axis=0).max() == 0  # the picture no longer matters
    assert np.ptp(held_out_logits(model, data).numpy(), axis=0).max() > 1
    with (
        pytest.raises(ExplorerError, match=r"no block with a shortcut named layer9\.0"),
        main_path_alone(model, ["layer9.0"]),
    ):
        pass
    assert before.shape == (60, 10)
