"""What the mover ``kernel`` works with: small pictures in whole numbers, and kernels that answer to one thing each."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.model.samples import digit_images, digit_labels

DIGITS = (0, 3, 7)
MOST = 16
"""The set's own values are 0 to 16."""
KERNELS: dict[str, list[list[int]]] = {
    "vertical": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "horizontal": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "spot": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "sum": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "copy": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}


def data() -> dict[str, Any]:
    """Pictures by digit, their largest value, and kernels by name; rows of whole numbers."""
    first = {digit: int(np.flatnonzero(digit_labels() == digit)[0]) for digit in DIGITS}
    pictures = {str(digit): np.rint(digit_images()[n] / 255 * MOST).astype(int).tolist() for digit, n in first.items()}
    return {"pictures": pictures, "most": MOST, "kernels": KERNELS}
