"""How far rows are moved, against hooks on torchvision's module; at additions the parts add up."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torchvision import models

from explorer.architecture.families import network_of
from explorer.architecture.presets import preset
from explorer.architecture.stargan import StarGANSpec
from explorer.architecture.trace import trace
from explorer.labs.shaken.changes import changed
from explorer.labs.shaken.fgsm import fgsm_signs
from explorer.labs.shaken.moved import shaken
from explorer.model.build import build
from explorer.model.foreign import ForeignModule
from explorer.model.probe import block_parts
from tests.labs.shaken.nets import SIZE, given, normalised, pair


def hooked(theirs: nn.Module, image: torch.Tensor, rows: list[str]) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = {}
    handles = [
        theirs.get_submodule(row).register_forward_hook(
            lambda _module, _into, out, row=row: found.__setitem__(row, out.detach().clone())
        )
        for row in rows
    ]
    theirs(image)
    for handle in handles:
        handle.remove()
    return found


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_every_row_that_torchvision_has_moves_as_hooks_there_say(name) -> None:
    ours, theirs, plan = pair(name)
    shown = given()
    other = changed(shown.pixels, "noise", 30)
    (found,) = shaken(ours, plan, shown, [other])
    called_once = (nn.Conv2d, nn.BatchNorm2d, nn.Linear, nn.MaxPool2d)
    rows = [row for row, part in theirs.named_modules() if isinstance(part, called_once)]
    assert len(rows) > 40
    with torch.no_grad():
        before, after = (hooked(theirs, normalised(pixels), rows) for pixels in (shown.pixels, other))
    for row in rows:
        expected = float((after[row] - before[row]).norm() / before[row].norm())
        assert found.rows[row].share == pytest.approx(expected, rel=1e-3), row
    x, y = normalised(shown.pixels), normalised(other)
    assert found.rows["input"].share == pytest.approx(float((y - x).norm() / x.norm()), rel=1e-5)
    assert list(found.rows) == ["input", *(row.layer for row in plan.layers)]


def test_outputs_are_those_of_torchvision() -> None:
    ours, theirs, plan = pair()
    shown = given()
    other = changed(shown.pixels, "blur", 2)
    (found,) = shaken(ours, plan, shown, [other])
    with torch.no_grad():
        for mine, pixels in ((found.before, shown.pixels), (found.after, other)):
            torch.testing.assert_close(torch.from_numpy(mine), theirs(normalised(pixels))[0], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "preact18", "seresnet50"])
def test_nothing_moves_where_epsilon_is_0(name) -> None:
    ours = build(preset(name), device="cpu", seed=3)
    plan = trace(network_of(preset(name)), SIZE)
    shown = given()
    same = changed(shown.pixels, "fgsm", 0, signs=fgsm_signs(ours, shown))
    (found,) = shaken(ours, plan, shown, [same])
    assert [row for row, moved in found.rows.items() if moved.by != 0 or moved.share != 0] == []
    assert all(one.main.share == one.shortcut.share == one.total.share == 0 for one in found.additions)
    assert (found.before == found.after).all()


def test_several_pictures_at_once_are_measured_as_each_alone() -> None:
    ours, _, plan = pair()
    shown = given()
    pixels = [changed(shown.pixels, "noise", strength) for strength in (5, 20, 60)]
    together = shaken(ours, plan, shown, pixels)
    for one, found in zip(pixels, together, strict=True):
        (alone,) = shaken(ours, plan, shown, [one])
        for row, moved in alone.rows.items():
            assert found.rows[row].share == pytest.approx(moved.share, rel=1e-4)


@pytest.mark.parametrize("name", ["resnet50", "preact18", "seresnet50"])
def test_at_an_addition_both_ways_are_those_of_the_blocks_parts(name) -> None:
    ours = build(preset(name), device="cpu", seed=3)
    plan = trace(network_of(preset(name)), SIZE)
    shown = given()
    other = changed(shown.pixels, "shift", 3)
    (found,) = shaken(ours, plan, shown, [other])
    assert [one.block for one in found.additions] == list(plan.blocks)
    for one in found.additions:
        before, after = (block_parts(ours, shown.inputs(pixels[None]), one.block) for pixels in (shown.pixels, other))
        parts = {"residual": one.main, "shortcut": one.shortcut, "total": one.total}
        differences = {part: getattr(after, part) - getattr(before, part) for part in parts}
        # the sum moves by exactly as much as both ways together
        together = differences["residual"] + differences["shortcut"]
        torch.testing.assert_close(differences["total"], together, rtol=1e-4, atol=1e-4)
        for part, moved in parts.items():
            assert moved.by == pytest.approx(float(differences[part].norm()), rel=1e-3)
            assert moved.norm == pytest.approx(float(getattr(before, part).norm()), rel=1e-3)
        slack = 1e-3 * one.total.by
        assert abs(one.main.by - one.shortcut.by) - slack <= one.total.by <= one.main.by + one.shortcut.by + slack


def test_another_classifier_of_torchvision_has_rows_and_no_additions() -> None:
    theirs = models.squeezenet1_1(num_classes=5).eval()
    ours = ForeignModule(theirs, input_size=SIZE)
    shown = given()
    other = changed(shown.pixels, "brightness", 0.5)
    (found,) = shaken(ours, ours.plan, shown, [other])
    with torch.no_grad():
        before, after = (hooked(theirs, normalised(pixels), ["features.0"]) for pixels in (shown.pixels, other))
    expected = float((after["features.0"] - before["features.0"]).norm() / before["features.0"].norm())
    assert found.rows["features.0"].share == pytest.approx(expected, rel=1e-3)
    assert found.additions == ()
    assert found.after.shape == (5,)


def test_a_generator_has_rows_and_additions() -> None:
    spec = StarGANSpec()
    model = build(network_of(spec), device="cpu", seed=0)
    shown = given((32, 32), domains=(True, *[False] * 4))
    (found,) = shaken(model, trace(network_of(spec), (32, 32)), shown, [changed(shown.pixels, "noise", 10)])
    assert len(found.additions) == 6
    assert found.after.shape == (3, 32, 32)
    assert 0 < found.rows["input"].share < 1


def test_a_row_that_was_0_and_moves_has_an_infinite_share() -> None:
    ours = build(preset("resnet18"), device="cpu", seed=3)
    plan = trace(network_of(preset("resnet18")), SIZE)
    black = given()
    black = type(black)(pixels=torch.zeros_like(black.pixels), preprocess=type(black.preprocess)(name="0 to 1"))
    (found,) = shaken(ours, plan, black, [changed(black.pixels, "noise", 10)])
    assert found.rows["input"].share == math.inf
    assert found.rows["conv1"].share == math.inf


def test_a_model_is_given_back_as_it_was() -> None:
    ours, _, plan = pair()
    before = {name: value.clone() for name, value in ours.state_dict().items()}
    modes = [part.training for part in ours.modules()]
    shown = given()
    shaken(ours, plan, shown, [changed(shown.pixels, "size", 30)])
    assert all(torch.equal(value, before[name]) for name, value in ours.state_dict().items())
    assert [part.training for part in ours.modules()] == modes
