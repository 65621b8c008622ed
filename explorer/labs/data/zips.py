"""A zip of one's own pictures, a folder per class: checked as something a stranger sent, kept under its SHA-256."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from explorer.errors import ImageError, LabError
from explorer.labs.data.folders import data_folder
from explorer.labs.data.sets import ZIP
from explorer.model.images import MAX_BYTES, Preprocess, decode, prepare

MAX_ZIP_BYTES = 200 * 2**20
MAX_ENTRIES = 20_000
MAX_UNPACKED_BYTES = 2**30
MAX_RATIO = 200
"""How far a file may shrink in the zip; photographs hardly do, a bomb does a thousandfold."""
MAX_CLASSES = 1_000
MIN_PICTURES = 4
"""Of one class, so that a quarter of them is at least one."""
MAX_PIXEL_BYTES = 2**30
"""Of all pictures together, as they are kept."""
MAX_DECODED_PIXELS = 4 * 10**9
"""Of all pictures together, as they are sent: a minute or two of decoding."""
MAX_KEPT = 20

_MADE_BY_SYSTEMS = ("Thumbs.db", "desktop.ini")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, eq=False, kw_only=True)
class ZippedPictures:
    """What a zip holds.

    Attributes:
        classes: names of the folders, sorted.
        pixels: ``(N, H, W, C)``, uint8.
        labels: ``(N,)``, int64.
        notes: one sentence for each kind of thing that was left out.
    """

    classes: tuple[str, ...]
    pixels: np.ndarray
    labels: np.ndarray
    notes: tuple[str, ...]


def read_zip(data: bytes, *, size: tuple[int, int], in_channels: int, preprocess: Preprocess) -> ZippedPictures:
    """Decode the pictures of a zip; the class of each is the name of the folder that it lies in.

    Args:
        data: all bytes of the zip.
        size: (H, W) that every picture is brought to.
        in_channels: 1 or 3.
        preprocess: whose resizing and cropping is done; its mean and std are left to the caller.

    Returns:
        The pictures in the order of their names.

    Raises:
        LabError: the zip is none, is dangerous, or has not two classes of a few pictures each.
    """
    archive = _open(data)
    with archive:
        members, strays = _members(archive)
        classes = tuple(sorted({_folder(member) for member in members}))
        _check_classes(classes)
        if len(members) * size[0] * size[1] * in_channels > MAX_PIXEL_BYTES:
            raise LabError(
                f"The zip has {len(members):,} pictures, more than fit into memory at {size[0]}×{size[1]}: "
                "take fewer, or a smaller size."
            )
        pixels, labels, unreadable = [], [], []
        decoded = 0
        for member in members:
            try:
                picture = decode(_bytes_of(archive, member))
            except ImageError:
                unreadable.append(member.filename)
                continue
            decoded += picture.width * picture.height
            if decoded > MAX_DECODED_PIXELS:
                raise LabError("The pictures in the zip have too many pixels together: make them smaller.")
            seen = prepare(picture, size=size, in_channels=in_channels, preprocess=preprocess).seen
            pixels.append(np.asarray(seen, dtype=np.uint8).reshape(*size, in_channels))
            labels.append(classes.index(_folder(member)))
    _check_counts(classes, Counter(labels), unreadable)
    notes = [*_left_out(strays, "lying in no folder"), *_left_out(unreadable, "being no picture that can be read")]
    return ZippedPictures(classes=classes, pixels=np.stack(pixels), labels=np.array(labels), notes=tuple(notes))


def keep_zip(data: bytes) -> str:
    """Keep a zip for the runs that will learn from it; of many the newest are kept.

    Args:
        data: all bytes of the zip, which ``read_zip`` has taken.

    Returns:
        Its name for a run's config.

    Raises:
        LabError: it cannot be stored.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    part = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
        kept = sorted(path.parent.glob("*.zip"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[MAX_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise LabError(
            f"The zip could not be stored ({error.strerror or 'disk error'}): make room and try again."
        ) from error
    return f"{ZIP}{digest}"


def kept_zip(name: str) -> bytes:
    """The bytes of a zip that was kept.

    Args:
        name: from ``keep_zip``.

    Raises:
        LabError: it is no longer here, or not what was kept.
    """
    digest = name.removeprefix(ZIP)
    try:
        data = _path(digest).read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != digest:
        raise LabError("The zip that this run learns from is no longer here: upload it again.")
    return data


def _path(digest: str) -> Path:
    return data_folder() / "zips" / f"{digest}.zip"


def _open(data: bytes) -> zipfile.ZipFile:
    if not data:
        raise LabError("The zip is empty: choose one with a folder of pictures per class.")
    if len(data) > MAX_ZIP_BYTES:
        raise LabError(
            f"The zip has {len(data) / 2**20:,.0f} MB and {MAX_ZIP_BYTES // 2**20} MB are allowed: take fewer or "
            "smaller pictures."
        )
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _UNREADABLE:
        raise LabError("The file is no zip, or it is damaged: pack the folders again.") from None


def _members(archive: zipfile.ZipFile) -> tuple[list[zipfile.ZipInfo], list[str]]:
    """The files that lie in a folder, by name, and the names of those that lie in none; checked before one is read."""
    files = [info for info in archive.infolist() if not info.is_dir()]
    if not files:
        raise LabError("There is nothing in the zip: it needs a folder of pictures per class.")
    if len(files) > MAX_ENTRIES:
        raise LabError(f"The zip has {len(files):,} files and {MAX_ENTRIES:,} are allowed: take fewer pictures.")
    for info in files:
        _check_member(info)
    unpacked = sum(info.file_size for info in files)
    if unpacked > MAX_UNPACKED_BYTES:
        raise LabError(
            f"The zip unpacks to {unpacked / 2**20:,.0f} MB and {MAX_UNPACKED_BYTES // 2**20:,} MB are allowed: take "
            "fewer or smaller pictures."
        )
    pictures = [info for info in files if not _is_made_by_a_system(info)]
    members = sorted((info for info in pictures if _folder(info)), key=lambda info: info.filename)
    return members, [info.filename for info in pictures if not _folder(info)]


def _check_member(info: zipfile.ZipInfo) -> None:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and path.parts[0].endswith(":")):
        raise LabError(
            f"The zip has a file whose name climbs out of its folder ({_short(info)}): pack the folders again."
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise LabError(f"The zip has a link in place of a file ({_short(info)}): pack the pictures themselves.")
    if info.flag_bits & 0x1:
        raise LabError("The zip is protected by a password: pack it without one.")
    if info.file_size > MAX_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise LabError(
            f"A file in the zip ({_short(info)}) unpacks to {info.file_size / max(info.compress_size, 1):,.0f} times "
            "its size, as no picture does: the zip is not opened."
        )


def _bytes_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A file's bytes, never more than a picture may have, whatever the zip says of its size."""
    if member.file_size > MAX_BYTES:
        raise ImageError("The picture is too large.")
    try:
        with archive.open(member) as file:
            return file.read(MAX_BYTES + 1)
    except _UNREADABLE as error:
        raise ImageError("The file is damaged in the zip.") from error


def _folder(info: zipfile.ZipInfo) -> str:
    """The folder that a file lies in, empty for none."""
    return PurePosixPath(info.filename.replace("\\", "/")).parent.name


def _is_made_by_a_system(info: zipfile.ZipInfo) -> bool:
    """Whether a computer put it beside the pictures unasked."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    return parts[-1] in _MADE_BY_SYSTEMS or any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _check_classes(classes: tuple[str, ...]) -> None:
    if not classes:
        raise LabError("The zip has no folders: put the pictures of each class into a folder of its name.")
    if len(classes) == 1:
        raise LabError(f"The zip has one class only ({classes[0][:40]}): a network learns to tell two or more apart.")
    if len(classes) > MAX_CLASSES:
        raise LabError(f"The zip has {len(classes):,} folders and {MAX_CLASSES:,} classes are allowed.")


def _check_counts(classes: tuple[str, ...], counts: Counter[int], unreadable: list[str]) -> None:
    if not counts:
        raise LabError("The zip has no pictures that can be read: put PNG or JPEG files into its folders.")
    few = [name for label, name in enumerate(classes) if counts[label] < MIN_PICTURES]
    if few:
        left_out = f" ({len(unreadable):,} files could not be read)" if unreadable else ""
        number = counts[classes.index(few[0])]
        raise LabError(
            f"The folder {few[0][:40]} has {number} picture{'' if number == 1 else 's'}{left_out}: every class needs "
            f"at least {MIN_PICTURES}."
        )


def _left_out(names: list[str], why: str) -> list[str]:
    if not names:
        return []
    count = "1 file was" if len(names) == 1 else f"{len(names):,} files were"
    return [f"{count} left out for {why}, such as {names[0][:60]}."]


def _short(info: zipfile.ZipInfo) -> str:
    return repr(info.filename[:60])
