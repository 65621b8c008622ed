"""Files that are taken for a checkpoint of torch and are something else: how each is known, and what to do with it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

TAKEN = "a file that torch.save or safetensors wrote"
_CHOOSE = f"choose {TAKEN}"
_SAVE_TENSORS = "load it with {library} and save its weights by name with torch.save or safetensors"


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(beginnings)


def _save_with(library: str) -> str:
    return _SAVE_TENSORS.format(library=library)


def _is_index(head: bytes) -> bool:
    return head.lstrip().startswith(b"{") and b'"weight_map"' in head


def _is_onnx(head: bytes) -> bool:
    # ModelProto: field 1 is the version, a small number; field 2 the producer's name, or another field of text
    return head[:1] == b"\x08" and len(head) > 3 and head[1] < 32 and head[2] in (0x12, 0x3A, 0x42, 0x1A, 0x22)


def _is_markup(head: bytes) -> bool:
    return head.lstrip()[:9].lower().startswith((b"<!doctype", b"<html", b"<?xml"))


# How it begins, what it is, what to do. The first that fits counts.
_BY_BEGINNING: tuple[tuple[Callable[[bytes], bool], str, str], ...] = (
    (
        _starts(b"version https://git-lfs"),
        "a pointer of Git LFS, not the weights themselves",
        "fetch the file itself with git lfs pull",
    ),
    (_starts(b"\x89HDF\r\n\x1a\n"), "an HDF5 file, as Keras writes it", _save_with("Keras")),
    (_starts(b"GGUF"), "a GGUF file of a language model", _CHOOSE),
    (_starts(b"\x93NUMPY"), "one array of NumPy, without names", _CHOOSE),
    (
        lambda head: head[257:262] == b"ustar",
        "a tar archive",
        "unpack it and choose the checkpoint inside, or, if torch 0.1 wrote it, load and save it with a newer torch",
    ),
    (_starts(b"\x1f\x8b"), "packed with gzip", "unpack it and choose the file inside"),
    (_starts(b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd"), "packed", "unpack it first"),
    (
        _starts(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF"),
        "a picture and no checkpoint",
        _CHOOSE,
    ),
    (_starts(b"%PDF"), "a PDF document and no checkpoint", _CHOOSE),
    (
        _is_markup,
        "a web page and no checkpoint, perhaps of a download that was refused",
        "download the file itself again",
    ),
    (
        _is_index,
        "the index of weights that were saved in several files, and holds none itself",
        "load the model with its library and save its weights in one file",
    ),
    (lambda head: head.lstrip()[:1] in (b"{", b"["), "a text file, not a checkpoint", _CHOOSE),
    (_is_onnx, "probably a graph of ONNX, whose weights have no names of torch", "save the model's state_dict instead"),
    (
        lambda head: (
            head[:2] in (b"\xde\x00", b"\xdf\x00") or (0x80 < (head[:1] or b"\0")[0] < 0x90 and head[1:2] > b"\xa0")
        ),
        "probably a msgpack file, as Flax writes it",
        _save_with("Flax"),
    ),
)


def lookalike(head: bytes, tail: bytes) -> tuple[str, str] | None:
    """What a file is that is no checkpoint, and what to do, by its bytes.

    Args:
        head: the first few hundred bytes.
        tail: the last eight.
    """
    # a table of TensorFlow ends with LevelDB's number
    if tail == struct.pack("<Q", 0xDB4775248B80FB57):
        return "the index of a TensorFlow checkpoint", _save_with("TensorFlow")
    return next(((what, advice) for fits, what, advice in _BY_BEGINNING if fits(head)), None)


def archive_lookalike(members: Sequence[str]) -> tuple[str, str]:
    """What a zip archive is that torch did not write, and what to do, by the names in it."""
    endings = {member.rpartition(".")[2].casefold() for member in members if not member.endswith("/")}
    if "model.weights.h5" in members:
        return "a model of Keras", _save_with("Keras")
    if any(member.startswith(".data/") or "/.data/" in member for member in members):
        return "a package of torch.package, which holds code", "save the model's state_dict instead"
    if endings == {"npy"}:
        return "an archive of NumPy's arrays, as JAX and others write it", _save_with("NumPy")
    if endings & {"pth", "pt", "bin", "safetensors", "ckpt", "th", "pkl", "tar"}:
        return "a zip archive, but none of torch.save", "unpack it and choose the checkpoint inside"
    return "a zip archive, but none of torch.save", _CHOOSE
