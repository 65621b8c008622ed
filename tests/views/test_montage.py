"""The tiled picture shows every value where it says, in a colour that means what it says."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from explorer.views.montage import (
    NON_FINITE_COLOUR,
    STEPS,
    ChannelOrder,
    mean_magnitude,
    montage,
    order_channels,
    page_count,
    page_of,
    picture_png,
    thumbnail,
)
from explorer.views.palette import DIVERGING, SEQUENTIAL

MIDDLE = STEPS // 2


def noise(channels: int, height: int, width: int, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(channels, height, width)).astype(np.float32)


def rgba(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def steps(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def colour(name: str) -> list[int]:
    return [*ImageColor.getrgb(name)[:3], 255]


def test_every_value_is_found_at_its_place_on_the_shared_scale() -> None:
    maps = noise(10, 50, 60)
    result = montage(maps, columns=4, gap=3)
    assert (result.columns, result.rows, result.tile_width, result.tile_height, result.enlarged) == (4, 3, 60, 50, 1)
    picture = steps(result.png)
    assert picture.shape == (result.height, result.width) == (3 * 53 - 3, 4 * 63 - 3)
    step_width = (result.vmax - result.vmin) / (STEPS - 1)
    for channel in range(10):
        box = result.tile_box(channel)
        assert box is not None
        left, top, right, bottom = box
        shown = result.vmin + picture[top:bottom, left:right] * step_width
        assert np.abs(shown - maps[channel]).max() <= step_width * 0.501


def test_gaps_and_empty_places_are_transparent_and_tiles_are_not() -> None:
    result = montage(noise(5, 50, 50), columns=3, gap=2)
    alpha = rgba(result.png)[..., 3]
    assert (alpha[:50, :50] == 255).all()
    assert (alpha[:, 50:52] == 0).all()
    assert (alpha[50:52] == 0).all()
    assert (alpha[52:, 104:] == 0).all()


def test_the_box_of_a_channel_is_what_its_tile_covers() -> None:
    result = montage(noise(70, 7, 7), channels=[5, 2, 69, 0, 33], columns=3, gap=2)
    assert result.tile_width == 49
    covered = rgba(result.png)[..., 3] == 255
    for channel in result.channels:
        box = result.tile_box(channel)
        assert box is not None
        left, top, right, bottom = box
        assert covered[top:bottom, left:right].all()
        covered[top:bottom, left:right] = False
    assert not covered.any()
    assert result.tile_box(1) is None


def test_small_maps_are_enlarged_by_a_whole_factor_without_blur() -> None:
    maps = noise(4, 7, 7)
    result = montage(maps, columns=2)
    assert (result.enlarged, result.tile_width, result.tile_height) == (7, 49, 49)
    tile = steps(result.png)[:49, :49]
    assert np.array_equal(tile, tile[::7, ::7].repeat(7, axis=0).repeat(7, axis=1))
    assert montage(noise(1, 112, 112)).enlarged == 1
    assert montage(noise(1, 4, 16)).tile_width == 48
    assert montage(noise(3, 1, 1)).tile_width == 48


def test_what_is_not_negative_runs_from_zero_to_the_largest_on_the_sequential_scale() -> None:
    maps = np.abs(noise(3, 50, 50)) + 2
    result = montage(maps, gap=0)
    assert not result.signed
    assert result.vmin == 0.0
    assert result.vmax == pytest.approx(float(maps.max()))
    at = np.unravel_index(maps.argmax(), maps.shape)
    assert rgba(result.png)[at[1], at[0] * 50 + at[2]].tolist() == colour(SEQUENTIAL[-1])
    zeros = montage(np.zeros((2, 50, 50)))
    assert rgba(zeros.png)[0, 0].tolist() == colour(SEQUENTIAL[0])
    assert (zeros.vmin, zeros.vmax) == (0.0, 0.0)


def test_zero_is_in_the_middle_of_the_diverging_scale() -> None:
    maps = np.zeros((1, 50, 50), np.float32)
    maps[0, 0, :4] = [-8, 0, 3, 8]
    result = montage(maps)
    assert result.signed
    assert (result.vmin, result.vmax) == (-8.0, 8.0)
    picture = rgba(result.png)
    assert picture[0, 0].tolist() == colour(DIVERGING[0])
    assert picture[0, 1].tolist() == colour(DIVERGING[len(DIVERGING) // 2])
    assert picture[0, 3].tolist() == colour(DIVERGING[-1])
    assert steps(montage(np.zeros((1, 50, 50)), signed=True).png)[0, 0] == MIDDLE


@pytest.mark.parametrize("peak", [1e-38, 1e-4, 0.3, 7.0, 1e6, 3e38])
def test_zero_keeps_the_middle_whatever_the_largest_value_is(peak: float) -> None:
    maps = np.zeros((1, 50, 50), np.float32)
    maps[0, 1, :2] = [-peak, peak]
    picture = steps(montage(maps).png)
    assert (picture[0, 0], picture[1, 0], picture[1, 1]) == (MIDDLE, 0, STEPS - 1)


def test_a_scale_for_each_channel_uses_the_whole_scale_in_each() -> None:
    maps = noise(3, 50, 50) * np.array([1, 10, 0], np.float32)[:, None, None]
    result = montage(maps, scale="each", gap=0)
    for channel in range(3):
        tile = steps(result.png)[:, channel * 50 : channel * 50 + 50]
        reach = float(np.abs(maps[channel]).max())
        assert result.limits[channel].tolist() == [-reach, reach]
        assert (tile == MIDDLE).all() if channel == 2 else (tile.min() == 0 or tile.max() == STEPS - 1)
    assert (result.vmin, result.vmax) == (-float(np.abs(maps).max()), float(np.abs(maps).max()))


def test_the_shared_scale_is_the_same_on_every_page() -> None:
    maps = noise(100, 7, 7)
    order = order_channels(maps, "energy")
    scales = {(result.vmin, result.vmax) for page in (1, 2) for result in [montage(maps, page_of(order, page))]}
    assert len(scales) == 1


def test_a_sequential_scale_asked_for_signed_maps_covers_them() -> None:
    maps = noise(1, 50, 50)
    result = montage(maps, signed=False)
    assert result.vmin == pytest.approx(float(maps.min()))
    assert result.vmax == pytest.approx(float(maps.max()))
    assert steps(result.png).max() == STEPS - 1


def test_what_is_not_finite_has_a_colour_of_its_own_and_is_counted() -> None:
    maps = noise(2, 50, 50)
    maps[0, 0, :3] = [np.nan, np.inf, -np.inf]
    result = montage(maps)
    assert result.non_finite == 3
    picture = rgba(result.png)
    assert (picture[0, :3] == colour(NON_FINITE_COLOUR)).all()
    assert (picture[:, :50] == colour(NON_FINITE_COLOUR)).all(axis=-1).sum() == 3
    finite = maps[np.isfinite(maps)]
    assert result.vmax == pytest.approx(np.abs(finite).max())


def test_the_colour_of_what_is_not_finite_is_far_from_both_scales() -> None:
    own = np.array(ImageColor.getrgb(NON_FINITE_COLOUR)[:3])
    for scale in (SEQUENTIAL, DIVERGING):
        stops = np.array([ImageColor.getrgb(stop)[:3] for stop in scale], float)
        between = np.array([np.interp(np.linspace(0, 1, 500), np.linspace(0, 1, len(stops)), band) for band in stops.T])
        assert np.linalg.norm(between.T - own, axis=1).min() > 100


def test_maps_of_nothing_but_nan_are_drawn() -> None:
    result = montage(np.full((2, 7, 7), np.nan))
    assert result.non_finite == 98
    assert (result.vmin, result.vmax) == (0.0, 0.0)
    assert montage(np.full((2, 7, 7), np.nan), scale="each").non_finite == 98


def test_only_what_is_drawn_is_counted_as_not_finite() -> None:
    maps = noise(2, 7, 7)
    maps[1, 0, 0] = np.nan
    assert montage(maps, [0]).non_finite == 0
    assert montage(maps, [1]).non_finite == 1


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64, np.uint8, bool])
def test_any_number_type_is_drawn_alike(dtype: type) -> None:
    maps: np.ndarray = (np.arange(2 * 50 * 50).reshape(2, 50, 50) % 2).astype(dtype)
    assert set(np.unique(steps(montage(maps, gap=0).png))) == {0, STEPS - 1}


def test_features_without_positions_are_tiles_of_one_value() -> None:
    result = montage(np.array([0.0, 1.0, 2.0]))
    assert (result.columns, result.tile_width) == (3, 48)
    assert steps(result.png)[0, [0, 50, 100]].tolist() == [0, MIDDLE, STEPS - 1]


@pytest.mark.parametrize("maps", [np.zeros((0, 7, 7)), np.zeros((2, 0, 7)), np.zeros((2, 2)), np.zeros((1, 2, 3, 4))])
def test_what_holds_no_channel_is_refused(maps: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"no channel|\(C, H, W\)"):
        montage(maps)


def test_the_array_is_not_changed() -> None:
    maps = noise(3, 9, 9)
    maps[0, 0, 0] = np.nan
    before = maps.copy()
    montage(maps)
    order_channels(maps, "variance")
    assert np.array_equal(maps, before, equal_nan=True)


@pytest.mark.parametrize(("by", "measure"), [("energy", lambda m: (m**2).sum()), ("variance", lambda m: m.var())])
def test_channels_are_ordered_by_what_was_asked_largest_first(by: ChannelOrder, measure: object) -> None:
    maps = noise(50, 5, 6) * np.random.default_rng(1).uniform(0, 9, (50, 1, 1)) + np.arange(50)[:, None, None]
    order = order_channels(maps, by)
    assert sorted(order) == list(range(50))
    values = [measure(maps[channel]) for channel in order]  # type: ignore[operator]
    assert values == sorted(values, reverse=True)


def test_equal_channels_keep_their_order_and_index_is_the_default() -> None:
    maps = np.ones((4, 3, 3))
    assert order_channels(maps) == order_channels(maps, "energy") == order_channels(maps, "variance") == (0, 1, 2, 3)
    maps[2, 0, 0] = np.nan
    assert order_channels(maps, "energy") == (0, 1, 3, 2)


def test_pages_cut_the_order() -> None:
    order = tuple(reversed(range(150)))
    pages = [page_of(order, page) for page in range(1, page_count(150) + 1)]
    assert [len(page) for page in pages] == [64, 64, 22]
    assert sum(pages, ()) == order
    assert page_of(order, 0) == pages[0]
    assert page_of(order, 99) == pages[-1]
    assert page_count(0) == 1


def test_the_thumbnail_is_the_mean_magnitude_enlarged_to_be_seen() -> None:
    maps = noise(6, 14, 7)
    values = mean_magnitude(maps)
    assert np.allclose(values, np.abs(maps).mean(axis=0))
    picture = steps(thumbnail(values))
    assert picture.shape == (56, 28)
    assert np.array_equal(picture[::4, ::4], np.rint(values / values.max() * (STEPS - 1)))


def test_a_picture_becomes_a_png_with_the_same_pixels() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8), np.uint8)
    enlarged = np.asarray(Image.open(io.BytesIO(picture_png(Image.fromarray(pixels), smallest=100))))
    assert enlarged.shape == (104, 104)
    assert np.array_equal(enlarged[::13, ::13], pixels)
    colours = Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(picture_png(colours)))), np.asarray(colours))


def test_sixty_four_channels_are_a_small_picture() -> None:
    y, x = np.mgrid[0:112, 0:112] / 112
    waves = [np.sin(x * (k % 8 + 1) * 9) * np.cos(y * (k // 8 + 1) * 9) for k in range(64)]
    maps = np.maximum(np.array(waves) + noise(64, 112, 112) * 0.05, 0).astype(np.float32)
    png = montage(maps).png
    assert len(png) < maps.size * 0.6
    assert Image.open(io.BytesIO(png)).mode == "P"


def test_drawing_needs_no_torch() -> None:
    code = "import sys, explorer.views.montage; sys.exit('torch' in sys.modules or 'streamlit' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=root).returncode == 0
