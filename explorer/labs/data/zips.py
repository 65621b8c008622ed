"""A zip of one's own pictures, a folder per class: checked as something a stranger sent, kept under its SHA-256."""

from __future__ import annotations

import hashlib
import io
import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from PIL import Image

from explorer.errors import ImageError, LabError
from explorer.labs.data.class_folders import ClassFolders, Folders, class_folders
from explorer.labs.data.folders import data_folder
from explorer.labs.data.sets import ZIP
from explorer.model.images import MAX_BYTES, Preprocess, decode, prepare
from explorer.model.samples import split

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

_MADE_BY_SYSTEMS = ("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin")
_PICTURES = (*Image.registered_extensions(), ".heic", ".heif", ".dng", ".cr2", ".nef", ".arw", ".svg")
"""Endings of files that a person means as pictures, whether they can be read here or not."""
_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".7z", ".rar")
_UTF_8 = 0x800
"""The flag of a zip that says how a name is written."""
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, eq=False, kw_only=True)
class ZippedPictures:
    """What a zip holds.

    Attributes:
        classes: names of the classes, sorted.
        pixels: ``(N, H, W, C)``, uint8, in the order of the pictures' names.
        labels: ``(N,)``, int64.
        learned: indices of the pictures to learn from, ascending; the zip's own part, or three quarters of every class.
        tested: indices of all others.
        notes: one sentence for each kind of thing that was left out, and on the parts.
    """

    classes: tuple[str, ...]
    pixels: np.ndarray
    labels: np.ndarray
    learned: np.ndarray
    tested: np.ndarray
    notes: tuple[str, ...]


class _Read(NamedTuple):
    """A picture that was read."""

    path: PurePosixPath
    pixels: np.ndarray
    content: bytes  # a digest of the picture in its own size

    @property
    def folders(self) -> Folders:
        return self.path.parent.parts


def read_zip(data: bytes, *, size: tuple[int, int], in_channels: int, preprocess: Preprocess) -> ZippedPictures:
    """Decode the pictures of a zip; classes and parts are told by the folders, as ``class_folders`` says.

    Args:
        data: all bytes of the zip.
        size: (H, W) that every picture is brought to.
        in_channels: 1 or 3.
        preprocess: whose resizing and cropping is done; its mean and std are left to the caller.

    Raises:
        LabError: the zip is none, is dangerous, or has not two classes of a few pictures each.
    """
    with _open(data) as archive:
        read, unreadable = _read(archive, size, in_channels, preprocess)
    if not read:
        raise LabError(_no_pictures(unreadable))
    meant = [path.parent.parts for path in unreadable if path.suffix.lower() in _PICTURES]
    found = class_folders([*(one.folders for one in read), *meant])
    classes = tuple(sorted({found.class_of(one.folders) or "" for one in read if found.is_learned(one.folders)}))
    _check_classes(found, classes)
    pictures = [one for one in read if found.class_of(one.folders) in classes]
    labels = np.array([classes.index(str(found.class_of(one.folders))) for one in pictures])
    is_learned = np.array([found.is_learned(one.folders) for one in pictures])
    has_parts = not is_learned.all()
    if has_parts:
        learned, tested = np.flatnonzero(is_learned), np.flatnonzero(~is_learned)
    else:
        _check_counts(classes, Counter(labels.tolist()), len(unreadable))
        learned, tested = split(labels)
    strays = [one for one in read if found.class_of(one.folders) is None]
    others = [one for one in read if found.class_of(one.folders) not in (None, *classes)]
    notes = [
        *_left_out([one.path for one in strays], "lying in no class's folder"),
        *_left_out([one.path for one in others], "lying in a folder that the part to learn from does not have"),
        *_left_out(unreadable, "being no picture that can be read"),
        *_empty(found, {found.class_of(one.folders) for one in read}),
        *(_parts(found) if has_parts else ()),
        *_in_both([pictures[index] for index in learned], [pictures[index] for index in tested]),
    ]
    return ZippedPictures(
        classes=classes,
        pixels=np.stack([one.pixels for one in pictures]),
        labels=labels,
        learned=learned,
        tested=tested,
        notes=tuple(notes),
    )


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
        raise LabError("The zip with these pictures is no longer here: upload it again.")
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


def _members(archive: zipfile.ZipFile) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """The files that a person put there, by name; all are checked before one is read."""
    files = [info for info in archive.infolist() if not _written(info).endswith("/")]
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
    named = sorted(((PurePosixPath(_written(info)), info) for info in files), key=lambda one: str(one[0]))
    return [(path, info) for path, info in named if not _is_made_by_a_system(path)]


def _read(
    archive: zipfile.ZipFile, size: tuple[int, int], in_channels: int, preprocess: Preprocess
) -> tuple[list[_Read], list[PurePosixPath]]:
    """All pictures, and the names of the files that are none."""
    read: list[_Read] = []
    unreadable = []
    decoded = 0
    for path, member in _members(archive):
        try:
            picture = decode(_bytes_of(archive, member))
        except ImageError:
            unreadable.append(path)
            continue
        decoded += picture.width * picture.height
        if decoded > MAX_DECODED_PIXELS:
            raise LabError("The pictures in the zip have too many pixels together: make them smaller.")
        if (len(read) + 1) * size[0] * size[1] * in_channels > MAX_PIXEL_BYTES:
            raise LabError(
                f"The zip has more pictures than fit into memory at {size[0]}×{size[1]}: take fewer, or a smaller size."
            )
        seen = prepare(picture, size=size, in_channels=in_channels, preprocess=preprocess).seen
        pixels = np.asarray(seen, dtype=np.uint8).reshape(*size, in_channels)
        # a grey picture is the same however its file says so
        content = hashlib.sha256(f"{picture.size}".encode() + picture.convert("RGB").tobytes()).digest()
        read.append(_Read(path, pixels, content))
    return read, unreadable


def _check_member(info: zipfile.ZipInfo) -> None:
    path = PurePosixPath(_written(info))
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


def _written(info: zipfile.ZipInfo) -> str:
    """A file's name as its author wrote it, with slashes; macOS writes UTF-8 without saying so, and accents apart."""
    name = info.filename
    if not info.flag_bits & _UTF_8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _is_made_by_a_system(path: PurePosixPath) -> bool:
    """Whether a computer put it beside the pictures unasked."""
    return any(part.startswith(".") or part.casefold() in _MADE_BY_SYSTEMS for part in path.parts)


def _no_pictures(unreadable: list[PurePosixPath]) -> str:
    archives = [path for path in unreadable if path.suffix.lower() in _ARCHIVES]
    if archives:
        return (
            f"The zip has archives in place of pictures ({archives[0].name[:40]}): unpack them and zip their folders."
        )
    return "The zip has no pictures that can be read: put PNG or JPEG files into its folders."


def _check_classes(found: ClassFolders, classes: tuple[str, ...]) -> None:
    if not found.classes:
        where = " and ".join(sorted(found.parts)) or "zip"
        has = "have" if len(found.parts) > 1 else "has"
        raise LabError(f"The {where} {has} no folders: put the pictures of each class into a folder of its name.")
    if not classes:
        raise LabError("The zip has no picture to learn from that can be read: put PNG or JPEG files into its folders.")
    if len(classes) == 1:
        raise LabError(f"The zip has one class only ({classes[0][:40]}): a network learns to tell two or more apart.")
    if len(classes) > MAX_CLASSES:
        raise LabError(f"The zip has {len(classes):,} folders and {MAX_CLASSES:,} classes are allowed.")


def _check_counts(classes: tuple[str, ...], counts: Counter[int], unreadable: int) -> None:
    few = [name for label, name in enumerate(classes) if counts[label] < MIN_PICTURES]
    if few:
        left_out = f" ({unreadable:,} of the zip's files could not be read)" if unreadable else ""
        number = counts[classes.index(few[0])]
        raise LabError(
            f"The folder {few[0][:40]} has {number} picture{'' if number == 1 else 's'}{left_out}: every class needs "
            f"at least {MIN_PICTURES}."
        )


def _empty(found: ClassFolders, seen: set[str | None]) -> list[str]:
    empty = [name for name in found.classes if name not in seen]
    if not empty:
        return []
    others = f" and {len(empty) - 1:,} more" if len(empty) > 1 else ""
    return [f"No class was made of the folder {empty[0][:40]}{others}: it has no picture that can be read."]


def _parts(found: ClassFolders) -> list[str]:
    learned, tested = (" and ".join(n for n, p in found.parts.items() if p == part) for part in ("learned", "tested"))
    return [f"The parts are the zip's own: {learned} is learned from, {tested} held out."]


def _in_both(learned: list[_Read], tested: list[_Read]) -> list[str]:
    contents = {one.content for one in learned}
    both = [str(one.path) for one in tested if one.content in contents]
    if not both:
        return []
    count = "1 picture that is held out is" if len(both) == 1 else f"{len(both):,} pictures that are held out are"
    return [f"{count} learned from too, such as {both[0][:60]}: what is said of them says nothing of new pictures."]


def _left_out(paths: list[PurePosixPath], why: str) -> list[str]:
    if not paths:
        return []
    count = "1 file was" if len(paths) == 1 else f"{len(paths):,} files were"
    return [f"{count} left out for {why}, such as {str(paths[0])[:60]}."]


def _short(info: zipfile.ZipInfo) -> str:
    return repr(info.filename[:60])
