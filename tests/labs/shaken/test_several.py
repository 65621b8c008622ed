"""Many pictures shaken alike: means and spreads against hooks on torchvision's module, and against each one alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from explorer.labs.shaken.changes import Given, changed
from explorer.labs.shaken.moved import shaken
from explorer.labs.shaken.several import Several, several_shaken, spread
from tests.labs.shaken.nets import given, normalised, pair

COUNT, STRENGTHS = 3, (10.0, 40.0)


def picture(place: int) -> Given:
    shown = given()
    return Given(pixels=torch.roll(shown.pixels, 9 * place, dims=2), preprocess=shown.preprocess)


def measured(left_out: int | None = None) -> Several | None:
    ours, _, plan = pair()
    return several_shaken(
        ours,
        plan,
        COUNT,
        picture,
        lambda place, shown: (
            None if place == left_out else [changed(shown.pixels, "noise", strength) for strength in STRENGTHS]
        ),
    )


def test_shares_are_those_of_torchvisions_module() -> None:
    found = measured()
    assert found is not None
    _, theirs, _ = pair()
    seen: list[torch.Tensor] = []
    handle = theirs.get_submodule("layer3.1.bn2").register_forward_hook(
        lambda _module, _into, out: seen.append(out.clone())
    )
    try:
        for place in range(COUNT):
            shown = picture(place)
            for at, strength in enumerate(STRENGTHS):
                seen.clear()
                with torch.no_grad():
                    before = theirs(normalised(shown.pixels))
                    after = theirs(normalised(changed(shown.pixels, "noise", strength)))
                expected = float((seen[1] - seen[0]).norm() / seen[0].norm())
                assert found.rows["layer3.1.bn2"][place, at] == pytest.approx(expected, rel=1e-3)
                np.testing.assert_allclose(found.before[place], before[0].numpy(), rtol=1e-3, atol=1e-3)
                np.testing.assert_allclose(found.after[place, at], after[0].numpy(), rtol=1e-3, atol=1e-3)
    finally:
        handle.remove()


def test_every_way_is_that_of_the_picture_alone() -> None:
    found = measured()
    assert found is not None
    ours, _, plan = pair()
    for place in range(COUNT):
        shown = picture(place)
        (alone,) = shaken(ours, plan, shown, [changed(shown.pixels, "noise", STRENGTHS[1])])
        assert list(found.total) == [one.block for one in alone.additions]
        for one in alone.additions:
            ways = {"shortcut": one.shortcut, "main": one.main, "total": one.total}
            for name, moved in ways.items():
                assert getattr(found, name)[one.block][place, 1] == pytest.approx(moved.share, rel=1e-4)


def test_a_picture_that_cannot_be_changed_is_left_out_and_named() -> None:
    found = measured(left_out=1)
    assert found is not None
    assert found.places.tolist() == [0, 2]
    assert found.rows["input"].shape == (2, 2)
    ours, _, plan = pair()
    assert several_shaken(ours, plan, COUNT, picture, lambda _place, _shown: None) is None


def test_the_spread_is_of_the_finite_numbers() -> None:
    found = spread(np.array([*range(1, 12), np.inf, np.nan], dtype=float))
    assert (found.mean, found.low, found.high) == (6, 2, 10)
    assert math.isnan(spread(np.array([np.inf])).mean)


def test_a_model_is_given_back_as_it_was() -> None:
    ours, _, _ = pair()
    before = {name: value.clone() for name, value in ours.state_dict().items()}
    modes = [part.training for part in ours.modules() if isinstance(part, nn.Module)]
    measured()
    assert all(torch.equal(value, before[name]) for name, value in ours.state_dict().items())
    assert [part.training for part in ours.modules()] == modes
