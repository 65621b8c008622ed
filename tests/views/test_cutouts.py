"""Parts that are cut out show the pixels of their box, all on one scale."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from explorer.views.cutouts import cutouts

PICTURE = Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) * 4)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_tile_shows_the_pixels_of_its_box_enlarged_as_squares() -> None:
    tiles = cutouts([(PICTURE, (2, 1, 6, 5)), (PICTURE, (0, 6, 2, 8))], [7, 3], columns=2, side=16, gap=2, below=5)
    drawn = pixels(tiles.png)
    assert drawn.shape == (16 + 5, 16 + 2 + 16, 4) == (tiles.height, tiles.width, 4)
    left, top, right, bottom = tiles.tile_box(7) or (0, 0, 0, 0)
    first = drawn[top:bottom, left:right, 0]
    assert np.array_equal(first, np.asarray(PICTURE)[1:5, 2:6].repeat(4, axis=0).repeat(4, axis=1))
    # half as large, on the same scale, in the middle of its tile; what is around it is clear
    assert tiles.tile_box(3) == (18, 0, 34, 16)
    second = drawn[:16, 18:]
    assert np.array_equal(second[4:12, 4:12, 0], np.asarray(PICTURE)[6:8, :2].repeat(4, axis=0).repeat(4, axis=1))
    assert second[..., 3].sum() == 255 * 64
    assert not drawn[16:, :, 3].any()


def test_an_empty_box_leaves_its_tile_empty_and_a_large_one_is_made_smaller() -> None:
    tiles = cutouts([(PICTURE, (0, 0, 8, 8)), (PICTURE, (0, 0, 0, 0))], [0, 1], columns=8, side=4)
    drawn = pixels(tiles.png)
    assert drawn.shape == (4, 10, 4)
    assert drawn[:, :4, 3].all()
    assert not drawn[:, 4:, 3].any()
