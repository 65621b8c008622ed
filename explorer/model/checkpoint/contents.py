"""What is in a file of weights: everything by its place, and the sets of tensors that may be a network's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from explorer.model.checkpoint.file import read_file
from explorer.model.checkpoint.names import class_names, find_tensors
from explorer.model.checkpoint.tensors import usable

Place = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing in a file.

    Attributes:
        path: the keys that lead to it, as they stand in the file: any text at all.
        kind: "tensor", "dict", "list", "number", "text", or what else it is in words.
        value: of a number or a short text, as text; else empty.
        shape: of a tensor.
        dtype: of a tensor, such as "float32".
        bytes: that its numbers take in the file; 0 where another entry has them already.
        shared_with: the entry that has them.
    """

    path: Place
    kind: str
    value: str = ""
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    bytes: int = 0
    shared_with: Place | None = None


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
    notes: tuple[str, ...] = ()

    def class_names(self, count: int) -> tuple[str, ...] | None:
        """The class names of a classifier with so many outputs; None where the file has none."""
        return next((names for names in self.classes if len(names) == count), None)


def read_contents(data: bytes | Path, name: str | None = None) -> Contents:
    """Read a file of weights; nothing that it holds is run, and its bytes are not kept.

    Args:
        data: all bytes of the file, or where it is.
        name: of the file, for the sentences; that of the path where there is one.

    Returns:
        What is in it; one group of tensors at least.

    Raises:
        WeightsError: when it is no checkpoint, damaged, or holds no weights.
    """
    if isinstance(data, Path):
        name = name or data.name
        data = data.read_bytes()
    name = name or "the file"
    content, metadata = read_file(data, name)
    found, where = find_tensors(content, name)
    entries = tuple(
        Entry(
            path=(*where.split("."), key) if where else (key,),
            kind="tensor",
            shape=tuple(tensor.shape),
            dtype=str(tensor.dtype).removeprefix("torch."),
            bytes=tensor.numel() * tensor.element_size(),
        )
        for key, tensor in found.items()
    )
    tensors, notes = usable(found, name, file_bytes=len(data))
    counts = {tensor.shape[0] for tensor in tensors.values() if tensor.ndim == 2}
    classes = [class_names(content, metadata, count=count) for count in counts]
    return Contents(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        byte_count=len(data),
        format="torch.save" if not metadata else "safetensors",
        entries=entries,
        groups=(TensorGroup(where=where, tensors=tensors, notes=notes),),
        classes=tuple(filter(None, classes)),
    )
