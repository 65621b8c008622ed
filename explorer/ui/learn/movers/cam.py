"""The numbers of the mover ``cam``."""

from __future__ import annotations

from typing import Any

MAPS = [
    [[0, 1, 2, 0], [0, 3, 4, 1], [0, 2, 3, 1], [0, 0, 1, 0]],
    [[4, 2, 0, 0], [3, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]],
    [[0, 0, 0, 0], [0, 0, 1, 2], [1, 0, 2, 4], [2, 1, 1, 3]],
]
BIAS = 0.5


def data() -> dict[str, Any]:
    """Three maps as a ReLU leaves them, and the bias of the class."""
    return {"maps": MAPS, "bias": BIAS}
