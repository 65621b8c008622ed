"""How long networks take, roughly: the parts add up, and the order of magnitude is that of this machine."""

from __future__ import annotations

import time

import pytest
import torch

from explorer import describe, trace
from explorer.labs.cost import layer_seconds, pass_seconds, picture_seconds, step_seconds
from explorer.labs.training.one_thread import one_thread
from explorer.labs.training.sets import digit_net
from explorer.model.build import build


def test_pass_costs_its_layers_and_its_pictures_and_the_way_back_twice_as_much() -> None:
    plan = trace(describe(digit_net(20)), (8, 8))
    assert pass_seconds(plan, 0) == layer_seconds(plan)
    assert pass_seconds(plan, 7) - pass_seconds(plan, 0) == pytest.approx(7 * picture_seconds(plan))
    assert step_seconds(plan, 7) - step_seconds(plan, 0) == pytest.approx(3 * 7 * picture_seconds(plan))


def test_pass_takes_about_as_long_as_is_said() -> None:
    network = describe(digit_net(20))
    model, images = build(network, seed=0).eval(), torch.zeros(64, 1, 8, 8)
    said = pass_seconds(trace(network, (8, 8)), len(images))
    with one_thread(), torch.no_grad():
        took = []
        for _ in range(5):
            started = time.thread_time()
            model(images)
            took.append(time.thread_time() - started)
    assert said / 10 < min(took) < said * 10
