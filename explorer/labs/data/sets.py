"""What is known of the pictures that can be learned from before any is read; no torch."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from explorer.architecture.examples import CLOTHES_PICTURES, DIGIT_PICTURES, TrainedOn

Preprocessing = Literal["own", "imagenet", "imagenet-v2", "half", "unit"]


@dataclass(frozen=True, kw_only=True)
class KnownSet:
    """A set that is known by its name.

    Attributes:
        title: what people read.
        classes: how many.
        side: of its pictures in pixels.
        learned: pictures that are learned from.
        tested: pictures that are held out.
        is_coloured: whether they have three channels.
        pictures: what networks that learn from it are trained on.
        megabytes: that the first run fetches; 0 for what is always here.
    """

    title: str
    classes: int
    side: int
    learned: int
    tested: int
    pictures: TrainedOn
    is_coloured: bool = False
    megabytes: int = 0


KNOWN_SETS: dict[str, KnownSet] = {
    "digits": KnownSet(title="Digits, 8×8", classes=10, side=8, learned=1_347, tested=450, pictures=DIGIT_PICTURES),
    "digits-0-4": KnownSet(title="Digits 0 to 4", classes=5, side=8, learned=676, tested=225, pictures=DIGIT_PICTURES),
    "digits-5-9": KnownSet(
        title="Digits 5 to 9",
        classes=5,
        side=8,
        learned=671,
        tested=225,
        pictures=replace(DIGIT_PICTURES, sample="digit-5"),
    ),
    "fashion-mnist": KnownSet(
        title="Fashion-MNIST",
        classes=10,
        side=28,
        learned=60_000,
        tested=10_000,
        pictures=CLOTHES_PICTURES,
        megabytes=30,
    ),
    "cifar10": KnownSet(
        title="CIFAR-10",
        classes=10,
        side=32,
        learned=50_000,
        tested=10_000,
        pictures=TrainedOn(kind="photo", words="CIFAR-10's small photographs of ten classes"),
        is_coloured=True,
        megabytes=170,
    ),
}
ZIP = "zip:"
ZIP_SIDE = 32
ZIP_SIDES = (8, 512)
"""The smallest and the largest side in pixels that a zip's pictures can be brought to."""
_ZIP_NAME = re.compile(r"zip:[0-9a-f]{64}", re.ASCII)


def is_data(name: object) -> bool:
    """Whether it names data: a known set, or "zip:" and the SHA-256 of a zip."""
    return isinstance(name, str) and (name in KNOWN_SETS or _ZIP_NAME.fullmatch(name) is not None)


def is_coloured(data: str) -> bool:
    """Whether the pictures of some data have three channels; a zip's are read so."""
    return data.startswith(ZIP) or KNOWN_SETS[data].is_coloured


def trained_on(data: str) -> TrainedOn:
    """What networks that learn from some data are trained on; nobody here knows what the pictures of a zip are of.

    Args:
        data: as in a run's config.
    """
    known = KNOWN_SETS.get(data)
    return known.pictures if known else TrainedOn(kind=None, words="the pictures of a zip file")


def input_size(data: str) -> tuple[int, int]:
    """Height and width in pixels of the pictures of some data, where a run asks for no other.

    Args:
        data: as in a run's config.
    """
    side = KNOWN_SETS[data].side if data in KNOWN_SETS else ZIP_SIDE
    return side, side
