"""One thing in a file of weights."""

from __future__ import annotations

from dataclasses import dataclass

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
