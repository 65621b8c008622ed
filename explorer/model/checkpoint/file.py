"""Bytes of a checkpoint -> what is in it, without running anything that the file holds.

Understood are what ``torch.save`` writes (the zip form and the one before torch 1.6), TorchScript's archives, plain
pickles and safetensors. Tensors stay where they are in the file: each is noted as a place in it.
"""

from __future__ import annotations

import io
import json
import pickle
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from explorer.errors import WeightsError
from explorer.model.checkpoint.lookalikes import TAKEN, archive_lookalike, lookalike
from explorer.model.checkpoint.pickles import PickleError, read_pickle
from explorer.model.checkpoint.rebuilt import CALLS, storage_type
from explorer.model.checkpoint.standins import Storage, StoredTensor

SAVE = "save the weights alone with torch.save(model.state_dict(), path)"
# torch/serialization.py
_MAGIC = 0x1950A86A20F9469CFC6C
_LOAD_STORAGE = "torch.storage._load_from_bytes"
# What a pickle of protocol 0 or 1 begins with: a mark, a name, an empty dict.
_OLD_PICKLES = (b"(", b"c", b"}")
_LARGEST_HEADER = 16_000_000
MAX_TENSORS = 50_000
"""Many times what the deepest network has that can be described here, and read in seconds."""
_SAFE_TYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "BOOL": "bool",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "F8_E8M0": "float8_e8m0fnu",
    "C64": "complex64",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class FileContent:
    """What a file holds, with its tensors still in it.

    Attributes:
        content: plain values, lists, dicts, stand-ins and stored tensors.
        format: what wrote it, in words.
        metadata: of a safetensors file, by key.
        big_endian: whether its tensors have the most significant byte first.
    """

    content: Any
    format: str
    metadata: Mapping[str, str]
    big_endian: bool = False


def read_file(data: memoryview, stream: BinaryIO, name: str) -> FileContent:
    """What a checkpoint file holds.

    Args:
        data: all bytes of the file.
        stream: the same bytes, at their beginning.
        name: of the file, as the sentences give it.

    Raises:
        WeightsError: when it is no checkpoint, or damaged.
    """
    if not data:
        raise WeightsError(f"{name} is empty: choose {TAKEN}.")
    head = bytes(data[:512])
    if head.startswith(b"PK\x03\x04"):
        return _archive(data, stream, name)
    # before all others: the length of its header may begin with any byte
    if _is_safetensors(data):
        return _safe_tensors(data, name)
    other = lookalike(head, bytes(data[-8:]))
    if other is not None and head[0] != pickle.PROTO[0]:
        raise WeightsError(f"{name} is {': '.join(other)}.")
    if head[0] == pickle.PROTO[0] or head.startswith(_OLD_PICKLES):
        try:
            return _pickles(data, stream)
        except PickleError as error:
            if head[0] == pickle.PROTO[0]:
                raise damaged(name) from error
    raise WeightsError(f"{name} is no checkpoint that can be read here, or it is damaged: choose {TAKEN}.")


def damaged(name: str) -> WeightsError:
    """The sentence for a file that is not what it says."""
    return WeightsError(f"{name} is cut off, damaged or no checkpoint at all: copy it again, or {SAVE}.")


def too_many(name: str) -> WeightsError:
    """The sentence for a file of more tensors than any network has."""
    return WeightsError(
        f"{name} names more than the {MAX_TENSORS:,} tensors that are allowed: save the weights of one network alone."
    )


def _is_safetensors(data: memoryview) -> bool:
    """Eight bytes with the header's length, then JSON: https://github.com/huggingface/safetensors#format."""
    return len(data) > 9 and struct.unpack("<Q", data[:8])[0] <= len(data) - 8 and bytes(data[8:9]) == b"{"


def _safe_tensors(data: memoryview, name: str) -> FileContent:
    (length,) = struct.unpack("<Q", data[:8])
    if length > _LARGEST_HEADER:
        raise too_many(name)
    numbers = data[8 + length :]
    try:
        header = json.loads(bytes(data[8 : 8 + length]))
        if len(header) > MAX_TENSORS:
            raise too_many(name)
        metadata = header.pop("__metadata__", None) or {}
        said = {str(key): str(value) for key, value in metadata.items()}
        tensors = {key: _safe_tensor(entry, numbers) for key, entry in header.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsError(f"{name} is a safetensors file that is cut off or damaged: copy it again.") from error
    return FileContent(content=tensors, format="safetensors", metadata=said)


def _safe_tensor(entry: Any, numbers: memoryview) -> StoredTensor:
    begin, end = entry["data_offsets"]
    if not 0 <= begin <= end <= len(numbers):
        raise ValueError("numbers that are not in the file")
    dtype = _SAFE_TYPES.get(entry["dtype"], entry["dtype"].casefold())
    tensor = StoredTensor.dense(Storage(dtype, numbers[begin:end]), tuple(map(int, entry["shape"])))
    if entry["dtype"] in _SAFE_TYPES and tensor.numel * item_size(dtype) != end - begin:
        raise ValueError("a shape that does not fit its numbers")
    return tensor


def _archive(data: memoryview, stream: BinaryIO, name: str) -> FileContent:
    """A zip archive of ``torch.save`` or of TorchScript: a pickle, and a member for each storage."""
    try:
        with zipfile.ZipFile(stream) as archive:
            members = {member.filename: member for member in archive.infolist()}
            pickles = [member for member in members if member == "data.pkl" or member.endswith("/data.pkl")]
            if not pickles:
                raise WeightsError(f"{name} is {': '.join(archive_lookalike(list(members)))}.")
            main = min(pickles, key=len)
            folder = main.removesuffix("data.pkl")
            needed = [member for key, member in members.items() if key == main or key.startswith(f"{folder}data/")]
            if sum(member.file_size for member in needed) > 2 * len(data):
                raise WeightsError(f"{name} is packed in a way that torch.save does not use: {SAVE}.")

            def bytes_of(member: str) -> memoryview:
                return _member(members[member], archive, data)

            content = read_pickle(
                io.BytesIO(bytes_of(main)),
                {**CALLS, _LOAD_STORAGE: _storage_in_bytes},
                _Storages(lambda key: bytes_of(f"{folder}data/{key}")),
            )
            order = bytes(bytes_of(f"{folder}byteorder")) if f"{folder}byteorder" in members else b"little"
    except (
        PickleError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        LookupError,
        ValueError,
        struct.error,
    ) as error:
        raise damaged(name) from error
    scripted = f"{folder}constants.pkl" in members
    return FileContent(
        content=content,
        format="TorchScript" if scripted else "torch.save",
        metadata={},
        big_endian=order == b"big",
    )


def _member(member: zipfile.ZipInfo, archive: zipfile.ZipFile, data: memoryview) -> memoryview:
    """The bytes of a member; where they are stored as they are, those of the file itself."""
    if member.compress_type != zipfile.ZIP_STORED:
        return memoryview(archive.read(member))
    # the local header: 30 bytes, of which the last four are the lengths of the name and of what follows it
    name, extra = struct.unpack("<HH", data[member.header_offset + 26 : member.header_offset + 30])
    begin = member.header_offset + 30 + name + extra
    if begin + member.file_size > len(data):
        raise ValueError("a member that goes on behind the file")
    return data[begin : begin + member.file_size]


class _Storages:
    """Persistent ids of ``torch.save``: ``("storage", type, key, device, count)``; each key is one storage."""

    def __init__(self, find: Callable[[str], memoryview | None]) -> None:
        self.find = find
        self.by_key: dict[str, Storage] = {}
        self.views: list[tuple[Storage, Storage, int]] = []

    def __call__(self, identity: Any) -> Any:
        if not isinstance(identity, tuple) or len(identity) < 3:
            raise PickleError("a persistent id of no storage")
        if identity[0] == "module":  # a class with its source code, in files before torch 1.6
            return identity[1]
        if identity[0] != "storage" or not isinstance(identity[2], str | int):
            raise PickleError("a persistent id of no storage")
        key = str(identity[2])
        if key not in self.by_key:
            self.by_key[key] = Storage(storage_type(identity[1]), self.find(key))
        whole = self.by_key[key]
        view = identity[5] if len(identity) > 5 else None
        if view is None:
            return whole
        part = self.by_key.setdefault(f"view {view[0]}", Storage(whole.dtype))
        self.views.append((part, whole, int(view[1])))
        return part


def _pickles(data: memoryview, stream: BinaryIO) -> FileContent:
    """One pickle alone, or a file of torch before 1.6."""
    storages = _Storages(lambda _: None)
    calls = {**CALLS, _LOAD_STORAGE: _storage_in_bytes}
    first = read_pickle(stream, calls, storages)
    if first != _MAGIC:
        return FileContent(content=first, format="a pickle", metadata={})
    content = _legacy(stream, data, storages, calls)
    return FileContent(content=content, format="torch.save before torch 1.6", metadata={})


def _legacy(stream: BinaryIO, data: memoryview, storages: _Storages, calls: Mapping[str, Callable[..., Any]]) -> Any:
    """Behind the magic number: version, system, the object, the storages' keys; then each one's count and bytes."""
    _, _, content, keys = (read_pickle(stream, calls, storages) for _ in range(4))
    begin = stream.tell()
    for key in keys:
        storage = storages.by_key.get(str(key))
        if storage is None or begin + 8 > len(data):
            raise PickleError("a storage that nobody named, or that is not there")
        (count,) = struct.unpack("<q", data[begin : begin + 8])
        begin, end = begin + 8, begin + 8 + count * item_size(storage.dtype)
        if not begin <= end <= len(data):
            raise PickleError("a storage that goes on behind the file")
        storage.data = data[begin:end]
        begin = end
    for part, whole, offset in storages.views:
        part.data = None if whole.data is None else whole.data[offset * item_size(whole.dtype) :]
    return content


def _storage_in_bytes(data: Any) -> Any:
    """A storage that ``pickle.dump`` has put into a pickle as a small file of torch before 1.6."""
    if not isinstance(data, bytes) or not data:
        raise PickleError("a storage that is none")
    stream = io.BytesIO(data)
    storages = _Storages(lambda _: None)
    if read_pickle(stream, CALLS, storages) != _MAGIC:
        raise PickleError("a storage that is none")
    return _legacy(stream, memoryview(data), storages, CALLS)


def item_size(dtype: str) -> int:
    """Bytes of one element of a type, by the number of bits in its name."""
    bits = re.search(r"\d+", dtype)
    return max(int(bits[0] if bits else 8) // 8, 1)
