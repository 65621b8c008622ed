"""Pictures that are always there: scikit-learn's two photographs and its handwritten digits.

The files are read from the installed package by path. Importing scikit-learn takes two seconds, more than all the rest
of a page.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from explorer.errors import ImageError

SampleKind = Literal["photo", "digit"]

DIGIT_COUNT = 1797
SPLIT_SEED = 0
HELD_OUT_SHARE = 0.25
_DIGIT_PREFIX = "digit-"
_DIGITS_SOURCE = "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI 1998, through scikit-learn"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample picture, described.

    Attributes:
        name: short and stable, it stands in links.
        title: what people read.
        source: who made it, and its licence where it has one.
        kind: "photo" for networks of natural pictures, "digit" for the trained example.
    """

    name: str
    title: str
    source: str
    kind: SampleKind


_PHOTOS = {
    photo.name: photo
    for photo in (
        Sample(
            name="china",
            title="A temple in China (640×427)",
            source="Photo by danielbuechele, CC BY 2.0, through scikit-learn",
            kind="photo",
        ),
        Sample(
            name="flower",
            title="A flower (640×427)",
            source="Photo by vultilion, CC BY 2.0, through scikit-learn",
            kind="photo",
        ),
    )
}


def sample_names() -> tuple[str, ...]:
    """Names that are offered: the photographs and one digit of each class, which are the first ten."""
    return (*_PHOTOS, *(f"{_DIGIT_PREFIX}{index}" for index in range(10)))


def describe_sample(name: str) -> Sample:
    """Title and source of a sample picture.

    Args:
        name: one of ``sample_names()``, or ``digit-<index>`` with any index from 0 to 1796.

    Returns:
        Its description.

    Raises:
        ImageError: there is no such sample.
    """
    if name in _PHOTOS:
        return _PHOTOS[name]
    index = _digit_index(name)
    return Sample(
        name=name,
        title=f"Digit {digit_labels()[index]} (8×8, number {index:,} of the set)",
        source=_DIGITS_SOURCE,
        kind="digit",
    )


def sample(name: str) -> Image.Image:
    """A sample picture.

    Args:
        name: one of ``sample_names()``, or ``digit-<index>`` with any index from 0 to 1796.

    Returns:
        A picture of one's own, mode RGB (photographs, 640×427) or L (digits, 8×8, white on black).

    Raises:
        ImageError: there is no such sample.
    """
    if name in _PHOTOS:
        with Image.open(_folder() / "images" / f"{name}.jpg") as photo:
            return photo.convert("RGB")
    return Image.fromarray(digit_images()[_digit_index(name)])


def sample_batch(kind: SampleKind, *, count: int = 16) -> tuple[Image.Image, ...]:
    """A small representative batch, to estimate running statistics from.

    Photographs: both, whole and in parts, each also mirrored. Digits: the classes in turn. The same pictures at every
    call.

    Args:
        kind: "photo" or "digit".
        count: how many pictures, at most 24 photographs or 1,797 digits.

    Returns:
        The pictures, of different sizes.

    Raises:
        ImageError: more pictures are asked for than there are, or none.
    """
    most = len(_PHOTOS) * 2 * len(_PARTS) if kind == "photo" else DIGIT_COUNT
    if not 1 <= count <= most:
        raise ImageError(f"There are {most:,} sample pictures of this kind: choose from 1 to {most:,}, not {count:,}.")
    if kind == "digit":
        images = digit_images()
        return tuple(Image.fromarray(images[index]) for index in _spread_over_classes()[:count])
    return tuple(picture for picture, _ in zip(_parts_of_photos(), range(count), strict=False))


def digit_images() -> np.ndarray:
    """All digits, ``(1797, 8, 8)``, uint8 from 0 to 255 (the set's own values are 0 to 16); read-only."""
    return _digits()[0]


def digit_labels() -> np.ndarray:
    """The classes of all digits, ``(1797,)``, 0 to 9; read-only."""
    return _digits()[1]


def split(labels: np.ndarray, *, seed: int = SPLIT_SEED) -> tuple[np.ndarray, np.ndarray]:
    """Indices to learn from and indices to test with, the same share of every class in both.

    Args:
        labels: the class of every picture, ``(N,)``.
        seed: of the draw.

    Returns:
        Both in ascending order; a quarter is held out.
    """
    # RandomState's numbers are frozen for ever, those of NumPy's newer generators are not
    draw = np.random.RandomState(seed)
    held_out: list[int] = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        held_out += draw.permutation(members)[: round(len(members) * HELD_OUT_SHARE)].tolist()
    test = np.array(sorted(held_out))
    return np.setdiff1d(np.arange(len(labels)), test), test


# (left, top, width, height) as shares of the photograph: the whole, the four corners, the centre.
_PARTS = (
    (0.0, 0.0, 1.0, 1.0),
    (0.0, 0.0, 0.6, 0.6),
    (0.4, 0.4, 0.6, 0.6),
    (0.4, 0.0, 0.6, 0.6),
    (0.0, 0.4, 0.6, 0.6),
    (0.25, 0.25, 0.5, 0.5),
)


def _parts_of_photos() -> Iterator[Image.Image]:
    photos = [sample(name) for name in _PHOTOS]
    for left, top, across, down in _PARTS:
        for photo in photos:
            width, height = photo.size
            box = (
                round(left * width),
                round(top * height),
                round((left + across) * width),
                round((top + down) * height),
            )
            part = photo.crop(box)
            yield part
            yield ImageOps.mirror(part)


def _spread_over_classes() -> list[int]:
    """Indices of all digits: the first of every class, then the second of every class, and so on."""
    labels = digit_labels()
    turn = np.empty(len(labels), dtype=int)
    for label in range(10):
        turn[labels == label] = np.arange(np.count_nonzero(labels == label))
    return [int(index) for index in np.lexsort((labels, turn))]


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    with gzip.open(_folder() / "data" / "digits.csv.gz", "rt", encoding="ascii") as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=np.uint8)
    images = np.rint(table[:, :-1] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
    labels = table[:, -1].astype(np.int64)
    images.flags.writeable = False
    labels.flags.writeable = False
    return images, labels


def _digit_index(name: str) -> int:
    number = name.removeprefix(_DIGIT_PREFIX)
    if name.startswith(_DIGIT_PREFIX) and number.isdecimal() and number.isascii() and int(number[:5]) < DIGIT_COUNT:
        return int(number[:5])
    raise ImageError(
        f"There is no sample picture {name[:40]!r}: choose {', '.join(_PHOTOS)}, "
        f"or {_DIGIT_PREFIX}0 to {_DIGIT_PREFIX}{DIGIT_COUNT - 1}."
    )


def _folder() -> Path:
    """scikit-learn's ``datasets`` folder, found without importing scikit-learn."""
    found = find_spec("sklearn")
    if found is None or found.origin is None:
        raise ImageError("The sample pictures come with scikit-learn, which is missing: install requirements.txt.")
    return Path(found.origin).parent / "datasets"
