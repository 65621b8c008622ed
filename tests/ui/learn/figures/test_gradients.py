"""Learn: figures of gradients and activations layer by layer."""

from __future__ import annotations

import pytest

from explorer.labs.gradient_flow.gradient_flow import flow_of
from explorer.labs.training.sets import digit_net
from explorer.ui.learn.figures import gradients
from tests.architecture.plans import REFERENCE
from tests.ui.learn.opened import FILLED


def test_powers_of_a_factor_are_those_of_the_reference():
    powers = REFERENCE["normalisation"]["gradient_product_table"]
    text = FILLED["gradients"].text
    assert f"0.9 after 50 layers is {powers['0.9^50']:.3f}:" in text
    assert f"1.1 after 50 layers is {powers['1.1^50']:.0f}:" in text


def test_without_norms_the_gradient_vanishes_in_the_plain_network_and_explodes_in_the_residual_one():
    plain, residual = (flow_of(digit_net(56, kind, norm="none")).convolutions for kind in ("none", "B"))
    assert plain[0].gradient < plain[-1].gradient / 1000
    assert residual[0].gradient > residual[-1].gradient * 100


def test_the_scale_of_the_input_leaves_the_factor_per_layer():
    raw, unit, standardised = (flow.forward for flow in gradients.by_scaling().values())
    assert raw is not None
    assert unit is not None
    assert standardised is not None
    assert raw.per_layer == pytest.approx(unit.per_layer, rel=1e-5)
    assert standardised.per_layer == pytest.approx(unit.per_layer, rel=0.02)
    spreads = [flow.convolutions[0].spread for flow in gradients.by_scaling().values()]
    assert spreads[0] / spreads[1] == pytest.approx(255, rel=1e-4)


def test_without_norm_the_gradient_vanishes_and_with_it_not():
    bare, plain, residual = (flow.backward for flow in gradients.with_and_without_norms().values())
    assert bare is not None
    assert plain is not None
    assert residual is not None
    assert bare.overall is not None
    assert plain.overall is not None
    assert residual.overall is not None
    assert bare.overall < 1e-3
    # the skip takes most of the growth away
    assert 0.1 < residual.overall < plain.overall / 100
