"""What stands for the things in a file: tensors without memory, objects without their class."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import accumulate
from operator import mul
from typing import Any


@dataclass(frozen=True)
class Named:
    """A class or function that a pickle names; it is not looked up.

    Attributes:
        name: with its module, such as ``collections.OrderedDict``.
    """

    name: str


@dataclass(eq=False)
class Standin:
    """In the place of an object, or of the result of a call: what would have been handed to it.

    Attributes:
        name: of the class or function, with its module.
        args: of the call.
        state: what the object would have been filled with.
        items: what would have been appended, of a list of its own class.
        entries: what would have been put in by key, of a dict of its own class.
        meaning: what it is found to be, once its state is there; see ``rebuilt.plain``.
    """

    name: str
    args: tuple[Any, ...] = ()
    state: Any = None
    items: list[Any] = field(default_factory=list)
    entries: dict[Any, Any] = field(default_factory=dict)
    meaning: Any = None

    @property
    def attributes(self) -> dict[Any, Any]:
        """Its state by name, as far as it has names; ``__slots__`` come second in a pair."""
        parts = self.state if isinstance(self.state, tuple) and len(self.state) == 2 else (self.state,)
        return {key: value for part in parts if isinstance(part, dict) for key, value in part.items()}


@dataclass(eq=False)
class Storage:
    """A piece of a file that tensors lie in.

    Attributes:
        dtype: in which its type counts its elements, such as "float32"; "uint8" where it counts bytes.
        data: its bytes, little-endian; None until they are found.
    """

    dtype: str
    data: memoryview | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredTensor:
    """Where a tensor's numbers are; nothing of it is in memory.

    Attributes:
        storage: the piece of the file.
        dtype: such as "float32".
        shape: its sizes.
        stride: steps in elements.
        offset: of its first element, in elements.
        sole: whether no other tensor lies in its storage.
        unusual: what it is where it is no dense tensor of plain numbers, such as "a sparse tensor"; without storage.
    """

    storage: Storage | None
    dtype: str
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int = 0
    sole: bool = False
    unusual: str = ""

    @classmethod
    def dense(cls, storage: Storage, shape: tuple[int, ...]) -> StoredTensor:
        """A tensor that fills a storage, the last axis first."""
        steps = tuple(accumulate((1, *shape[:0:-1]), mul))[: len(shape)]
        return cls(storage=storage, dtype=storage.dtype, shape=shape, stride=steps[::-1])

    @property
    def numel(self) -> int:
        """How many elements it has."""
        return math.prod(self.shape)

    @property
    def span(self) -> tuple[int, int]:
        """First and last element of the storage that belong to it, the last one excluded."""
        reach = sum((size - 1) * step for size, step in zip(self.shape, self.stride, strict=True))
        return (self.offset, self.offset + reach + 1) if self.numel else (self.offset, self.offset)

    @property
    def key(self) -> tuple[Any, ...]:
        """The same of two tensors that are one."""
        return id(self.storage or self), self.dtype, self.shape, self.stride, self.offset
