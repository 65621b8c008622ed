"""Pictures that are always there: scikit-learn's two photographs and its handwritten digits, and a hundred clothes.

scikit-learn's files are read from the installed package by path. Importing scikit-learn takes two seconds, more than
all the rest of a page.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from explorer.architecture.examples import CLOTHES_READER, PictureKind, example_facts
from explorer.errors import ImageError

DIGIT_COUNT = 1797
SPLIT_SEED = 0
HELD_OUT_SHARE = 0.25
CLOTHES_COUNT = 100
CLOTHES_PER_CLASS = 10
CLOTHES_SIDE = 28
_DIGIT_PREFIX, _CLOTHES_PREFIX = "digit-", "clothes-"
_DIGITS_SOURCE = "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI 1998, through scikit-learn"
_CLOTHES_SOURCE = "Fashion-MNIST, H. Xiao, K. Rasul and R. Vollgraf 2017, Zalando SE, MIT licence; a test picture"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample picture, described.

    Attributes:
        name: short and stable, it stands in links.
        title: what people read.
        source: who made it, and its licence where it has one.
        kind: what it is a picture of.
        label: its class, as the networks that learn such pictures name it; None where nobody has said it.
    """

    name: str
    title: str
    source: str
    kind: PictureKind
    label: str | None = None


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


def sample_names(first: PictureKind = "photo") -> tuple[str, ...]:
    """Names that are offered: the photographs, and of the digits and the clothes one of each class.

    Args:
        first: the kind that stands first; of clothes all are offered then.
    """
    per_class = 1 if first != "clothes" else CLOTHES_PER_CLASS
    by_kind: dict[PictureKind, list[str]] = {
        "photo": list(_PHOTOS),
        "digit": [f"{_DIGIT_PREFIX}{index}" for index in range(10)],
        "clothes": [
            f"{_CLOTHES_PREFIX}{index}" for index in range(CLOTHES_COUNT) if index % CLOTHES_PER_CLASS < per_class
        ],
    }
    return tuple(name for kind in sorted(by_kind, key=lambda kind: kind != first) for name in by_kind[kind])


def describe_sample(name: str) -> Sample:
    """Title and source of a sample picture.

    Args:
        name: one of ``sample_names()``, or any other ``digit-0`` to ``digit-1796`` and ``clothes-0`` to ``clothes-99``.

    Returns:
        Its description.

    Raises:
        ImageError: there is no such sample.
    """
    if name in _PHOTOS:
        return _PHOTOS[name]
    if name.startswith(_CLOTHES_PREFIX):
        index = _index(name, _CLOTHES_PREFIX, CLOTHES_COUNT)
        label = example_facts(CLOTHES_READER).classes[index // CLOTHES_PER_CLASS]
        title = f"{label} ({CLOTHES_SIDE}×{CLOTHES_SIDE}, {index % CLOTHES_PER_CLASS + 1} of {CLOTHES_PER_CLASS})"
        return Sample(name=name, title=title, source=_CLOTHES_SOURCE, kind="clothes", label=label)
    index = _index(name, _DIGIT_PREFIX, DIGIT_COUNT)
    label = str(digit_labels()[index])
    title = f"Digit {label} (8×8, number {index:,} of the set)"
    return Sample(name=name, title=title, source=_DIGITS_SOURCE, kind="digit", label=label)


def sample(name: str) -> Image.Image:
    """A sample picture.

    Args:
        name: one of ``sample_names()``, or any other ``digit-0`` to ``digit-1796`` and ``clothes-0`` to ``clothes-99``.

    Returns:
        A picture of one's own, mode RGB (photographs, 640×427) or L (digits, 8×8, clothes, 28×28, bright on black).

    Raises:
        ImageError: there is no such sample.
    """
    if name in _PHOTOS:
        with Image.open(_folder() / "images" / f"{name}.jpg") as photo:
            return photo.convert("RGB")
    if name.startswith(_CLOTHES_PREFIX):
        return Image.fromarray(_clothes()[_index(name, _CLOTHES_PREFIX, CLOTHES_COUNT)])
    return Image.fromarray(digit_images()[_index(name, _DIGIT_PREFIX, DIGIT_COUNT)])


def sample_batch(kind: PictureKind, *, count: int = 16) -> tuple[Image.Image, ...]:
    """A small representative batch, to estimate running statistics from.

    Photographs: both, whole and in parts, each also mirrored. Digits and clothes: the classes in turn. The same
    pictures at every call.

    Args:
        kind: of the pictures.
        count: how many, at most 24 photographs, 1,797 digits or 100 clothes.

    Returns:
        The pictures, of different sizes.

    Raises:
        ImageError: more pictures are asked for than there are, or none.
    """
    most = {"photo": len(_PHOTOS) * 2 * len(_PARTS), "digit": DIGIT_COUNT, "clothes": CLOTHES_COUNT}[kind]
    if not 1 <= count <= most:
        raise ImageError(f"There are {most:,} sample pictures of this kind: choose from 1 to {most:,}, not {count:,}.")
    if kind != "photo":
        images, labels = (digit_images(), digit_labels()) if kind == "digit" else (_clothes(), _CLOTHES_LABELS)
        return tuple(Image.fromarray(images[index]) for index in _spread_over_classes(labels)[:count])
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


def _spread_over_classes(labels: np.ndarray) -> list[int]:
    """Indices of all pictures: the first of every class, then the second of every class, and so on."""
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


_CLOTHES_LABELS = np.repeat(np.arange(CLOTHES_COUNT // CLOTHES_PER_CLASS), CLOTHES_PER_CLASS)


@cache
def _clothes() -> np.ndarray:
    """The clothes, ``(100, 28, 28)``, uint8; the file has a row for each class."""
    with Image.open(CLOTHES_READER.file.with_name("clothes_samples.png")) as picture:
        tiles = np.asarray(picture).reshape(-1, CLOTHES_SIDE, CLOTHES_PER_CLASS, CLOTHES_SIDE)
    return tiles.transpose(0, 2, 1, 3).reshape(-1, CLOTHES_SIDE, CLOTHES_SIDE)


def _index(name: str, prefix: str, count: int) -> int:
    number = name.removeprefix(prefix)
    if name.startswith(prefix) and number.isdecimal() and number.isascii() and int(number[:5]) < count:
        return int(number[:5])
    raise ImageError(
        f"There is no sample picture {name[:40]!r}: choose {', '.join(_PHOTOS)}, "
        f"{_DIGIT_PREFIX}0 to {_DIGIT_PREFIX}{DIGIT_COUNT - 1}, "
        f"or {_CLOTHES_PREFIX}0 to {_CLOTHES_PREFIX}{CLOTHES_COUNT - 1}."
    )


def _folder() -> Path:
    """scikit-learn's ``datasets`` folder, found without importing scikit-learn."""
    found = find_spec("sklearn")
    if found is None or found.origin is None:
        raise ImageError("The sample pictures come with scikit-learn, which is missing: install requirements.txt.")
    return Path(found.origin).parent / "datasets"
