"""Learn: figures of networks that are trained, or given their pictures in another form."""

from __future__ import annotations

import json

import pytest

from explorer.labs.shipped.shipped import CURVES
from explorer.ui.learn.figures import training
from explorer.ui.learn.movers import depth
from tests.ui.learn.opened import read


def test_the_errors_that_are_said_are_those_of_the_shipped_runs():
    runs = json.loads(CURVES.read_text(encoding="utf-8"))
    ends = {name: runs[name]["epochs"][-1] for name in training.NETWORKS}
    page = read("degradation")
    for name, end in ends.items():
        assert f"{name.replace('_', '-')} {100 * end['train_error']:.1f} %" in page
    plain, deep_plain, residual, deep_residual = (end["train_error"] for end in ends.values())
    assert deep_plain > plain > deep_residual > residual


def test_plain_networks_get_worse_from_20_layers_on_as_the_text_says():
    found = depth.data()
    ends = {int(layers): errors[-1] for layers, errors in found["plain"].items()}
    assert ends[14] < ends[8]
    assert ends[20] > ends[14]
    assert all(error > 0.5 for layers, error in ends.items() if layers >= 44)
    assert ends[110] > 0.88
    assert all(errors[-1] < 0.06 for errors in found["residual"].values())


def test_another_preprocessing_is_no_better_than_guessing_until_the_norms_take_the_batchs_statistics():
    own, *others = training.given().values()
    assert own.right / own.pictures > 0.95
    assert all(one.right / one.pictures < 0.15 for one in others)
    assert all(one.right_in_train / one.pictures > 0.95 for one in (own, *others))
    assert own.mean == pytest.approx(0.303, abs=0.002)
