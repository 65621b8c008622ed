"""Learn: figures of what flows through blocks, against torch and the reference."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.ui.learn.figures import values
from tests.architecture.plans import REFERENCE
from tests.ui.learn.opened import FILLED


def test_f_is_at_least_half_as_strong_as_the_shortcut_and_falls_within_a_stage():
    ratios = values.ratios()
    assert len(ratios) == 9
    assert min(ratios.values()) >= 0.5
    for stage in ("layer1", "layer2", "layer3"):
        own = [ratio for block, ratio in ratios.items() if block.startswith(stage)]
        assert own == sorted(own, reverse=True)
        assert 0.8 < own[0] < 1.2


def test_the_generator_has_the_parameters_of_its_source():
    assert f"It has {REFERENCE['stargan']['generator_params']:,} parameters" in FILLED["norms"].text


def test_in_the_first_unit_f_has_mean_0_and_deviation_1_and_the_sum_goes_below_0():
    found = values.unit_values(0)
    assert found["x"].min() == 0
    assert found["F(x)"].mean() == pytest.approx(0, abs=1e-3)
    assert found["F(x)"].std() == pytest.approx(1, abs=1e-3)
    assert np.allclose(found["x"] + found["F(x)"], found["x + F(x)"], atol=1e-5)
    assert (found["x + F(x)"] < 0).mean() > 0.3


def test_identity_blocks_change_no_logit():
    as_trained, *deeper = values.appended()
    assert as_trained.right / as_trained.pictures > 0.95
    assert [one.depth - as_trained.depth for one in deeper] == [2 * one.more for one in deeper]
    assert all(one.largest == 0 and one.right == as_trained.right for one in deeper)


def test_weights_in_front_of_a_norm_can_shrink_and_without_one_they_count():
    found = values.changes()
    assert max(found["train"]) < 0.01
    assert found["no-norm"][0] == 0
    assert list(found["no-norm"]) == sorted(found["no-norm"])
    assert found["no-norm"][-1] > 0.3
