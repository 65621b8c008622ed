"""The numbers of the mover ``preprocessing``."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.model.images import IMAGENET
from explorer.model.samples import sample


def data() -> dict[str, Any]:
    """How often each value from 0 to 255 occurs in a photograph, by colour, and what ImageNet's weights expect."""
    pixels = np.asarray(sample("china").convert("RGB"))
    counts = [np.bincount(pixels[..., colour].ravel(), minlength=256).tolist() for colour in range(3)]
    return {"counts": counts, "mean": IMAGENET.mean, "std": IMAGENET.std}
