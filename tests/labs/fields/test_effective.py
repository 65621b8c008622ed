"""The effective field against closed forms, plain autograd, and the theoretical field that it must lie in."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import resnet18, vgg11_bn

from explorer import ResNetSpec, StarGANSpec, describe, describe_stargan, preset, trace
from explorer.architecture.seen import seen
from explorer.errors import ExplorerError
from explorer.labs.fields.effective import EffectiveField, effective_fields, noise
from explorer.model.build import build
from explorer.model.foreign import ForeignModule
from tests.model.networks import lively, snapshot


def equal_convolutions(count: int, side: int) -> ForeignModule:
    convolutions = [nn.Conv2d(1, 1, 3, padding=1, bias=False) for _ in range(count)]
    for one in convolutions:
        nn.init.constant_(one.weight, 1 / 9)
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 2)]
    return ForeignModule(nn.Sequential(*convolutions, *head), input_size=(side, side), in_channels=1)


@pytest.mark.parametrize("count", [10, 20, 40])
def test_equal_convolutions_see_a_gaussian_whose_width_grows_with_the_root_of_their_number(count: int) -> None:
    """σ = √(2n/3) per axis, and 4.41 σ across: of 20 convolutions 16.1, where the theoretical field has 41."""
    model = equal_convolutions(count, 101)
    plan = model.plan_at((101, 101))
    row = str(count - 1)
    found = effective_fields(model, plan, noise(1, (101, 101), 1), 1, {row: (50, 50)})[row]
    across = found.gradient.sum(axis=0)
    places = np.arange(101) - 50
    sigma = math.sqrt((across * places**2).sum() / across.sum())
    assert sigma == pytest.approx(math.sqrt(2 * count / 3), rel=1e-5)
    # on whole pixels of a Gaussian that is one only in the limit
    assert found.size == pytest.approx(4.41 * sigma, rel=0.03)
    # half of a round Gaussian lies within σ √(2 ln 2), 90 % within σ √(2 ln 10)
    assert found.radius(0.5, (50, 50)) == pytest.approx(sigma * math.sqrt(2 * math.log(2)), abs=0.6)
    assert found.radius(0.9, (50, 50)) == pytest.approx(sigma * math.sqrt(2 * math.log(10)), abs=0.6)


def test_it_is_the_mean_magnitude_of_torchs_own_gradient() -> None:
    spec = preset("resnet18")
    ours = build(spec, device="cpu", seed=3).eval()
    theirs = resnet18().eval()
    theirs.load_state_dict(ours.state_dict())
    pictures = noise(3, (64, 48), 3)
    plan = ours.plan_at((64, 48))
    for channel in (None, 5):
        found = effective_fields(ours, plan, pictures, 3, {"layer2.1.relu2": (1, 4)}, channel=channel)
        images = pictures(range(3)).clone().requires_grad_()
        maps = theirs.layer2(theirs.layer1(theirs.maxpool(theirs.relu(theirs.bn1(theirs.conv1(images))))))[:, :, 1, 4]
        (maps.mean(1) if channel is None else maps[:, channel]).sum().backward()
        assert images.grad is not None
        mine, other = found["layer2.1.relu2"].gradient, images.grad.abs().sum(1).mean(0).numpy()
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-7 * other.max())


NETWORKS = {
    "basic": ResNetSpec(block="basic", depths=(1, 2), widths=(8, 16), num_classes=3),
    "pre-activation": ResNetSpec(block="basic", depths=(2, 1), widths=(8, 16), order="pre", stem="cifar"),
    "plain": ResNetSpec(depths=(1, 1), widths=(8, 16), shortcut="none", num_classes=3),
    "gates": ResNetSpec(depths=(1, 1), widths=(8, 16), squeeze_excite=True, num_classes=3),
    "grey": ResNetSpec(block="basic", depths=(1, 1), widths=(8, 8), in_channels=1, antialias=True),
}


@pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS)
def test_it_is_zero_outside_the_theoretical_field_and_changes_nothing(spec: ResNetSpec) -> None:
    model, plan = lively(spec), trace(describe(spec), (72, 56))
    rows = [row for row in plan.layers if len(row.output_shape) == 3]
    positions = {row.layer: (row.output_shape[1] // 3, row.output_shape[2] - 1) for row in rows}
    before = snapshot(model)
    found = effective_fields(model, plan, noise(2, (72, 56), spec.in_channels), 2, positions)
    assert snapshot(model) == before
    for row in rows:
        inside = np.zeros((72, 56), dtype=bool)
        places = (seen(plan, row, place, axis=axis) for axis, place in enumerate(positions[row.layer]))
        inside[np.ix_(*places)] = True
        assert not found[row.layer].gradient[~inside].any(), row.layer


def test_a_batch_is_cut_without_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = NETWORKS["basic"]
    model, plan, pictures = lively(spec), trace(describe(spec), (32, 32)), noise(5, (32, 32), 3)
    told: list[float] = []

    def measured() -> np.ndarray:
        found = effective_fields(
            model, plan, pictures, 5, {"fc": None}, channel=1, progress=lambda share, _: told.append(share)
        )
        return found["fc"].gradient

    whole = measured()
    monkeypatch.setattr("explorer.labs.fields.effective.batch_size", lambda _: 2)
    told.clear()
    np.testing.assert_allclose(measured(), whole, rtol=1e-5)
    assert told == [0, 0.4, 0.8]


def test_of_a_generator_the_domains_are_no_part_of_the_picture() -> None:
    spec = StarGANSpec(conv_dim=4, c_dim=2, repeat_num=1)
    model = build(describe_stargan(spec), device="cpu", seed=0).eval()
    plan = model.plan_at((32, 32))
    pictures = noise(2, (32, 32), 3, rest=torch.tensor([1.0, 0.0]))
    assert (pictures(range(2))[:, 3] == 1).all()
    row = plan.layers[0].layer
    whole, picture = (
        effective_fields(model, plan, pictures, 2, {row: (9, 9)}, picture_channels=channels)[row].gradient.sum()
        for channels in (None, 3)
    )
    weights = model.get_parameter(f"{row}.weight").detach().mean(0).abs().sum(dim=(1, 2))
    assert picture / whole == pytest.approx(float(weights[:3].sum() / weights.sum()), rel=1e-5)


def test_a_wrapped_network_has_one_too_at_every_kind_of_row() -> None:
    torch.manual_seed(0)
    model = ForeignModule(vgg11_bn(num_classes=5), input_size=(64, 64))
    plan = model.plan_at((64, 64))
    found = effective_fields(model, plan, noise(2, (64, 64), 3), 2, {"features.4": None, "classifier.6": None})
    assert found["features.4"].is_defined
    assert found["classifier.6"].size > found["features.4"].size


def test_where_no_pixel_counts_it_is_not_defined() -> None:
    spec = NETWORKS["basic"]
    model, plan = lively(spec), trace(describe(spec), (32, 32))
    with torch.no_grad():
        model.get_parameter("bn1.weight").zero_()
    found = effective_fields(model, plan, noise(2, (32, 32), 3), 2, {"bn1": None})["bn1"]
    assert not found.is_defined
    assert math.isnan(found.size)
    assert math.isnan(found.radius(0.5, (0, 0)))
    assert not EffectiveField(gradient=np.full((2, 2), np.nan), pictures=1).is_defined


def test_a_row_that_is_not_there_is_refused() -> None:
    spec = NETWORKS["basic"]
    model, plan = lively(spec), trace(describe(spec), (32, 32))
    with pytest.raises(ExplorerError, match="nothere"):
        effective_fields(model, plan, noise(1, (32, 32), 3), 1, {"nothere": None})


def test_a_circle_holds_its_share() -> None:
    gradient = np.zeros((9, 9))
    gradient[4, 4], gradient[4, 6], gradient[1, 4], gradient[4, 0] = 4, 3, 2, 1
    field = EffectiveField(gradient=gradient, pictures=16)
    assert [field.radius(share, (4, 4)) for share in (0.3, 0.6, 0.9, 1.0)] == [0, 2, 3, 4]
    assert field.size == 2
