"""Learn: figures of networks that are trained, or given their pictures in another form."""

from __future__ import annotations

import pytest

from explorer.ui.learn.figures import training


def test_the_deeper_plain_network_has_the_larger_training_error_and_the_residual_one_has_not():
    # another seed than the figure's
    last = {name: errors[-1] for name, errors in training.training_errors(seed=1).items()}
    assert last["plain-26"] > last["plain-8"] + 0.2
    assert last["residual-26"] < last["residual-8"] + 0.05
    assert last["residual-26"] < last["plain-8"]


def test_another_preprocessing_is_no_better_than_guessing_until_the_norms_take_the_batchs_statistics():
    own, *others = training.given().values()
    assert own.right / own.pictures > 0.95
    assert all(one.right / one.pictures < 0.15 for one in others)
    assert all(one.right_in_train / one.pictures > 0.95 for one in (own, *others))
    assert own.mean == pytest.approx(0.303, abs=0.002)
