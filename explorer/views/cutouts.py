"""Parts cut out of pictures -> tiles of one size, for a grid of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from explorer.views.montage import Tiles, picture_png

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


def cutouts(
    parts: Sequence[tuple[Image.Image, Box]],
    channels: Sequence[int],
    *,
    columns: int,
    side: int,
    gap: int = 2,
    below: int = 0,
) -> Tiles:
    """Cut parts out of pictures and put them into tiles, all on one scale: the longest side of any fills its tile.

    Pixels are enlarged as squares; only what is larger than a tile is smoothed. A part that is smaller than another,
    at the border of its picture, stands in the middle of its tile.

    Args:
        parts: of each tile the picture and where it is cut; an empty box leaves the tile empty.
        channels: what each tile is known by.
        columns: tiles in a row, at most.
        side: pixels of a tile from left to right and from top to bottom.
        gap: transparent pixels between tiles.
        below: transparent pixels below each tile, for words.
    """
    columns = min(columns, len(parts))
    tiles = Tiles(
        png=b"",
        channels=tuple(channels),
        columns=columns,
        rows=-(-len(parts) // columns),
        tile_width=side,
        tile_height=side,
        gap=gap,
        below=below,
    )
    longest = max((max(right - left, bottom - top) for _, (left, top, right, bottom) in parts), default=1)
    whole = Image.new("RGBA", (tiles.width, tiles.height))
    for channel, (picture, (left, top, right, bottom)) in zip(channels, parts, strict=True):
        if right <= left or bottom <= top:
            continue
        size = (max(1, round((right - left) * side / longest)), max(1, round((bottom - top) * side / longest)))
        smoothed = Image.Resampling.LANCZOS if longest > side else Image.Resampling.NEAREST
        part = picture.crop((left, top, right, bottom)).convert("RGB").resize(size, smoothed)
        place = tiles.tile_box(channel)
        assert place is not None, "every channel has its tile"
        whole.paste(part, (place[0] + (side - size[0]) // 2, place[1] + (side - size[1]) // 2))
    return replace(tiles, png=picture_png(whole))
