"""A map over a picture: enlarged as torch does it, nothing where it is 0, its own colour where it is strongest."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image, ImageColor

from explorer.views.charts.heat import Scale
from explorer.views.overlay import enlarged, overlaid
from explorer.views.palette import DIVERGING, SEQUENTIAL

PICTURE = Image.fromarray(np.arange(12 * 20 * 3, dtype=np.uint16).reshape(12, 20, 3).astype(np.uint8))


def test_a_map_is_enlarged_between_the_middles_of_its_cells() -> None:
    values = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
    expected = torch.nn.functional.interpolate(values[None, None], (40, 52), mode="bilinear", align_corners=False)
    np.testing.assert_allclose(enlarged(values.numpy(), (40, 52)), expected[0, 0], atol=1e-5)


def test_where_the_map_is_zero_the_picture_is_seen_alone() -> None:
    for scale in (Scale(False, 0, 1), Scale(True, -1, 1)):
        shown = np.asarray(overlaid(PICTURE, np.zeros((3, 4)), scale, smallest=40))
        assert shown.shape == (24, 40, 3)
        assert (shown == np.asarray(PICTURE.convert("L")).repeat(2, 0).repeat(2, 1)[..., None]).all()


def test_the_strongest_values_have_the_ends_of_the_scale() -> None:
    black = Image.new("L", (8, 8))
    for scale, value, colour in (
        (Scale(False, 0, 2), 2.0, SEQUENTIAL[-1]),
        (Scale(True, -2, 2), 2.0, DIVERGING[-1]),
        (Scale(True, -2, 2), -2.0, DIVERGING[0]),
    ):
        shown = np.asarray(overlaid(black, np.full((2, 2), value), scale))
        np.testing.assert_allclose(shown[4, 4], 0.85 * np.array(ImageColor.getrgb(colour)), atol=0.5)
