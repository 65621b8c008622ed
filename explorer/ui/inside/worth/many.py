"""How many pictures a view of whole layers takes, and which they are in words."""

from __future__ import annotations

from explorer.labs.cost import picture_seconds
from explorer.ui import state, widgets
from explorer.ui.inside.pictures import Seen
from explorer.ui.inside.worth.params import COUNT

_LEAST, _MOST = int(COUNT.low), 256
_SECONDS = 3  # of one core that a person waits by default


def choose_count(pictures: Seen) -> int:
    """Draw the choice of how many pictures of a set go through a network.

    Returns:
        So many, no more than there are.
    """
    there = len(pictures.pictures)
    asked = state.get(COUNT)
    usual = max(_LEAST, min(_MOST, int(_SECONDS / picture_seconds(pictures.plan)) // 16 * 16))
    count = min(there, usual if asked is None else asked)
    if there > _LEAST:
        widgets.number(COUNT, shown=count, high=min(there, COUNT.high), width=120)
    return count


def which(pictures: Seen, count: int) -> str:
    """The pictures in words, for a caption."""
    there = len(pictures.pictures)
    some = f"{count:,} pictures" if count == there else f"{count:,} of {there:,} pictures, drawn by chance"
    return f"{some}: {pictures.pictures.title}"
