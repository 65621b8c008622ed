"""The scale of weights before a norm: nothing but rounding and ε, and a plain factor without one."""

import numpy as np
import pytest

from explorer.labs.identity.weight_scale import scale_block


def by_kind(factor):
    return {one.kind: one for one in scale_block(factor)}


@pytest.mark.parametrize("factor", [0.001, 3.0, 1000.0])
def test_before_a_norm_in_train_mode_the_scale_falls_out(factor):
    found = by_kind(factor)
    assert found["no-epsilon"].relative < 1e-6
    assert found["no-norm"].relative > 0.3
    assert found["eval"].relative > 0.3


def test_epsilon_shows_where_the_variance_is_not_far_above_it():
    small, large = by_kind(0.001), by_kind(1000.0)
    assert small["train"].relative > 1e-3
    assert large["train"].relative < 1e-5


def test_a_factor_of_two_is_exact_in_binary():
    assert by_kind(2.0)["no-epsilon"].relative == 0


def test_all_kinds_with_a_norm_start_from_the_same_output():
    found = by_kind(2.0)
    np.testing.assert_allclose(found["train"].before, found["no-epsilon"].before, atol=1e-4)
    np.testing.assert_array_equal(by_kind(3.0)["no-norm"].before, found["no-norm"].before)
