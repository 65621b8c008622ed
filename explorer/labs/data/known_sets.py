"""CIFAR-10 and Fashion-MNIST through torchvision, from the disk or fetched once; Fashion-MNIST as Debian has it too."""

from __future__ import annotations

import tarfile
import tempfile
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import numpy as np
from torchvision import datasets

from explorer.architecture.hub import OFFLINE, is_offline
from explorer.errors import LabError
from explorer.labs.data.folders import VARIABLE, data_folder
from explorer.labs.data.packed import packed_folder, read_packed
from explorer.labs.data.sets import KNOWN_SETS

_TIMEOUT_SECONDS = 10
_MAKE = {"cifar10": datasets.CIFAR10, "fashion-mnist": datasets.FashionMNIST}
_ADDRESSES: dict[str, str] = {
    "cifar10": datasets.CIFAR10.url,
    "fashion-mnist": datasets.FashionMNIST.mirrors[0] + datasets.FashionMNIST.resources[0][0],
}
FETCHED = tuple(_MAKE)


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelledSet:
    """Pixels and labels in two parts.

    Attributes:
        title: what people read.
        classes: names in the order of the labels.
        train: pixels ``(N, H, W, C)`` uint8 and labels ``(N,)`` int64.
        test: likewise.
    """

    title: str
    classes: tuple[str, ...]
    train: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


def known_set(name: str) -> LabelledSet:
    """One of ``FETCHED``, from torchvision's files in the labs' folder, or from the system's.

    Args:
        name: "cifar10" or "fashion-mnist".

    Raises:
        LabError: when it is not there and cannot be had.
    """
    folder = data_folder()
    try:
        return _read(name, folder)
    except (RuntimeError, OSError):  # torchvision's word for files that are not there, or not whole
        packed = _packed(name)
        if packed is not None:
            return _labelled(
                name, datasets.FashionMNIST.classes, read_packed(packed, "train"), read_packed(packed, "t10k")
            )
    if is_offline():
        raise LabError(_missing(name, f"{OFFLINE} says not to ask the network"))
    _fetch(name, folder)
    return _read(name, folder)


def is_there(name: str) -> bool:
    """Whether a set can be had without a network connection."""
    try:
        _make(name, data_folder(), train=False)
    except (RuntimeError, OSError):
        return _packed(name) is not None
    return True


def _packed(name: str) -> Path | None:
    return packed_folder() if name == "fashion-mnist" else None


def _read(name: str, folder: Path) -> LabelledSet:
    train, test = _make(name, folder, train=True), _make(name, folder, train=False)
    return _labelled(name, train.classes, _arrays(train), _arrays(test))


def _labelled(
    name: str,
    classes: Sequence[str],
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
) -> LabelledSet:
    return LabelledSet(title=KNOWN_SETS[name].title, classes=tuple(classes), train=train, test=test)


def _make(name: str, folder: Path, *, train: bool, download: bool = False) -> Any:
    return _MAKE[name](str(folder), train=train, download=download)


def _arrays(part: Any) -> tuple[np.ndarray, np.ndarray]:
    pixels = np.asarray(part.data)
    return pixels if pixels.ndim == 4 else pixels[..., None], np.asarray(part.targets, dtype=np.int64)


def _fetch(name: str, folder: Path) -> None:
    """Download beside its place, and move it there when it is whole and checked."""
    try:
        # torchvision waits for ever where nobody answers
        urllib.request.urlopen(_ADDRESSES[name], timeout=_TIMEOUT_SECONDS).close()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="partial-", dir=folder) as part:
            _make(name, Path(part), train=True, download=True)
            for entry in Path(part).iterdir():
                if entry.is_dir() and not (folder / entry.name).exists():
                    entry.rename(folder / entry.name)
    except (OSError, HTTPException, RuntimeError, tarfile.TarError) as error:
        raise LabError(_missing(name, "it could not be fetched")) from error


def _missing(name: str, reason: str) -> str:
    return (
        f"{KNOWN_SETS[name].title} is not on this machine and {reason}: put torchvision's files into the folder of "
        f"{VARIABLE}, or choose the digits, which are always there."
    )
