"""A large picture in bands from the top down, so that work on it needs memory for one of them."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

_BAND_PIXELS = 2**20


def bands(image: Image.Image) -> Iterator[tuple[tuple[int, int, int, int], Image.Image]]:
    """A picture in bands.

    Yields:
        The band's box in the picture (left, top, right, bottom), and the band.
    """
    rows = max(_BAND_PIXELS // image.width, 1)
    for top in range(0, image.height, rows):
        box = (0, top, image.width, min(top + rows, image.height))
        yield box, image.crop(box)


def on_white(image: Image.Image, mode: str) -> tuple[Image.Image, bool]:
    """A picture laid on white.

    Args:
        image: of any mode that Pillow turns into RGBA.
        mode: "L" or "RGB", of the result.

    Returns:
        The picture without transparency, and whether any of it was transparent.
    """
    opaque, is_clear = Image.new(mode, image.size), False
    for box, part in bands(image):
        coloured = part.convert("RGBA")
        is_clear |= coloured.getchannel("A").getextrema() != (255, 255)
        white = Image.new("RGBA", part.size, "white")
        opaque.paste(Image.alpha_composite(white, coloured).convert(mode), box)
    return opaque, is_clear
