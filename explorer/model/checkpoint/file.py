"""Bytes of a checkpoint -> named tensors, without running anything that the file holds.

Understood are what ``torch.save`` writes (the zip form and the one before torch 1.6) and safetensors. A pickle is read
opcode by opcode first: it may name nothing but tensors and plain containers, and only then torch's own restricted
unpickler, ``weights_only=True``, sees it.
"""

from __future__ import annotations

import io
import json
import pickle
import pickletools
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from explorer.errors import WeightsError

FORMATS = ".pth, .pt, .bin or .safetensors"
_MAX_LEGACY_PICKLES = 5
_PROTOCOL = 2
_SAVE = "save the weights alone with torch.save(model.state_dict(), path)"

# What a pickle of tensors names. Shorter than torch's own list: builtins.bytearray, for one, would fill the memory.
_HARMLESS = re.compile(
    r"collections\.(OrderedDict|Counter)"
    r"|torch\._utils\._rebuild_(tensor|tensor_v2|parameter|parameter_with_state)"
    r"|torch\.nn\.parameter\.Parameter"
    r"|torch\._tensor\._rebuild_from_type_v2"
    r"|torch\.(Size|device|Tensor|storage\.(Typed|Untyped)Storage|\w+Storage)"
    r"|torch\.(float|bfloat|complex|int|uint)\d+|torch\.bool"
    r"|torch\.serialization\._get_layout|torch\.strided"
    r"|_codecs\.encode|(builtins|__builtin__)\.(set|complex)"
)

# What people upload instead: how it begins, and what to say.
_LOOKALIKES: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda data: data.startswith(b"version https://git-lfs"), "is a pointer of Git LFS, not the weights themselves"),
    (lambda data: data.startswith(b"\x89HDF"), "is an HDF5 file, as Keras writes it, and no checkpoint of torch"),
    (lambda data: data.startswith(b"GGUF"), "is a GGUF file of a language model and no checkpoint of torch"),
    (lambda data: data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")), "is a picture and no checkpoint"),
    (lambda data: data.lstrip()[:9].lower() in (b"<!doctype", b"<html><he", b"<html>"), "is a web page, no checkpoint"),
)


def read_file(data: bytes, name: str) -> tuple[Mapping[Any, Any], dict[str, str]]:
    """What a checkpoint file holds.

    Args:
        data: all bytes of the file.
        name: of the file, already fit to be shown.

    Returns:
        The object in the file (tensors by name, or containers of them) and the metadata of a safetensors file.

    Raises:
        WeightsError: when it is no checkpoint, is damaged, or names Python objects.
    """
    if not data:
        raise WeightsError(f"{name} is empty: choose a checkpoint ({FORMATS}).")
    for looks_like, sentence in _LOOKALIKES:
        if looks_like(data[:64]):
            raise WeightsError(f"{name} {sentence}: choose a {FORMATS} file.")
    if data[:4] == b"PK\x03\x04":
        _check_archive(data, name)
        return _unpickled(data, name), {}
    # before pickles: the length of its header may begin with the same byte
    if _is_safetensors(data):
        return _safe_tensors(data, name)
    if data[0] == pickle.PROTO[0]:
        _check_pickles(data, name)
        return _unpickled(data, name), {}
    raise WeightsError(f"{name} is no checkpoint that can be read here, or it is damaged: choose a {FORMATS} file.")


def _is_safetensors(data: bytes) -> bool:
    """Eight bytes with the header's length, then JSON: https://github.com/huggingface/safetensors#format."""
    return len(data) > 9 and struct.unpack("<Q", data[:8])[0] <= len(data) - 8 and data[8:9] == b"{"


def _safe_tensors(data: bytes, name: str) -> tuple[Mapping[Any, Any], dict[str, str]]:
    try:
        tensors = safetensors.torch.load(data)
    # A tensor of a dtype that torch does not know ends as KeyError, a header that is no JSON as SafetensorError.
    except (SafetensorError, KeyError, ValueError, RuntimeError, TypeError) as error:
        raise WeightsError(f"{name} is a safetensors file that is cut off or damaged: copy it again.") from error
    (length,) = struct.unpack("<Q", data[:8])
    metadata = json.loads(data[8 : 8 + length]).get("__metadata__") or {}
    return tensors, {str(key): str(value) for key, value in metadata.items()}


def _check_archive(data: bytes, name: str) -> None:
    """A zip archive: of ``torch.save``, and nothing in it that grows when it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            if any(member.endswith("constants.pkl") for member in names):
                raise WeightsError(f"{name} is a TorchScript program, which holds code: {_SAVE}.")
            pickles = [member for member in names if member.endswith("data.pkl")]
            if not pickles:
                raise WeightsError(f"{name} is a zip archive, but none of torch.save: {_what_zip(names)}.")
            grows = any(member.compress_type != zipfile.ZIP_STORED for member in members)
            if grows or sum(member.file_size for member in members) > len(data):
                raise WeightsError(f"{name} is packed in a way that torch.save does not use: {_SAVE}.")
            for member in pickles:
                _check_pickle(io.BytesIO(archive.read(member)), name)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        struct.error,
    ) as error:
        raise _damaged(name) from error


def _what_zip(names: list[str]) -> str:
    if any(member.endswith((".pth", ".pt", ".bin", ".safetensors")) for member in names):
        return "unpack it and choose the checkpoint inside"
    return f"choose a {FORMATS} file"


def _check_pickles(data: bytes, name: str) -> None:
    """A file of torch before 1.6: magic number, version, system, the object, the storages' keys, then raw numbers."""
    stream = io.BytesIO(data)
    for _ in range(_MAX_LEGACY_PICKLES):
        _check_pickle(stream, name)
        # a plain pickle of something else ends here; torch says below that it is none of its files
        if stream.tell() >= len(data):
            break


def _check_pickle(stream: io.BytesIO, name: str) -> None:
    """Refuse a pickle that names anything but tensors and containers; nothing of it is run."""
    try:
        for opcode, argument, _ in pickletools.genops(stream):
            if opcode.name in ("GLOBAL", "INST"):
                _check_global(str(argument).replace(" ", "."), name)
            elif opcode.name == "PROTO" and argument != _PROTOCOL:
                # later protocols name things in ways that torch's unpickler refuses as well
                raise WeightsError(f"{name} is a pickle as torch.save writes none, nothing of it was run: {_SAVE}.")
    # Bytes that are no pickle: unknown opcode, an argument that is cut off, text that is no text.
    except (ValueError, UnicodeError, OverflowError, IndexError) as error:
        raise _damaged(name) from error


def _check_global(named: str, name: str) -> None:
    if _HARMLESS.fullmatch(named) is None:
        # what stands in the file is not ours: no markup of it reaches the page
        shown = re.sub(r"[^\w.]", "?", named)[:60]
        raise WeightsError(
            f"{name} holds Python objects or code beside its weights ({shown}), of which nothing was run: {_SAVE}."
        )


def _unpickled(data: bytes, name: str) -> Mapping[Any, Any]:
    try:
        found = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise WeightsError(f"{name} holds something else than weights, of which nothing was run: {_SAVE}.") from error
    # A file that lies about its content makes torch raise nearly anything, MemoryError included.
    except Exception as error:
        raise _damaged(name) from error
    if isinstance(found, Tensor) or not isinstance(found, Mapping):
        raise WeightsError(f"{name} holds no names with its weights: {_SAVE}.")
    return found


def _damaged(name: str) -> WeightsError:
    return WeightsError(f"{name} is cut off, damaged or no checkpoint at all: copy it again, or {_SAVE}.")
