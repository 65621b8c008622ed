"""What each kind does to a picture, against Pillow, torchvision and slicing."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter
from torch.nn import functional as F
from torchvision.transforms.v2 import functional as vision

from explorer.errors import LabError
from explorer.labs.shaken.changes import Given, as_strong, changed, equal_strength, shifted
from explorer.labs.shaken.kinds import KINDS
from explorer.model.images import IMAGENET, Preprocess, pixels_of, prepare
from explorer.model.samples import sample
from tests.labs.shaken.nets import given


def picture(mode="RGB") -> Image.Image:
    return sample("flower").convert(mode).resize((60, 44))


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_jpeg_and_blur_are_pillows(mode) -> None:
    shown = picture(mode)
    pixels = pixels_of(shown)
    file = io.BytesIO()
    shown.save(file, "JPEG", quality=17)
    for found, expected in (
        (changed(pixels, "jpeg", 17), Image.open(file)),
        (changed(pixels, "blur", 2.3), shown.filter(ImageFilter.GaussianBlur(2.3))),
    ):
        np.testing.assert_array_equal(found.permute(1, 2, 0).numpy().squeeze(), np.asarray(expected))


@pytest.mark.parametrize("right", [5, -5, 0])
def test_shift_moves_columns_and_repeats_the_border(right) -> None:
    pixels = pixels_of(picture())
    found = changed(pixels, "shift", right)
    if right > 0:
        assert torch.equal(found[..., right:], pixels[..., :-right])
        assert torch.equal(found[..., :right], pixels[..., :1].expand(-1, -1, right))
    elif right < 0:
        assert torch.equal(found[..., :right], pixels[..., -right:])
        assert torch.equal(found[..., right:], pixels[..., -1:].expand(-1, -1, -right))
    else:
        assert torch.equal(found, pixels)


def test_brightness_is_torchvisions() -> None:
    pixels = pixels_of(picture())
    for factor in (0.0, 0.4, 1.0, 2.5):
        expected = vision.adjust_brightness(pixels / 255, factor) * 255
        torch.testing.assert_close(changed(pixels, "brightness", factor), expected, rtol=0, atol=1e-3)


def test_size_is_what_torch_interpolates() -> None:
    pixels = pixels_of(picture())
    small = F.interpolate(pixels[None], (round(44 * 0.3), round(60 * 0.3)), mode="bilinear", antialias=True)
    expected = F.interpolate(small, (44, 60), mode="bilinear", antialias=True)[0]
    assert (changed(pixels, "size", 30) - expected).abs().max() <= 2  # Pillow rounds twice


def test_noise_has_its_standard_deviation_and_is_the_same_each_time() -> None:
    grey = torch.full((3, 200, 200), 128.0)
    found = changed(grey, "noise", 20)
    assert float((found - grey).std()) == pytest.approx(20, rel=0.02)
    assert float((found - grey).mean()) == pytest.approx(0, abs=0.3)
    assert torch.equal(found, changed(grey, "noise", 20))
    assert changed(grey, "noise", 100).min() >= 0


@pytest.mark.parametrize("kind", ["noise", "blur", "shift", "brightness", "size", "fgsm"])
def test_the_strength_that_changes_nothing_changes_nothing(kind) -> None:
    pixels = pixels_of(picture())
    assert torch.equal(changed(pixels, kind, KINDS[kind].none, signs=torch.ones_like(pixels)), pixels)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_strength_disturbs_as_much_as_it_can(kind) -> None:
    shown = given()
    signs = torch.randn(shown.pixels.shape, generator=torch.Generator().manual_seed(1)).sign()
    wanted = 0.2
    strength = equal_strength(shown, kind, wanted, signs=signs)
    reached = shown.disturbed(changed(shown.pixels, kind, strength, signs=signs))
    if kind == "shift":  # whole pixels: no other is nearer
        apart = [abs(shown.disturbed(shifted(shown.pixels, right)) - wanted) for right in range(1, 17)]
        assert abs(reached - wanted) == pytest.approx(min(apart))
    else:
        assert reached == pytest.approx(wanted, rel=0.05)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wanted", [1e-4, 1e-2])
def test_equal_strength_always_disturbs_where_anything_is_wanted(kind, wanted) -> None:
    shown = given()
    signs = torch.ones_like(shown.pixels)
    strength = equal_strength(shown, kind, wanted, signs=signs)
    assert shown.disturbed(changed(shown.pixels, kind, strength, signs=signs)) > 0
    if kind == "shift":
        assert strength == 1


def test_a_picture_that_a_kind_cannot_disturb_is_left_alone() -> None:
    grey = Given(pixels=torch.full((3, 12, 12), 99.0), preprocess=IMAGENET)
    assert grey.disturbed(shifted(grey.pixels, int(equal_strength(grey, "shift", 0.1)))) == 0


def test_strong_alike_is_within_a_tenth() -> None:
    assert as_strong(0.22, 0.2)
    assert as_strong(0.181, 0.2)
    assert not as_strong(0.221, 0.2)
    assert not as_strong(0.0, 0.2)


def test_equal_strength_stops_at_the_strongest() -> None:
    assert equal_strength(given(), "blur", 50.0) == KINDS["blur"].most
    assert equal_strength(given(), "brightness", 50.0) == 0
    assert 0 < equal_strength(given((20, 8)), "shift", 50.0) <= 7


def test_what_is_no_strength_is_refused_in_a_sentence() -> None:
    pixels = pixels_of(picture())
    with pytest.raises(LabError, match="JPEG: the strength is a whole number from 1 to 100, not 0"):
        changed(pixels, "jpeg", 0)
    with pytest.raises(LabError, match=r"Shift: the strength is a whole number from −16 to 16, not 1\.5"):
        changed(pixels, "shift", 1.5)
    with pytest.raises(LabError, match="8 pixels wide: it can be shifted by at most 7"):
        changed(pixels[:, :, :8], "shift", 8)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_unchanged_picture_is_the_input_that_pages_give_a_network(mode) -> None:
    channels = 3 if mode == "RGB" else 1
    made = prepare(sample("flower"), size=(48, 40), in_channels=channels, preprocess=IMAGENET, domains=(True, False))
    shown = Given(pixels=pixels_of(made.seen), preprocess=IMAGENET, domains=(True, False))
    assert torch.equal(shown.inputs(shown.pixels[None]), made.tensor)


def test_disturbed_is_of_what_the_network_gets() -> None:
    shown = Given(pixels=torch.full((1, 2, 2), 51.0), preprocess=Preprocess(name="half", mean=(0.5,), std=(0.5,)))
    # 51/255 = 0.2 becomes −0.6, 102/255 = 0.4 becomes −0.2
    assert shown.disturbed(torch.full((1, 2, 2), 102.0)) == pytest.approx(0.4 / 0.6)
