"""Pictures of more than 8 bits per value, as an 8-bit one: what is black and what is white in them."""

from __future__ import annotations

import math
import struct

import numpy as np
from PIL import Image

from explorer.errors import ImageError
from explorer.model.bands import bands

_PHOTOMETRIC, _BITS, _LARGEST, _LARGEST_OF_ANY_TYPE = 262, 258, 281, 341
"""Tags of TIFF 6.0: PhotometricInterpretation, BitsPerSample, MaxSampleValue, SMaxSampleValue."""
_FOURTEEN_BITS = 2**14 - 1


def black_is_zero(data: bytes) -> tuple[bytes, bool]:
    """A TIFF whose 0 is white as one whose 0 is black; Pillow knows the first to 8 bits only.

    Args:
        data: all bytes of a file of any kind.

    Returns:
        The bytes to read, and whether what is read has to be inverted.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        return data, False
    try:
        (start,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            if struct.unpack_from(f"{order}H", data, entry)[0] == _PHOTOMETRIC:
                (value,) = struct.unpack_from(f"{order}H", data, entry + 8)
                changed = data[: entry + 8] + struct.pack(f"{order}H", 1) + data[entry + 10 :]
                return (changed, True) if value == 0 else (data, False)
    except struct.error:  # it is damaged, which is said where it is opened
        pass
    return data, False


def grey_in_eight_bits(image: Image.Image) -> tuple[Image.Image, list[str]]:
    """Grey values of 16 or 32 bits, integer or float, scaled and never clipped.

    Args:
        image: mode F, I or one of I;16.

    Returns:
        The picture in mode L, and a sentence on its scale.

    Raises:
        ImageError: no value is finite.
    """
    low, high = _extremes(image)
    bottom, top, why = _range(image, low, high)
    bits = 16 if image.mode.startswith("I;16") else 32

    def scaled(numbers: np.ndarray) -> np.ndarray:
        bounded = np.nan_to_num(numbers.astype(np.float64), nan=bottom, posinf=top, neginf=bottom)
        return np.rint((bounded.clip(bottom, top) - bottom) * (255 / ((top - bottom) or 1.0))).astype(np.uint8)

    by_value = scaled(np.arange(2**16)) if bits == 16 else None
    clear = image.info.get("transparency")
    grey = Image.new("L", image.size)
    for box, part in bands(image):
        values = np.asarray(part)
        eight_bit = scaled(values) if by_value is None else by_value[values]
        if isinstance(clear, int):
            eight_bit[values == clear] = 255
        grey.paste(Image.fromarray(eight_bit), box)
    scale = f"its values from {bottom:,.6g} to {top:,.6g}{why} were scaled to 8 bits"
    note = f"The picture has {bits} bits per pixel: {scale}."
    return grey, [note]


def _extremes(image: Image.Image) -> tuple[float, float]:
    """The smallest and the largest of the finite values.

    Raises:
        ImageError: there is none.
    """
    lows, highs = [], []
    for _, part in bands(image):
        values = np.asarray(part)
        finite = values[np.isfinite(values)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    if not lows:
        raise ImageError("The picture has no finite value in it: save it as an 8-bit PNG.")
    return min(lows), max(highs)


def _range(image: Image.Image, low: float, high: float) -> tuple[float, float, str]:
    """What is black, what is white, and why that where it is not plain."""
    if low < 0 or high > 2**16 - 1:
        return low, high, ""  # it has no agreed white and is stretched
    said = _white_of_the_file(image)
    if said is not None and said >= high:
        return 0.0, said, ", its white as the file says,"
    usual = (1.0, 255.0) if image.mode == "F" else (255.0,)
    for limit in usual:
        if high <= limit:
            return 0.0, limit, ""
    # cameras and scanners of 10, 12 or 14 bits write 16
    return (0.0, high, ", the largest,") if high <= _FOURTEEN_BITS else (0.0, 2.0**16 - 1, "")


def _white_of_the_file(image: Image.Image) -> float | None:
    """The value that a TIFF names as its largest, by itself or by an unusual number of bits."""
    tags = getattr(image, "tag_v2", {})
    for tag in (_LARGEST, _LARGEST_OF_ANY_TYPE):
        said = tags.get(tag)
        number = said[0] if isinstance(said, tuple) and said else said
        if isinstance(number, int | float) and 0 < number < math.inf:
            return float(number)
    bits = tags.get(_BITS, (16,))[0]
    return 2.0**bits - 1 if 8 < bits < 16 else None


def colours_in_eight_bits(image: Image.Image) -> tuple[Image.Image, list[str]]:
    """A picture of 16 bits per channel, of which Pillow keeps the upper 8; one of 14 or fewer is not left dark.

    Args:
        image: as Pillow has read it, mode RGB or L.
    """
    largest = int(np.asarray(image).max())
    if not 0 < largest <= _FOURTEEN_BITS >> 8:
        return image, ["The picture has 16 bits per channel: its values were scaled to 8 bits."]
    note = (
        f"The picture has 16 bits per channel and uses less than {256 * (largest + 1):,} of its 65,536 values: it was "
        f"made brighter, in {largest + 1} steps."
    )
    return image.point(lambda value: value * 255 / largest), [note]
