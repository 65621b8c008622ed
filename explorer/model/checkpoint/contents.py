"""What is in a file of weights: everything by its place, and the sets of tensors that may be a network's."""

from __future__ import annotations

import hashlib
import io
import mmap
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from torch import Tensor

from explorer.architecture.values import shortened
from explorer.errors import WeightsError
from explorer.model.checkpoint.classes import class_lists
from explorer.model.checkpoint.entry import Entry
from explorer.model.checkpoint.file import MAX_TENSORS, SAVE, damaged, read_file, too_many
from explorer.model.checkpoint.groups import StoredGroup, find_groups
from explorer.model.checkpoint.hints import json_or_text, plain_values
from explorer.model.checkpoint.pickles import PickleError
from explorer.model.checkpoint.tensors import Loader
from explorer.model.checkpoint.tree import MAX_ENTRIES, MAX_THINGS, entries, strangers, walk

__all__ = ["Contents", "Entry", "TensorGroup", "read_contents"]

_LONGEST_NAME = 60


@dataclass(frozen=True, eq=False, kw_only=True)
class TensorGroup:
    """A set of named tensors that may be a network's weights.

    Attributes:
        where: the keys that lead to it, with dots between them; empty for the file itself.
        tensors: by their names in the file: dense, on the CPU, float32, counters int64; those that share their numbers
            are one tensor.
        averaged: whether it stands where averages of weights are kept (``ema``, ``swa``).
        modules: of a pickled model: class and numbers (``stride``, ``eps``, …) of each module by its name.
        notes: one sentence for each thing that was converted on the way.
    """

    where: str
    tensors: Mapping[str, Tensor]
    averaged: bool = False
    modules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Contents:
    """A file, read without running anything that it holds.

    Attributes:
        name: of the file, without its folder; any text at all.
        sha256: of its bytes, in hexadecimal.
        byte_count: how many there are.
        format: what wrote it, in words.
        entries: everything in it, each after the one that holds it.
        groups: sets of tensors, the likeliest first and averages last.
        classes: lists of class names, the likeliest first.
        hints: what the file says of itself: plain values by their place, joined by dots.
        metadata: of a safetensors file, word for word.
        notes: one sentence for each thing that a reader should know.
    """

    name: str
    sha256: str
    byte_count: int
    format: str
    entries: tuple[Entry, ...]
    groups: tuple[TensorGroup, ...]
    classes: tuple[tuple[str, ...], ...] = ()
    hints: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def class_names(self, count: int) -> tuple[str, ...] | None:
        """The class names of a classifier with so many outputs; None where the file has none."""
        return next((names for names in self.classes if len(names) == count), None)

    def left_out(self, count: int) -> tuple[str, ...]:
        """A sentence where the file names classes, and not so many."""
        if not self.classes or self.class_names(count) is not None:
            return ()
        named = len(self.classes[0])
        outputs = "1 output" if count == 1 else f"{count:,} outputs"
        return (f"The file names {named:,} classes and the network has {outputs}: the names were left out.",)


def read_contents(data: bytes | Path, name: str | None = None) -> Contents:
    """Read a file of weights; nothing that it holds is run, and its bytes are not kept.

    Args:
        data: all bytes of the file, or where it is.
        name: of the file, for the sentences; that of the path where there is one.

    Returns:
        What is in it; one group of tensors at least.

    Raises:
        WeightsError: when it cannot be opened, is no checkpoint, damaged, or holds no weights.
    """
    if isinstance(data, bytes):
        return _read(memoryview(data), io.BytesIO(data), _shown(name or "the file"))
    shown = _shown(name or data.name)
    try:
        with data.open("rb") as stream:
            size = data.stat().st_size
            # read where it is: a file of half a gigabyte is then in memory once, as tensors
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
            return _read(memoryview(mapped), stream, shown)
    except OSError as error:
        raise WeightsError(f"{shown} cannot be opened: {error.strerror or error}.") from error


def _read(data: memoryview, stream: BinaryIO, name: str) -> Contents:
    file = read_file(data, stream, name)
    try:
        found = find_groups(file.content)
    except PickleError as error:
        raise damaged(name) from error
    things = tuple(islice(walk(file.content), MAX_THINGS))
    said = (*walk({key: json_or_text(text) for key, text in file.metadata.items()}), *things)
    objects = strangers(things)
    strange = ", ".join(objects[:3]) + (", …" if objects[3:] else "")
    if not found:
        instead = f", only other things ({strange}), of which nothing was made or run" if strange else ""
        raise WeightsError(f"{name} holds no weights with names{instead}: {SAVE}.")
    if sum(len(group.tensors) for group in found) > MAX_TENSORS:
        raise too_many(name)
    groups, refused = _usable(found, Loader(name, file_bytes=len(data), big_endian=file.big_endian))
    notes = [*refused]
    if strange:
        notes.append(f"It holds more than tensors and plain values ({strange}), of which nothing was made or run.")
    if len(things) > MAX_ENTRIES:
        notes.append(f"Only its first {MAX_ENTRIES:,} entries are listed.")
    return Contents(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        byte_count=len(data),
        format=file.format,
        entries=entries(things[1 : MAX_ENTRIES + 1]),
        groups=groups,
        classes=class_lists(said),
        hints=plain_values(said),
        metadata=file.metadata,
        notes=tuple(notes),
    )


def _usable(found: tuple[StoredGroup, ...], loader: Loader) -> tuple[tuple[TensorGroup, ...], tuple[str, ...]]:
    """The groups as tensors, and why some are not among them.

    Raises:
        WeightsError: of the likeliest one, when none is left.
    """
    groups, errors = [], []
    for stored in found:
        try:
            tensors, notes = loader.usable(stored)
        except WeightsError as error:
            errors.append(error)
            continue
        where = ".".join(stored.place)
        groups.append(
            TensorGroup(where=where, tensors=tensors, averaged=stored.averaged, modules=stored.modules, notes=notes)
        )
    if not groups:
        raise errors[0]
    return tuple(groups), tuple(dict.fromkeys(map(str, errors)))


def _shown(name: str) -> str:
    """A file's name without its folders, in one line and not too long."""
    line = "".join(sign if sign.isprintable() else "?" for sign in re.split(r"[/\\]", name)[-1])
    return shortened(line, _LONGEST_NAME, tail=16)
