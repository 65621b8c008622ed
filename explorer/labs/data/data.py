"""What networks learn from here: the digits that are always there, two known sets, or a zip of one's own pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from explorer.errors import LabError
from explorer.labs.data.known_sets import FETCHED, LabelledSet, known_set
from explorer.labs.data.sets import KNOWN_SETS, ZIP, ZIP_SIDE, Preprocessing
from explorer.labs.data.zips import kept_zip, read_zip
from explorer.model.images import CIFAR10, DIGITS, FASHION_MNIST, HALF, IMAGENET, IMAGENET_V2, UNIT, Preprocess
from explorer.model.samples import SPLIT_SEED, digit_images, digit_labels, split

ZIP_SIZE = (ZIP_SIDE, ZIP_SIDE)
_PREPROCESS = {
    "digits": DIGITS,
    "digits-0-4": DIGITS,
    "digits-5-9": DIGITS,
    "cifar10": CIFAR10,
    "fashion-mnist": FASHION_MNIST,
}
_UNIT = Preprocess(name="0–1")
_CHOSEN: dict[Preprocessing, Preprocess] = {
    "imagenet": IMAGENET,
    "imagenet-v2": IMAGENET_V2,
    "half": HALF,
    "unit": UNIT,
}
_OF_DIGITS = {"digits": range(10), "digits-0-4": range(5), "digits-5-9": range(5, 10)}


@dataclass(frozen=True, eq=False, kw_only=True)
class DataSet:
    """Pictures to learn from and pictures to test with.

    Attributes:
        name: as in a run's config.
        title: what people read.
        classes: names of the classes, in the order of the network's outputs.
        train_pixels: ``(N, C, H, W)``, uint8.
        train_labels: ``(N,)``, int64.
        test_pixels: ``(M, C, H, W)``, uint8; no picture that is learned from.
        test_labels: ``(M,)``, int64.
        preprocess: what pictures go through before the network.
        notes: one sentence for each thing that was left out, and on a zip's parts.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    train_pixels: Tensor
    train_labels: Tensor
    test_pixels: Tensor
    test_labels: Tensor
    preprocess: Preprocess
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of every picture."""
        return self.train_pixels.shape[2], self.train_pixels.shape[3]

    def as_input(self, pixels: Tensor) -> Tensor:
        """Pixels ``(N, C, H, W)`` as the network gets them: float32, 0–1, less the mean, over the deviation."""
        scaled = pixels.to(torch.float32) / 255
        if self.preprocess.mean == (0.0,) and self.preprocess.std == (1.0,):
            return scaled
        mean, std = self.preprocess.per_channel(pixels.shape[1])
        return (scaled - scaled.new_tensor(mean).view(-1, 1, 1)) / scaled.new_tensor(std).view(-1, 1, 1)


def load_data(
    name: str,
    *,
    in_channels: int = 1,
    zipped: bytes | None = None,
    size: tuple[int, int] = ZIP_SIZE,
    preprocess: Preprocess | None = None,
) -> DataSet:
    """The data of a run, the same at every call.

    Where a set, or a zip, has no test part of its own a quarter of every class is held out.

    Args:
        name: "digits", "digits-0-4", "digits-5-9", "cifar10", "fashion-mnist", or "zip:" and a SHA-256.
        in_channels: 1 or 3; grey pictures are repeated, of coloured ones the luminance is taken (ITU-R 601).
        zipped: the zip's bytes, where it was not kept on this machine.
        size: (H, W) that the pictures of a zip are brought to; other sets have their own.
        preprocess: in place of the set's own, such as that of published weights. Only a zip's pictures are resized by
            it, of other sets the pixels are normalised by it.

    Raises:
        LabError: when the pictures are not here and cannot be had.
    """
    if in_channels not in (1, 3):
        raise LabError(
            f"A picture has 1 or 3 channels and the network takes {in_channels:,}: set them to one of these."
        )
    chosen = preprocess or preprocess_of(name)
    if name in _OF_DIGITS:
        return _made(name, _digits(name), in_channels, chosen)
    if name in FETCHED:
        return _made(name, known_set(name), in_channels, chosen)
    if name.startswith(ZIP):
        data = kept_zip(name) if zipped is None else zipped
        pictures = read_zip(data, size=size, in_channels=in_channels, preprocess=chosen)
        halves = LabelledSet(
            title=f"Your pictures, {len(pictures.classes)} classes",
            classes=pictures.classes,
            train=(pictures.pixels[pictures.learned], pictures.labels[pictures.learned]),
            test=(pictures.pixels[pictures.tested], pictures.labels[pictures.tested]),
        )
        return _made(name, halves, in_channels, chosen, notes=pictures.notes)
    raise LabError(f"There is no data named {name[:40]!r}.")


def few(data: DataSet, per_class: int) -> DataSet:
    """The same data with so many pictures of each class to learn from; the test pictures stay.

    Args:
        data: the data.
        per_class: at least 1; a larger number holds the pictures of a smaller one.

    Raises:
        LabError: when a class has fewer.
    """
    labels = data.train_labels.numpy()
    kept = []
    for label, name in enumerate(data.classes):
        members = np.flatnonzero(labels == label)
        if len(members) < per_class:
            raise LabError(
                f"per_class is {per_class:,} and the class {name[:40]} has {len(members):,} pictures to learn from: "
                "take fewer, or 0 for all."
            )
        # RandomState's numbers are frozen for ever, those of NumPy's newer generators are not
        kept.append(np.random.RandomState(SPLIT_SEED).permutation(members)[:per_class])
    indices = torch.from_numpy(np.sort(np.concatenate(kept)))
    return replace(data, train_pixels=data.train_pixels[indices], train_labels=data.train_labels[indices])


def preprocess_of(name: str, preprocessing: Preprocessing = "own") -> Preprocess:
    """What the pictures of a set go through before the network.

    Args:
        name: as for ``load_data``.
        preprocessing: as in a run's config.
    """
    return _CHOSEN.get(preprocessing) or _PREPROCESS.get(name, _UNIT)


def _digits(name: str) -> LabelledSet:
    """The digits of some classes, each in the part where it is among all ten."""
    kept = _OF_DIGITS[name]
    images, labels = digit_images()[..., None], digit_labels()
    learn, test = (part[np.isin(labels[part], kept)] for part in split(labels))
    return LabelledSet(
        title=KNOWN_SETS[name].title,
        classes=tuple(str(digit) for digit in kept),
        train=(images[learn], labels[learn] - kept[0]),
        test=(images[test], labels[test] - kept[0]),
    )


def _made(
    name: str, found: LabelledSet, in_channels: int, preprocess: Preprocess, *, notes: tuple[str, ...] = ()
) -> DataSet:
    return DataSet(
        name=name,
        title=found.title,
        classes=found.classes,
        train_pixels=_with_channels(found.train[0], in_channels),
        train_labels=torch.from_numpy(found.train[1]),
        test_pixels=_with_channels(found.test[0], in_channels),
        test_labels=torch.from_numpy(found.test[1]),
        preprocess=preprocess,
        notes=notes,
    )


def _with_channels(pixels: np.ndarray, channels: int) -> Tensor:
    """``(N, H, W, c)`` as ``(N, channels, H, W)``: grey repeated, colours as their luminance (ITU-R 601)."""
    if pixels.shape[-1] > channels:
        pixels = np.rint(pixels @ np.array([0.299, 0.587, 0.114], dtype=np.float32)).astype(np.uint8)[..., None]
    spread = np.repeat(pixels, channels // pixels.shape[-1], axis=-1)
    # with one channel NumPy's copy may look channels-last, and torch would take other kernels for it
    return torch.from_numpy(spread).permute(0, 3, 1, 2).clone(memory_format=torch.contiguous_format)
