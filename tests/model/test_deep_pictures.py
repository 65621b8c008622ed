"""Pictures of more than 8 bits per value, and TIFF files whose 0 is white, written byte by byte as TIFF 6.0 says."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.model.images import read_picture

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB = 0, 1, 2
MAX_SAMPLE_VALUE, S_MAX_SAMPLE_VALUE = 281, 341


def tiff(
    values: np.ndarray,
    bits: int,
    photometric: int = BLACK_IS_ZERO,
    *,
    order: str = "<",
    compression: int = 1,
    is_float: bool = False,
    tags: dict[int, int] | None = None,
) -> bytes:
    """A TIFF file of one strip.

    Args:
        values: ``(H, W)``, or ``(H, W, 3)`` of 16 bits.
        bits: 1, 8, 16 or 32 per value.
        photometric: PhotometricInterpretation.
        order: "<" for Intel's byte order, ">" for Motorola's.
        compression: 1 for none, 8 for Deflate.
        is_float: whether the values of 32 bits are floats.
        tags: others, each one number of 16 bits.
    """
    if bits == 1:
        pixels = np.packbits(values.astype(bool), axis=1).tobytes()
    else:
        pixels = values.astype(f"{order}f4" if is_float else f"{order}u{bits // 8}").tobytes()
    pixels = zlib.compress(pixels) if compression == 8 else pixels
    samples = values.shape[2] if values.ndim == 3 else 1
    short = {258: bits, 259: compression, 262: photometric, 277: samples, 339: 3 if is_float else 1, **(tags or {})}
    long = {256: values.shape[1], 257: values.shape[0], 273: None, 278: values.shape[0], 279: len(pixels)}
    count = len(short) + len(long)
    behind = 8 + 2 + 12 * count + 4
    entries = []
    for tag, value in sorted({**short, **long}.items()):
        number = behind + 2 * samples if value is None else value
        if tag == 258 and samples > 1:
            entries.append(struct.pack(f"{order}HHII", tag, 3, samples, behind))
        elif tag in short:
            entries.append(struct.pack(f"{order}HHIHH", tag, 3, 1, number, 0))
        else:
            entries.append(struct.pack(f"{order}HHII", tag, 4, 1, number))
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, count)
    return head + b"".join(entries) + bytes(4) + struct.pack(f"{order}{samples}H", *[bits] * samples) + pixels


def png(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values.astype(np.uint16)).save(file, "PNG")
    return file.getvalue()


def grey(data: bytes) -> list[int]:
    picture = read_picture(data).image
    assert picture.mode == "L"
    return [int(value) for value in np.asarray(picture).ravel()]


@pytest.mark.parametrize("compression", [1, 8])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("bits", "is_float"), [(1, False), (8, False), (16, False), (32, True)])
def test_where_zero_is_white_a_picture_is_no_negative(bits: int, is_float: bool, order: str, compression: int) -> None:
    top = 1 if is_float else 2**bits - 1
    values = np.array([[0, 1, 1, 0]]) if bits == 1 else np.array([[0, 0.25, 0.8, 1]]) * top
    how: dict[str, Any] = {"order": order, "compression": compression, "is_float": is_float}
    black = grey(tiff(values, bits, BLACK_IS_ZERO, **how))
    assert (min(black), max(black)) == (0, 255)
    assert grey(tiff(values, bits, WHITE_IS_ZERO, **how)) == [255 - value for value in black]


@pytest.mark.parametrize(
    ("largest", "tags", "white", "why"),
    [
        (4095, {}, 4095, ", the largest,"),
        (4000, {}, 4000, ", the largest,"),
        (1000, {}, 1000, ", the largest,"),
        (16383, {}, 16383, ", the largest,"),
        (200, {}, 255, ""),
        (20000, {}, 65535, ""),
        (3000, {MAX_SAMPLE_VALUE: 4095}, 4095, ", its white as the file says,"),
        (30000, {S_MAX_SAMPLE_VALUE: 32767}, 32767, ", its white as the file says,"),
        (4095, {MAX_SAMPLE_VALUE: 1}, 4095, ", the largest,"),
    ],
)
def test_ten_to_fourteen_bits_in_sixteen_are_not_left_black(
    largest: int, tags: dict[int, int], white: int, why: str
) -> None:
    values = np.array([[0, largest // 3, largest]])
    expected = [round(int(value) * 255 / white) for value in values[0]]
    files = [tiff(values, 16, order=order, tags=tags) for order in "<>"] + ([] if tags else [png(values)])
    for data in files:
        assert grey(data) == expected
        assert read_picture(data).notes == (
            f"The picture has 16 bits per pixel: its values from 0 to {white:,}{why} were scaled to 8 bits.",
        )


def test_twelve_bits_where_zero_is_white() -> None:
    assert grey(tiff(np.array([[0, 819, 4095]]), 16, WHITE_IS_ZERO)) == [255, 204, 0]


def test_floats_of_twelve_bits_are_not_left_black() -> None:
    assert grey(tiff(np.array([[0.0, 819, 4095]]), 32, is_float=True)) == [0, 51, 255]


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bits_per_channel_are_said_and_fewer_are_not_left_black(order: str) -> None:
    full = np.array([[[0, 32896, 65535], [257, 514, 771]]])
    picture = read_picture(tiff(full, 16, RGB, order=order))
    assert np.asarray(picture.image).tolist() == [[[0, 128, 255], [1, 2, 3]]]
    assert picture.notes == ("The picture has 16 bits per channel: its values were scaled to 8 bits.",)
    dark = read_picture(tiff(full // 16, 16, RGB, order=order))
    assert np.asarray(dark.image)[0, 0].tolist() == [0, 136, 255]
    assert dark.notes == (
        "The picture has 16 bits per channel and uses less than 4,096 of its 65,536 values: it was made brighter, in "
        "16 steps.",
    )


def test_a_black_picture_stays_black() -> None:
    for data in (
        tiff(np.zeros((2, 2)), 16),
        tiff(np.zeros((2, 2, 3)), 16, RGB),
        tiff(np.zeros((2, 2)), 32, is_float=True),
    ):
        assert np.asarray(read_picture(data).image).max() == 0
