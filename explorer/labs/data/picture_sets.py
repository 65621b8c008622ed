"""Sets of pictures that a trained network is looked at with, and which of them it may have learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.architecture.examples import CLOTHES_READER, example_facts
from explorer.labs.data.data import load_data
from explorer.labs.data.sets import KNOWN_SETS, ZIP
from explorer.model.images import Prepared, Preprocess, prepare
from explorer.model.samples import CLOTHES_COUNT, CLOTHES_PER_CLASS, sample_batch

CLOTHES, PHOTOS = "clothes", "photos"
"""The hundred clothes and the parts of two photographs that are always here."""
MOST_LEARNED, MOST_TESTED = 5_000, 10_000
PHOTO_PARTS = 24


@dataclass(frozen=True, eq=False, kw_only=True)
class PictureSet:
    """Pictures as they are, before any preprocessing.

    Attributes:
        name: short and stable, for caches.
        title: what people read.
        pixels: of each picture ``(H, W)`` or ``(H, W, 3)``, uint8.
        labels: the class of each, ``(N,)`` int64; None where nobody has said it.
        learned: whether each belongs to the part that networks of this set learn from, ``(N,)``.
        classes: their names; empty without labels.
        notes: one sentence for each thing that was left out.
    """

    name: str
    title: str
    pixels: Sequence[np.ndarray]
    labels: np.ndarray | None
    learned: np.ndarray
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def tested(self) -> np.ndarray:
        """The places of the pictures that networks of this set do not learn from, in order."""
        return np.flatnonzero(~self.learned)

    def drawn(self, most: int) -> np.ndarray:
        """The places of at most so many, drawn by chance with a seed: those that nobody learns from first; in order."""
        chance = np.random.default_rng(0)
        parts = [chance.permutation(np.flatnonzero(part)) for part in (~self.learned, self.learned)]
        return np.sort(np.concatenate(parts)[:most])

    def labels_among(self, classes: Sequence[str] | None, outputs: int) -> np.ndarray | None:
        """The labels as places among the outputs of a network, by the names of its classes.

        Args:
            classes: what its outputs mean; where nobody has said it, as many classes count in their order.
            outputs: how many it has.

        Returns:
            ``(N,)`` int64; None without labels, or where the network has other classes.
        """
        if self.labels is None:
            return None
        if classes is None:
            return self.labels if len(self.classes) == outputs else None
        if not set(self.classes) <= set(classes):
            return None
        return np.array([classes.index(name) for name in self.classes], dtype=np.int64)[self.labels]

    def some(self, places: Sequence[int] | np.ndarray) -> PictureSet:
        """The same with the pictures of some places alone, in that order."""
        chosen = np.asarray(places, dtype=int)
        return PictureSet(
            name=self.name,
            title=self.title,
            pixels=[self.pixels[place] for place in chosen],
            labels=None if self.labels is None else self.labels[chosen],
            learned=self.learned[chosen],
            classes=self.classes,
            notes=self.notes,
        )

    def inputs(
        self,
        places: Sequence[int] | range | np.ndarray,
        *,
        size: tuple[int, int],
        in_channels: int,
        preprocess: Preprocess,
        domains: Sequence[bool] = (),
    ) -> Tensor:
        """The pictures of some places as a network gets them, ``(n, C, H, W)``; all else is as for ``prepare``."""
        how: dict[str, Any] = {"size": size, "in_channels": in_channels, "preprocess": preprocess, "domains": domains}
        return torch.cat([self.prepared(place, **how).tensor for place in places])

    def prepared(self, place: int, **how: Any) -> Prepared:
        """One picture as a network gets it, with what it shows; all else is as for ``prepare``."""
        return prepare(Image.fromarray(self.pixels[place]), **how)


def picture_set(name: str, *, size: tuple[int, int] = (32, 32)) -> PictureSet:
    """A set by its name.

    Args:
        name: a known set as in a run's config, "clothes", "photos", or "zip:" and a SHA-256.
        size: (H, W) that the pictures of a zip are brought to; others keep their own.

    Raises:
        LabError: when the pictures are not here and cannot be had.
    """
    if name == PHOTOS:
        photos = sample_batch("photo", count=PHOTO_PARTS)
        return unlabelled(PHOTOS, "Parts of two photographs", [np.asarray(photo) for photo in photos])
    if name == CLOTHES:
        turn = sample_batch("clothes", count=CLOTHES_COUNT)
        classes = example_facts(CLOTHES_READER).classes
        labels = np.tile(np.arange(len(classes)), CLOTHES_PER_CLASS)
        return PictureSet(
            name=CLOTHES,
            title=f"Clothes, {CLOTHES_COUNT} test pictures",
            pixels=[np.asarray(one) for one in turn],
            labels=labels,
            learned=np.zeros(CLOTHES_COUNT, dtype=bool),
            classes=classes,
        )
    coloured = name.startswith(ZIP) or KNOWN_SETS[name].is_coloured
    data = load_data(name, in_channels=3 if coloured else 1, size=size)
    parts = [(data.train_pixels, data.train_labels, MOST_LEARNED), (data.test_pixels, data.test_labels, MOST_TESTED)]
    kept = []
    for pixels, of, most in parts:
        # at equal distances, since a zip's are sorted by class
        some = np.linspace(0, len(of) - 1, min(len(of), most)).astype(int)
        kept.append((pixels[some].permute(0, 2, 3, 1).numpy(), of[some].numpy()))
    return PictureSet(
        name=f"{name} {size}" if name.startswith(ZIP) else name,
        title=data.title,
        pixels=[picture if coloured else picture[..., 0] for pixels, _ in kept for picture in pixels],
        labels=np.concatenate([labels for _, labels in kept]),
        learned=np.concatenate([np.full(len(labels), part == 0) for part, (_, labels) in enumerate(kept)]),
        classes=data.classes,
        notes=data.notes,
    )


def unlabelled(name: str, title: str, pixels: Sequence[np.ndarray]) -> PictureSet:
    """Pictures that nobody has named.

    Args:
        name: short and stable, for caches.
        title: what people read.
        pixels: of each ``(H, W)`` or ``(H, W, 3)``, uint8.
    """
    return PictureSet(name=name, title=title, pixels=pixels, labels=None, learned=np.zeros(len(pixels), dtype=bool))
