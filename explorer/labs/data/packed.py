"""Fashion-MNIST as Debian's package dataset-fashion-mnist brings it: four gzip files in a folder of the system."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from pathlib import Path

import numpy as np

from explorer.errors import LabError

_FOLDER = Path("datasets", "fashion-mnist")
_USUAL = "/usr/local/share:/usr/share"
_HEADERS = {"images-idx3": 16, "labels-idx1": 8}
_SIDE = 28


def packed_folder() -> Path | None:
    """Where the four files lie: below ``share`` of this Python or of the system; None where they are not all there."""
    shares = [Path(sys.prefix, "share"), *map(Path, (os.environ.get("XDG_DATA_DIRS") or _USUAL).split(":"))]
    shares += [Path(usual) for usual in _USUAL.split(":")]
    folders = (share / _FOLDER for share in shares)
    return next((folder for folder in folders if all(file.is_file() for file in _files(folder))), None)


def read_packed(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Pixels ``(N, 28, 28, 1)`` uint8 and labels ``(N,)`` int64.

    Args:
        folder: from ``packed_folder``.
        part: "train" or "t10k".

    Raises:
        LabError: when the files are damaged.
    """
    found = {}
    for file in _files(folder, part):
        kind = file.name.removeprefix(f"{part}-").removesuffix("-ubyte.gz")
        try:
            found[kind] = np.frombuffer(gzip.decompress(file.read_bytes()), np.uint8, offset=_HEADERS[kind])
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise LabError(f"{file} cannot be read: install dataset-fashion-mnist anew, or take it away.") from error
    images, labels = found.values()
    if len(images) != len(labels) * _SIDE**2:
        raise LabError(f"The files in {folder} do not belong together: install dataset-fashion-mnist anew.")
    return images.reshape(-1, _SIDE, _SIDE, 1), labels.astype(np.int64)


def _files(folder: Path, *parts: str) -> list[Path]:
    return [folder / f"{part}-{kind}-ubyte.gz" for part in parts or ("train", "t10k") for kind in _HEADERS]
