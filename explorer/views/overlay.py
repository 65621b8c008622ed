"""A map over the picture that it explains: enlarged to the picture's pixels, and as strong as its values are."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageColor

from explorer.views.charts.heat import Scale
from explorer.views.palette import DIVERGING, SEQUENTIAL

_STRONGEST = 0.85  # how much of a pixel the largest value covers
_FAINT = {False: 0.6, True: 0.9}  # the power that weak values are raised to; signed ones are white, which hides most


def enlarged(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A map at every pixel of a picture, bilinear between the middles of its cells.

    Args:
        values: ``(h, w)``.
        size: height and width in pixels.

    Returns:
        ``(H, W)`` in float32.
    """
    height, width = size
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR))


def overlaid(picture: Image.Image, values: np.ndarray, scale: Scale, *, smallest: int = 1) -> Image.Image:
    """The picture in grey under a map in colours; where the map is 0 it is the picture alone.

    Args:
        picture: mode RGB or L.
        values: ``(h, w)``, enlarged to the picture.
        scale: what the colours mean.
        smallest: pixels that the longer side has at least; smaller pictures are enlarged by a whole factor.
    """
    factor = max(1, -(-smallest // max(picture.size)))
    grey = picture.convert("L").resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    reach = max(abs(scale.low), abs(scale.high)) or 1.0
    share = np.clip(enlarged(np.nan_to_num(values / reach), (grey.height, grey.width)), -1, 1)
    colours = np.array([ImageColor.getrgb(one)[:3] for one in (DIVERGING if scale.signed else SEQUENTIAL)], float)
    place = (share + 1) / 2 if scale.signed else np.clip(share, 0, 1)
    at = np.linspace(0, 1, len(colours))
    painted = np.stack([np.interp(place, at, band) for band in colours.T], axis=2)
    cover = (_STRONGEST * np.abs(share) ** _FAINT[scale.signed])[..., None]
    return Image.fromarray(np.rint(painted * cover + np.asarray(grey, float)[..., None] * (1 - cover)).astype(np.uint8))
