"""The numbers of the mover ``shared-mean``."""

from __future__ import annotations

from typing import Any

MEANS = ((3, 1, 4, 1, 5, 9), (2, 6, 5, 3, 5, 8), (9, 7, 9, 3, 2, 3), (8, 4, 6, 2, 6, 4))


def data() -> dict[str, Any]:
    """The mean of each map of four pictures with six channels, and the channels in a group."""
    return {"means": MEANS, "group": 3}
