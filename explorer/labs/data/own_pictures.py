"""Pictures that somebody has as arrays, made the zip of a folder per class that runs learn from."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
from PIL import Image
from torch import Tensor

from explorer.errors import LabError
from explorer.labs.data.data import ZIP_SIZE, preprocess_of
from explorer.labs.data.sets import ZIP
from explorer.labs.data.zips import MAX_ENTRIES, keep_zip, read_zip

Part = Literal["train", "test"]
Pairs = Iterable[tuple[Any, Any]]
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same pictures make the same zip


def keep_pictures(train: Pairs, test: Pairs | None = None, *, classes: Sequence[str] | None = None) -> str:
    """Keep pictures with their labels, as the pages keep a zip of them.

    Args:
        train: pairs of a picture and its label, as a ``torch.utils.data.Dataset`` gives them. A picture is a PIL one,
            or an array or tensor, ``(H, W)``, ``(H, W, C)`` or ``(C, H, W)``, of uint8 or of numbers from 0 to 1, which
            are rounded to eight bits. A label is a number, or the name of its class.
        test: those to test with; None holds out a quarter of every class.
        classes: names of the numbers; the numbers themselves where it is None.

    Returns:
        Their name for a run's ``data``.

    Raises:
        LabError: what is no picture or label, too many, or too few of a class.
    """
    parts: list[tuple[Part, Pairs]] = [("train", train), *([] if test is None else [("test", test)])]  # type: ignore[list-item]
    written, count = io.BytesIO(), 0
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for part, pairs in parts:
            for picture, label in _pairs(pairs):
                count += 1
                if count > MAX_ENTRIES:
                    raise LabError(f"There are more than {MAX_ENTRIES:,} pictures: take fewer.")
                folder = f"{part}/{_class(label, classes)}" if test is not None else _class(label, classes)
                archive.writestr(zipfile.ZipInfo(f"{folder}/{count:06}.png", _WHEN), _png(picture))
    data = written.getvalue()
    read_zip(data, size=ZIP_SIZE, in_channels=3, preprocess=preprocess_of(ZIP))  # refuses what runs could not learn
    return keep_zip(data)


def _pairs(pairs: Pairs) -> Iterable[tuple[Any, Any]]:
    # a Dataset of torch's has a length and places, and need not end by itself when it is gone through
    given: Any = pairs
    places = (given[place] for place in range(len(given))) if hasattr(given, "__getitem__") else given
    for pair in places:
        if not (isinstance(pair, tuple | list) and len(pair) == 2):
            raise LabError(f"The data are pairs of a picture and its label; there is {type(pair).__name__} in them.")
        yield pair[0], pair[1]


def _class(label: Any, classes: Sequence[str] | None) -> str:
    if isinstance(label, str):
        name = label
    else:
        try:
            number = int(label)
        except (TypeError, ValueError):
            raise LabError(f"A label is a number or a name, not {type(label).__name__}.") from None
        if classes is not None and not 0 <= number < len(classes):
            raise LabError(f"There is a label {number:,} and {len(classes):,} classes, counted from 0.")
        name = f"{number:04}" if classes is None else classes[number]
    plain = " ".join(name.replace("/", " ").replace("\\", " ").split()).strip(".")
    if not plain:
        raise LabError("A class has no name: give every label a number or a few letters.")
    return plain


def _png(picture: Any) -> bytes:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(_pixels(picture))
    file = io.BytesIO()
    (image if image.mode in ("L", "RGB") else image.convert("RGB")).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _pixels(picture: Any) -> np.ndarray:
    values = picture.detach().cpu().numpy() if isinstance(picture, Tensor) else np.asarray(picture)
    if values.ndim == 3 and values.shape[0] in (1, 3) and values.shape[-1] not in (1, 3):
        values = values.transpose(1, 2, 0)
    if values.ndim == 3 and values.shape[-1] == 1:
        values = values[..., 0]
    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[-1] != 3) or not values.size:
        raise LabError(f"A picture of the shape {values.shape} is none: give (H, W), (H, W, 3) or (3, H, W).")
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    if (
        not np.issubdtype(values.dtype, np.floating)
        or not np.isfinite(values).all()
        or values.min() < 0
        or values.max() > 1
    ):
        raise LabError(
            "A picture has whole numbers from 0 to 255 as uint8, or numbers from 0 to 1: undo a normalisation."
        )
    return np.ascontiguousarray(np.rint(values * 255).astype(np.uint8))
