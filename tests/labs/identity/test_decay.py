"""Weight decay: the weights shrink by what the rule says, and before a norm their length says nothing."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from explorer.labs.identity import decay
from explorer.labs.identity.decay import MOMENTUM, RATE, decay_runs


@pytest.fixture(scope="module")
def runs():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decay, "DECAYS", (0.0, 0.03))
        patch.setattr(decay, "EPOCHS", 2)
        return {on: tuple(decay_runs(on)) for on in ("before", "all")}


def test_the_first_steps_are_those_of_the_rule(runs):
    """W − rate · (g + decay · W), and before a norm g stands perpendicular on W: Pythagoras gives both lengths."""
    without, with_decay = runs["before"]
    start, first = without.before[:2]
    assert first > start
    shrink = RATE * with_decay.decay
    # (W₁ − s·W₀)² = W₁² − 2·s·W₀·W₁ + (s·W₀)², where W₀·W₁ = W₀²
    expected = np.sqrt(first**2 - 2 * shrink * start**2 + (shrink * start) ** 2)
    assert with_decay.before[0] == start
    assert with_decay.before[1] == pytest.approx(expected, rel=1e-5)


def test_without_decay_weights_before_a_norm_grow_and_with_it_they_shrink(runs):
    without, with_decay = runs["before"]
    assert without.before[-1] > without.before[0]
    assert np.all(np.diff(with_decay.before) < 0)
    assert with_decay.steps == 20
    assert with_decay.scale == pytest.approx(without.before[-1] / with_decay.before[-1])
    assert with_decay.step_ratio == pytest.approx(with_decay.scale**2)
    assert (without.scale, without.change) == (1, 0)


def test_scaled_back_the_shrunken_network_says_the_same(runs):
    for on in ("before", "all"):
        assert 0 < runs[on][1].change < 1e-3
    assert all(one.batch_error < 0.5 for one in runs["before"])


def test_decay_of_every_parameter_takes_the_layer_without_a_norm_too(runs):
    alone, every = runs["before"][1], runs["all"][1]
    assert every.bare[-1] < alone.bare[-1]
    np.testing.assert_array_equal(runs["before"][0].before, runs["all"][0].before)


def test_before_a_norm_the_gradient_is_perpendicular_and_grows_as_one_over_the_length():
    """Layers of torch alone: what the page says of the step."""
    torch.manual_seed(0)
    x, target = torch.randn(8, 3, 6, 6), torch.randn(8, 4, 6, 6)
    weight = torch.randn(4, 3, 3, 3, requires_grad=True)

    def gradient(scale):
        weight.grad = None
        scaled = (weight.detach() * scale).requires_grad_()
        F.mse_loss(nn.BatchNorm2d(4, eps=1e-12)(F.conv2d(x, scaled, padding=1)), target).backward()
        return scaled, scaled.grad

    one, at_one = gradient(1.0)
    one = one.detach()
    assert abs(float((one * at_one).sum())) < 1e-5 * float(one.norm() * at_one.norm())
    _, at_three = gradient(3.0)
    torch.testing.assert_close(at_three, at_one / 3, rtol=1e-4, atol=1e-7)
    assert MOMENTUM == 0.9
