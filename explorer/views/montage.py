"""Channels of feature maps -> one tiled picture, as PNG bytes.

One picture of 256 colours is a twentieth of the bytes of 64 heatmaps, and the browser draws it at once. Values are cut
into 127 steps for it; the one channel that a reader picks is shown with its exact values elsewhere.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageColor

from explorer.views.palette import DIVERGING, SEQUENTIAL

ChannelOrder = Literal["index", "energy", "variance"]
ChannelScale = Literal["shared", "each"]

# An odd number, so that zero has a step of its own in the middle of the diverging scale. Half as many bytes as 255
# steps, and nobody sees the difference on a tile.
STEPS = 127
NON_FINITE_COLOUR = "#00FF66"
NON_FINITE, GAP = STEPS, STEPS + 1
"""Behind the steps of the scale: what is not finite, and what is transparent."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Tiles:
    """Tiles in rows, left to right and top to bottom, with transparent gaps between them.

    Attributes:
        png: the picture.
        channels: channel of each tile, in the order they are drawn.
        columns: tiles in a row.
        rows: rows of tiles.
        tile_width: pixels of a tile.
        tile_height: pixels of a tile.
        gap: pixels between two tiles.
        below: pixels below each tile, for words.
    """

    png: bytes
    channels: tuple[int, ...]
    columns: int
    rows: int
    tile_width: int
    tile_height: int
    gap: int
    below: int = 0

    @property
    def width(self) -> int:
        """Pixels from the first tile's left edge to the last one's right edge."""
        return self.columns * (self.tile_width + self.gap) - self.gap

    @property
    def height(self) -> int:
        """Pixels from the first tile's top edge to the last one's bottom edge, or the end of the words below it."""
        return self.rows * (self.tile_height + self.below + self.gap) - self.gap

    def tile_box(self, channel: int) -> tuple[int, int, int, int] | None:
        """Where a channel's tile is: (left, top, right, bottom) in pixels, or None where it is not on the picture."""
        if channel not in self.channels:
            return None
        row, column = divmod(self.channels.index(channel), self.columns)
        left, top = column * (self.tile_width + self.gap), row * (self.tile_height + self.below + self.gap)
        return left, top, left + self.tile_width, top + self.tile_height


@dataclass(frozen=True, eq=False, kw_only=True)
class Montage(Tiles):
    """Channels as tiles of colours.

    Attributes:
        enlarged: how many pixels of the picture one value is wide and high.
        signed: whether the diverging scale is used, with zero in the middle.
        limits: ``(tiles, 2)``, the values at both ends of each tile's scale.
        vmin: lower end of the scale; with a scale for each channel, the lowest.
        vmax: upper end of the scale; with a scale for each channel, the highest.
        non_finite: how many of the values drawn are NaN or infinite.
    """

    enlarged: int
    signed: bool
    limits: np.ndarray
    vmin: float
    vmax: float
    non_finite: int


def montage(
    maps: np.ndarray,
    channels: Sequence[int] | None = None,
    *,
    signed: bool | None = None,
    scale: ChannelScale = "shared",
    columns: int = 8,
    smallest_tile: int = 48,
    gap: int = 2,
) -> Montage:
    """Draw channels side by side.

    Values that are not negative get the sequential scale from zero to the largest, signed ones the diverging scale with
    zero in the middle. The shared scale covers all channels of ``maps``, drawn or not, so that it stays the same from
    page to page. Small maps are enlarged by a whole factor, larger ones keep a pixel per value; nothing is blurred.

    Args:
        maps: ``(C, H, W)``, or ``(C,)`` for features without positions.
        channels: which ones, in which order; None draws all by index.
        signed: whether to use the diverging scale; None decides by the values.
        scale: one scale for all channels, or one for each.
        columns: tiles in a row, at most.
        smallest_tile: pixels that the longer side of a tile has at least.
        gap: transparent pixels between tiles.

    Returns:
        The picture and where everything is on it.

    Raises:
        ValueError: there is nothing to draw, or the array has no channels.
    """
    values = _as_maps(maps)
    drawn = tuple(range(len(values))) if channels is None else tuple(channels)
    if not drawn or not values.size:
        raise ValueError("There is no channel to draw.")
    # Chosen rows of the array are a copy; all of them in their order need none.
    tiles = values if drawn == tuple(range(len(values))) else values[list(drawn)]
    extremes = extremes_of(values)
    if signed is None:
        signed = bool(extremes[:, 0].min() < 0)
    chosen = extremes[list(drawn)] if scale == "each" else _widest(extremes).repeat(len(drawn), axis=0)
    limits = limits_of(chosen, signed=signed)
    finite = np.isfinite(tiles) if not all_finite(tiles) else None
    steps = to_steps(tiles, limits, finite, signed=signed)

    height, width = values.shape[1:]
    enlarged = max(1, math.ceil(smallest_tile / max(height, width)))
    columns = min(columns, len(drawn))
    return Montage(
        png=to_png(_tile(steps, columns=columns, enlarged=enlarged, gap=gap), signed=signed, enlarged=enlarged),
        channels=drawn,
        columns=columns,
        rows=math.ceil(len(drawn) / columns),
        tile_width=width * enlarged,
        tile_height=height * enlarged,
        enlarged=enlarged,
        gap=gap,
        signed=signed,
        limits=limits,
        vmin=float(limits[:, 0].min()),
        vmax=float(limits[:, 1].max()),
        non_finite=0 if finite is None else int(finite.size - np.count_nonzero(finite)),
    )


def thumbnail(values: np.ndarray, *, smallest: int = 48) -> bytes:
    """Draw one map on a scale of its own.

    Args:
        values: ``(H, W)``.
        smallest: pixels that the longer side has at least.

    Returns:
        A PNG.
    """
    return montage(values[np.newaxis], smallest_tile=smallest).png


def mean_magnitude(maps: np.ndarray) -> np.ndarray:
    """What the filmstrip shows of a block: the mean of |activation| over the channels.

    Args:
        maps: ``(C, H, W)``, or ``(C,)`` for features without positions.

    Returns:
        ``(H, W)``.
    """
    return np.abs(_as_maps(maps)).mean(axis=0)


def order_channels(maps: np.ndarray, by: ChannelOrder = "index") -> tuple[int, ...]:
    """Indices of the channels in the order to show them.

    Args:
        maps: ``(C, H, W)``, or ``(C,)`` for features without positions.
        by: their own order; the largest sum of squares first; or the largest variance over positions first. Equal ones
            keep their order; values that are not finite count as zero.

    Returns:
        All indices.
    """
    values = _as_maps(maps)
    if by == "index":
        return tuple(range(len(values)))
    flat = np.nan_to_num(values.reshape(len(values), -1).astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    rank = np.einsum("ci,ci->c", flat, flat) if by == "energy" else flat.var(axis=1)
    return tuple(int(channel) for channel in np.argsort(-rank, kind="stable"))


def page_count(channels: int, *, per_page: int = 64) -> int:
    """How many pages the channels take, at least one."""
    return max(1, math.ceil(channels / per_page))


def page_of(order: Sequence[int], page: int, *, per_page: int = 64) -> tuple[int, ...]:
    """The channels of a page.

    Args:
        order: all channels, from ``order_channels``.
        page: from 1; what is beyond the first or the last page means that page.
        per_page: channels of a full page.

    Returns:
        The channels, in order.
    """
    page = min(max(page, 1), page_count(len(order), per_page=per_page))
    return tuple(order[(page - 1) * per_page : page * per_page])


def picture_png(picture: Image.Image, *, smallest: int = 1) -> bytes:
    """A picture as PNG bytes.

    Args:
        picture: mode RGB or L.
        smallest: pixels that the longer side has at least; smaller pictures are enlarged by a whole factor.

    Returns:
        A PNG.
    """
    factor = max(1, math.ceil(smallest / max(picture.size)))
    if factor > 1:
        picture = picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _as_maps(maps: np.ndarray) -> np.ndarray:
    """``(C, H, W)`` in float32 (float64 stays)."""
    values = np.asarray(maps)
    if values.ndim == 1:
        values = values[:, np.newaxis, np.newaxis]
    if values.ndim != 3:
        raise ValueError(f"Maps must be (C, H, W) or (C,), not {values.shape}.")
    return values if values.dtype in (np.float32, np.float64) else values.astype(np.float32)


def all_finite(values: np.ndarray) -> bool:
    """Whether no value is NaN or infinite."""
    # NaN and infinity survive min and max, which need no array of a million answers.
    return bool(np.isfinite(values.min()) and np.isfinite(values.max()))


def extremes_of(values: np.ndarray) -> np.ndarray:
    """Smallest and largest finite value of each channel, ``(C, 2)``; zeros where there is none."""
    flat = values.reshape(len(values), -1)
    if all_finite(flat):
        return np.stack([flat.min(axis=1), flat.max(axis=1)], axis=1).astype(np.float64)
    finite = np.isfinite(flat)
    low = np.where(finite, flat, np.inf).min(axis=1)
    high = np.where(finite, flat, -np.inf).max(axis=1)
    extremes = np.stack([low, high], axis=1).astype(np.float64)
    extremes[~finite.any(axis=1)] = 0.0
    return extremes


def _widest(extremes: np.ndarray) -> np.ndarray:
    return np.array([[extremes[:, 0].min(), extremes[:, 1].max()]])


def limits_of(extremes: np.ndarray, *, signed: bool) -> np.ndarray:
    """Both ends of the scales, ``(tiles, 2)``: zero is in the middle when signed, else at an end or between."""
    if signed:
        reach = np.abs(extremes).max(axis=1)
        return np.stack([-reach, reach], axis=1)
    return np.stack([np.minimum(extremes[:, 0], 0.0), np.maximum(extremes[:, 1], 0.0)], axis=1)


def to_steps(tiles: np.ndarray, limits: np.ndarray, finite: np.ndarray | None, *, signed: bool) -> np.ndarray:
    """Values -> steps of the scale.

    Args:
        tiles: ``(tiles, H, W)``.
        limits: both ends of each tile's scale, from ``limits_of``.
        finite: which values are; None where all are.
        signed: whether zero is in the middle.

    Returns:
        ``(tiles, H, W)`` in uint8.
    """
    low, span = limits[:, 0], limits[:, 1] - limits[:, 0]
    # The factor of vanished activations is beyond float32.
    dtype = np.dtype(np.float64) if span[span > 0].min(initial=1.0) < 1e-30 else tiles.dtype
    factor = (STEPS - 1) / np.where(span > 0, span, 1.0)
    # A scale without width has only zeros: the middle of the diverging one, the start of the sequential one.
    zero = (STEPS - 1) / 2 if signed else 0.0
    shift = np.where(span > 0, -low * factor, zero) + 0.5
    if finite is not None:
        tiles = np.where(finite, tiles, low[:, np.newaxis, np.newaxis].astype(tiles.dtype))
    scaled = tiles * factor.astype(dtype)[:, np.newaxis, np.newaxis]
    scaled += shift.astype(dtype)[:, np.newaxis, np.newaxis]
    steps = scaled.astype(np.uint8)
    if finite is not None:
        steps[~finite] = NON_FINITE
    return steps


def _tile(steps: np.ndarray, *, columns: int, enlarged: int, gap: int) -> np.ndarray:
    """Lay the tiles out, ``(height, width)`` in uint8."""
    if enlarged > 1:
        steps = steps.repeat(enlarged, axis=1).repeat(enlarged, axis=2)
    count, height, width = steps.shape
    rows = math.ceil(count / columns)
    padded = np.full((rows * columns, height + gap, width + gap), GAP, np.uint8)
    padded[:count, :height, :width] = steps
    grid = padded.reshape(rows, columns, height + gap, width + gap).transpose(0, 2, 1, 3)
    canvas = grid.reshape(rows * (height + gap), columns * (width + gap))
    return canvas[: canvas.shape[0] - gap, : canvas.shape[1] - gap]


def to_png(canvas: np.ndarray, *, signed: bool, enlarged: int = 1) -> bytes:
    """Steps of the scale, ``(height, width)`` in uint8, as a PNG of 256 colours."""
    image = Image.fromarray(np.ascontiguousarray(canvas))
    image.putpalette(_colours(DIVERGING if signed else SEQUENTIAL))
    options: dict[str, Any] = {"transparency": bytes([255] * GAP + [0])}
    # Measured on maps of ResNet-18: run lengths take a third of the time of zlib's level 1 and give fewer bytes.
    # Enlarged maps repeat whole rows, which run lengths do not see.
    options |= {"compress_level": 6} if enlarged > 1 else {"compress_type": 3}
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def _colours(scale: Sequence[str]) -> bytes:
    """The scale in 127 steps, then the colour of what is not finite and that of the gaps, as RGB bytes."""
    stops = np.array([ImageColor.getrgb(colour)[:3] for colour in scale], dtype=float)
    place = np.linspace(0, len(stops) - 1, STEPS)
    steps = np.stack([np.interp(place, np.arange(len(stops)), stops[:, band]) for band in range(3)], axis=1)
    return bytes(np.rint(steps).astype(np.uint8)) + bytes(ImageColor.getrgb(NON_FINITE_COLOUR)[:3]) + bytes(3)
