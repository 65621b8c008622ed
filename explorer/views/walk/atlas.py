"""All maps of a walk in one picture, and where each of them lies in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.views.montage import GAP, extremes_of, limits_of, to_png, to_steps
from explorer.views.walk.stations import Deck

MOST_BYTES = 560_000
"""Of the picture: in a message it is a third longer, and the message shall stay below a megabyte."""
_WIDTH = 1024


@dataclass(frozen=True)
class Tile:
    """The sheets of a deck, side by side, in pixels of the picture: ``width`` is that of one sheet."""

    x: int
    y: int
    width: int
    height: int
    sheets: int


@dataclass(frozen=True, eq=False)
class Atlas:
    """The picture as a PNG, the place of each deck, and the largest magnitude of each channel's scale."""

    png: bytes
    tiles: dict[Deck, Tile]
    reach: dict[Deck, tuple[float, ...]]


def atlas(maps: Mapping[Deck, np.ndarray]) -> Atlas:
    """Colour all maps and lay them side by side.

    The scale is that of signed maps, zero in its middle. Each channel has one of its own, which all decks of a block
    share; it ends at their largest magnitude.

    Args:
        maps: by deck, ``(sheets, h, w)``, from ``deck_maps``.
    """
    limits = _limits(maps)
    steps = {}
    for deck, values in maps.items():
        finite = np.isfinite(values)
        steps[deck] = to_steps(values, limits[deck], None if finite.all() else finite, signed=True)
    canvas, tiles = _packed(steps)
    png = to_png(canvas, signed=True)
    while len(png) > MOST_BYTES:
        steps = _smaller(steps)
        canvas, tiles = _packed(steps)
        png = to_png(canvas, signed=True)
    return Atlas(png, tiles, {deck: tuple(map(float, one[:, 1])) for deck, one in limits.items()})


def _limits(maps: Mapping[Deck, np.ndarray]) -> dict[Deck, np.ndarray]:
    """Both ends of the scale of each sheet, ``(sheets, 2)``."""
    shared: dict[tuple[str, str], np.ndarray] = {}
    for deck, values in maps.items():
        own = limits_of(extremes_of(values), signed=True)
        key = (deck.scale, deck.chosen_at)
        shared[key] = (
            own
            if key not in shared
            else np.stack([np.minimum(shared[key], own), np.maximum(shared[key], own)], axis=2)[:, [0, 1], [0, 1]]
        )
    return {deck: shared[deck.scale, deck.chosen_at] for deck in maps}


def _smaller(steps: Mapping[Deck, np.ndarray]) -> dict[Deck, np.ndarray]:
    """Every second value of the largest maps."""
    largest = max(max(one.shape[1:]) for deck, one in steps.items() if not deck.is_vector)
    return {
        deck: one if deck.is_vector or max(one.shape[1:]) < largest else one[:, ::2, ::2] for deck, one in steps.items()
    }


def _packed(steps: Mapping[Deck, np.ndarray]) -> tuple[np.ndarray, dict[Deck, Tile]]:
    """Decks in rows, the highest first."""
    tiles: dict[Deck, Tile] = {}
    x = y = row = 0
    for deck, one in sorted(steps.items(), key=lambda item: -item[1].shape[1]):
        sheets, height, width = one.shape
        if x and x + sheets * width > _WIDTH:
            x, y, row = 0, y + row, 0
        row = max(row, height)
        tiles[deck] = Tile(x, y, width, height, sheets)
        x += sheets * width
    canvas = np.full((y + row, max(tile.x + tile.sheets * tile.width for tile in tiles.values())), GAP, np.uint8)
    for deck, tile in tiles.items():
        canvas[tile.y : tile.y + tile.height, tile.x : tile.x + tile.sheets * tile.width] = np.concatenate(
            list(steps[deck]), axis=1
        )
    return canvas, tiles
