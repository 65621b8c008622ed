"""What a generator outputs, as a picture."""

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
