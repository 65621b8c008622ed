"""Places in pictures, cut out at the size of what they see."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from explorer.architecture.plan import Layer, Plan
from explorer.labs.likes.strongest import Excited
from explorer.ui.inside.likes.taken import Taken
from explorer.views.cutouts import Box, cutouts
from explorer.views.maps import Field, field_of
from explorer.views.montage import Tiles

_EMPTY = Image.new("L", (1, 1)), (0, 0, 0, 0)


def tiles(
    plan: Plan,
    pictures: Taken,
    row: Layer,
    places: Sequence[Excited | None],
    names: Sequence[int],
    *,
    columns: int,
    side: int,
    gap: int,
    below: int = 0,
) -> Tiles:
    """Places as tiles; where it is not known what a position sees, the whole picture.

    Args:
        plan: of the network.
        pictures: that went through it.
        row: whose positions they are.
        places: one for each tile; None leaves it empty.
        names: what each tile is known by.
        columns: tiles in a row, at most.
        side: pixels of a tile.
        gap: pixels between tiles.
        below: pixels below each, for words.
    """
    parts: list[tuple[Image.Image, Box]] = []
    for place in places:
        if place is None:
            parts.append(_EMPTY)
            continue
        picture = pictures.picture(place.picture)
        field = field_at(plan, row, place)
        parts.append((picture, (0, 0, *picture.size) if field is None else field.visible))
    return cutouts(parts, names, columns=columns, side=side, gap=gap, below=below)


def field_at(plan: Plan, row: Layer, place: Excited) -> Field | None:
    """What a place sees of its picture; None in a network that is measured, not described."""
    return None if plan.network.measured else field_of(plan, row, place.y, place.x)
