"""The batch that goes through the network: uploaded pictures, crops where there is only one, or pictures of the set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from explorer.architecture.examples import PictureKind
from explorer.architecture.own import OwnSpec
from explorer.architecture.values import counted
from explorer.model.own import own
from explorer.model.samples import sample_batch
from explorer.ui import cached
from explorer.ui.batchnorm.source import Source
from explorer.ui.inputs import given, input_key, prepared
from explorer.ui.pictures import Chosen, chosen, place

MOST = 64
# A crop's sides are at least this share of the picture's.
_SMALLEST_CROP = 0.4
_CROPS = (
    "Crops of one picture are not a representative batch: statistics of a batch say something when its pictures differ "
    "as those of the training data do. Add more pictures for that."
)
_SETS: dict[PictureKind, tuple[str, str]] = {
    "digit": ("one handwritten digit", "handwritten digits"),
    "clothes": ("one picture of clothes", "pictures of clothes"),
}
_SET = "They are from the data that this network was trained on; pictures that you add replace them."


@dataclass(frozen=True, eq=False, kw_only=True)
class Batch:
    """Pictures, ready for a network.

    Attributes:
        images: ``(N, C, H, W)``, float32, normalised, on the CPU.
        key: by which results are cached.
        words: what the pictures are, such as ``8 crops of A flower``.
        note: what else is to be said of them.
        representative: whether they may stand for all pictures.
        first: which of them is shown where one picture is.
    """

    images: torch.Tensor
    key: tuple
    words: str
    note: str
    representative: bool
    first: int

    def __len__(self) -> int:
        return len(self.images)


def most_pictures(source: Source) -> int:
    """How many pictures a batch can have: as many as there are, where they are not crops."""
    pictures = chosen()
    return min(MOST, len(pictures)) if len(pictures) > 1 else MOST


def batch(source: Source, size: int) -> Batch:
    """The batch of the chosen pictures.

    Args:
        source: the network that takes them.
        size: how many pictures.

    Raises:
        ImageError: the network takes neither one nor three channels.
    """
    pictures = chosen()
    if len(pictures) > 1:
        some = pictures[: min(size, len(pictures))]
        first = min(place(), len(some) - 1)
        words = f"{len(some)} of your {len(pictures)} pictures"
        digests = tuple(one.digest for one in some)
        return _prepared(source, digests, lambda: [p.picture for p in some], words, first=first)
    only = pictures[0]
    if isinstance(source.spec, OwnSpec) and only.is_given:
        return _as_given(source, source.spec, only, size)
    known = source.ready.loaded.trained_on
    if known is not None and only.kind in _SETS and only.kind == known.kind:
        return _of_set(source, only, only.kind, size)
    words = f"{size} crops of {only.title}" if size > 1 else only.title
    key = (only.digest, size)
    return _prepared(source, key, lambda: crops(only.picture, size), words, note=_CROPS, representative=False)


def _as_given(source: Source, spec: OwnSpec, only: Chosen, size: int) -> Batch:
    """The examples that a network of one's own was given, as far as they go."""
    given(spec, only.picture, source.plan)
    images = own(spec).input[:size]
    return Batch(
        images=images,
        key=(only.digest, len(images)),
        words=counted(len(images), "example that it was given", "examples that it was given"),
        note="They go in as they are, without preprocessing.",
        representative=True,
        first=0,
    )


def crops(picture: Image.Image, count: int) -> list[Image.Image]:
    """The whole picture, then parts of it at random places, every second one mirrored; the same at every call.

    Args:
        picture: of any size.
        count: how many.
    """
    made = [picture]
    draw = np.random.default_rng(0)
    for number in range(1, count):
        share = draw.uniform(_SMALLEST_CROP, 0.9)
        width, height = (max(1, round(side * share)) for side in picture.size)
        left, top = (
            int(draw.integers(0, side - part + 1)) for side, part in zip(picture.size, (width, height), strict=True)
        )
        part = picture.crop((left, top, left + width, top + height))
        made.append(part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if number % 2 else part)
    return made


def _of_set(source: Source, only: Chosen, kind: PictureKind, size: int) -> Batch:
    """Pictures of the set that the network was trained on, the chosen one first."""

    def make() -> list[Image.Image]:
        others = [one for one in sample_batch(kind, count=size) if one.tobytes() != only.picture.tobytes()]
        return [only.picture, *others[: size - 1]]

    one, several = _SETS[kind]
    words = f"{size} {several}" if size > 1 else one
    return _prepared(source, (kind, only.digest, size), make, words, note=_SET)


def _prepared(
    source: Source,
    key: tuple,
    pictures: Callable[[], list[Image.Image]],
    words: str,
    *,
    note: str = "",
    representative: bool = True,
    first: int = 0,
) -> Batch:
    preprocess = source.ready.loaded.preprocess
    whole_key = ("batch", *key, *input_key(source.spec, source.plan, preprocess))

    def make() -> torch.Tensor:
        return torch.cat([prepared(one, source.spec, source.plan, preprocess).tensor for one in pictures()])

    images = cached.result(whole_key, make, lambda made: made.nbytes)
    return Batch(images=images, key=whole_key, words=words, note=note, representative=representative, first=first)
