"""How many pictures of a set a view takes, and which they are in words."""

from __future__ import annotations

from explorer.labs.cost import picture_seconds
from explorer.ui import state, widgets
from explorer.ui.inside.pictures import Seen
from explorer.ui.params.kinds import Number

_MOST = 256
_SECONDS = 3  # of one core that a person waits by default


def choose_count(pictures: Seen, param: Number[int | None], *, passes: int = 1, most: int = _MOST) -> int:
    """Draw the choice of how many pictures of a set go through a network.

    Args:
        pictures: the set.
        param: what is chosen; while nobody has, as many as take no more than a moment.
        passes: how often each goes through.
        most: that are taken while nobody has chosen.

    Returns:
        So many, no more than there are.
    """
    there, least = len(pictures.pictures), int(param.low)
    asked = state.get(param)
    usual = max(least, min(most, int(_SECONDS / passes / picture_seconds(pictures.plan)) // 16 * 16))
    count = min(there, usual if asked is None else asked)
    if there > least:
        widgets.number(param, shown=count, high=min(there, int(param.high)), width=120)
    return count


def which(pictures: Seen, count: int) -> str:
    """The pictures in words, for a caption."""
    there = len(pictures.pictures)
    some = f"{count:,} pictures" if count == there else f"{count:,} of {there:,} pictures, drawn by chance"
    return f"{some}: {pictures.pictures.title}"
