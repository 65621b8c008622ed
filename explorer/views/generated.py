"""What a generator outputs, and whatever else goes in or out, as a picture."""

from __future__ import annotations

import numpy as np
from PIL import Image


def generated_picture(values: np.ndarray) -> Image.Image:
    """The picture that leaves a tanh: −1 is black, 1 is full red, green or blue.

    Args:
        values: ``(3, H, W)``; what is beyond −1 and 1 is cut off, what is not finite is black.
    """
    finite = np.nan_to_num(values.astype(np.float64), nan=-1.0, posinf=-1.0, neginf=-1.0)
    levels = np.rint((finite.clip(-1, 1) + 1) * 127.5).astype(np.uint8)
    return Image.fromarray(levels.transpose(1, 2, 0))


def as_picture(values: np.ndarray) -> Image.Image:
    """Any input as a picture: from its smallest value, black, to its largest, white.

    Args:
        values: ``(3, H, W)`` in colours, of other channels ``(C, H, W)`` their mean; ``(length, channels)`` a row for
            each place; ``(length,)`` one row. What is not finite is black.

    Returns:
        Mode RGB or L.
    """
    there = values[np.isfinite(values)].astype(np.float64)
    low, high = (there.min(), there.max()) if there.size else (0.0, 0.0)
    finite = np.where(np.isfinite(values), values, low).astype(np.float64)
    levels = np.rint((finite - low) / ((high - low) or 1) * 255).astype(np.uint8)
    while levels.ndim > 3 or (levels.ndim == 3 and len(levels) != 3):
        levels = levels.mean(axis=0).round().astype(np.uint8)
    return Image.fromarray(levels.transpose(1, 2, 0) if levels.ndim == 3 else np.atleast_2d(levels))
