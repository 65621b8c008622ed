"""Files of weights: what is understood, what is refused and with which sentence, and that nothing in them is run."""

import io
import json
import pickle
import struct
import sys
import warnings
import zipfile

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from explorer.errors import WeightsError
from explorer.model.checkpoint.checkpoint import read_checkpoint
from explorer.model.checkpoint.contents import read_contents
from tests.model.checkpoint.files import FORMS, SMALL, repacked, saved, weights


class Payload:
    """Unpickled by an ordinary reader it runs code."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def _bombs(path: str) -> dict[str, bytes]:
    payload = {"state_dict": weights(), "extra": Payload(path)}
    return {
        "zip": saved(payload),
        "before 1.6": saved(payload, _use_new_zipfile_serialization=False),
        "plain pickle": pickle.dumps(payload["extra"], protocol=2),
        "newest pickle": pickle.dumps(payload["extra"]),
        "oldest pickle": pickle.dumps(payload["extra"], protocol=0),
        "hidden in a zip": repacked(saved(weights()), {"data.pkl": pickle.dumps(payload["extra"], protocol=4)}),
        "behind a stop": pickle.dumps({}, protocol=2) + pickle.dumps(payload["extra"], protocol=2),
    }


@pytest.mark.parametrize("form", list(_bombs("x")))
def test_nothing_of_a_pickle_with_code_is_run(form, tmp_path):
    trace = tmp_path / "was_run"
    data = _bombs(str(trace))[form]
    if form in ("zip", "before 1.6"):
        contents = read_contents(data, "model.pth")
        assert len(contents.groups[0].tensors) == len(weights())
        assert contents.notes == (
            "It holds more than tensors and plain values (io.open), of which nothing was made or run.",
        )
    else:
        with pytest.raises(WeightsError, match=r"^model\.pth holds no weights with names"):
            read_contents(data, "model.pth")
    assert not trace.exists()


def test_the_payload_of_these_tests_would_run(tmp_path):
    trace = tmp_path / "was_run"
    pickle.loads(_bombs(str(trace))["plain pickle"]).close()
    assert trace.exists()


def _script() -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns that it will write no such files one day; people still have them
        torch.jit.save(torch.jit.trace(nn.Conv2d(1, 1, 1), torch.zeros(1, 1, 1, 1)), file)
    return file.getvalue()


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.ones(3))
    return file.getvalue()


def _expanded() -> bytes:
    return saved({"conv1.weight": torch.zeros(1, 1, 1, 1).expand(4096, 4096, 1000, 1000)})


def _claims_much_safetensors() -> bytes:
    header = b'{"conv1.weight":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}'
    return struct.pack("<Q", len(header)) + header + b"\0" * 16


def _many_names(count: int) -> bytes:
    header = json.dumps(
        {f"a.{i}": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]} for i in range(count)}
    ).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4)


def _other_shape() -> bytes:
    header = b'{"conv1.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,8]}}'
    return struct.pack("<Q", len(header)) + header + bytes(16)


def _claims_much_zip() -> bytes:
    data = saved({"conv1.weight": torch.zeros(4)})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(next(n for n in archive.namelist() if n.endswith("data.pkl")))
    assert b"K\x00K\x04\x85" in text
    return repacked(data, {"data.pkl": text.replace(b"K\x00K\x04\x85", b"K\x00J\xff\xff\xff\x7f\x85")})


SAVE = "save the weights alone with torch.save(model.state_dict(), path)"
DAMAGED = f"a.pth is cut off, damaged or no checkpoint at all: copy it again, or {SAVE}."
TAKEN = "a file that torch.save or safetensors wrote"
NO_CHECKPOINT = f"a.pth is no checkpoint that can be read here, or it is damaged: choose {TAKEN}."
NO_NAMES = f"a.pth holds no weights with names: {SAVE}."
TOO_MANY = "a.pth names more than the 50,000 tensors that are allowed: save the weights of one network alone."
BAD = {
    "empty": (lambda: b"", f"a.pth is empty: choose {TAKEN}."),
    "text": (lambda: b"once upon a time", NO_CHECKPOINT),
    "one byte": (lambda: b"P", NO_CHECKPOINT),
    "zeros": (lambda: bytes(1000), NO_CHECKPOINT),
    "picture": (
        lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
        f"a.pth is a picture and no checkpoint: choose {TAKEN}.",
    ),
    "web page": (
        lambda: b"<!DOCTYPE html><html><body>404",
        "a.pth is a web page and no checkpoint, perhaps of a download that was refused: download the file itself "
        "again.",
    ),
    "pointer": (
        lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "a.pth is a pointer of Git LFS, not the weights themselves: fetch the file itself with git lfs pull.",
    ),
    "cut off zip": (lambda: saved(weights())[:9000], DAMAGED),
    "cut off before 1.6": (lambda: saved(weights(), _use_new_zipfile_serialization=False)[:9000], DAMAGED),
    "cut off in the pickle": (lambda: saved(weights(), _use_new_zipfile_serialization=False)[:500], DAMAGED),
    "cut off safetensors": (
        lambda: safetensors.torch.save(dict(weights()))[:9000],
        "a.pth is a safetensors file that is cut off or damaged: copy it again.",
    ),
    "claims of safetensors": (
        _claims_much_safetensors,
        "a.pth is a safetensors file that is cut off or damaged: copy it again.",
    ),
    "a shape without its numbers": (
        _other_shape,
        "a.pth is a safetensors file that is cut off or damaged: copy it again.",
    ),
    "metadata that is none": (
        lambda: struct.pack("<Q", 23) + b'{"__metadata__": ["a"]}',
        "a.pth is a safetensors file that is cut off or damaged: copy it again.",
    ),
    "more names than a network has": (lambda: _many_names(50_001), TOO_MANY),
    "more names than a network has, pickled": (
        lambda: saved(dict.fromkeys((f"a.{i}" for i in range(50_001)), torch.ones(1, 1))),
        TOO_MANY,
    ),
    "a header of 20 MB": (lambda: struct.pack("<Q", 20_000_000) + b"{" + bytes(20_000_000), TOO_MANY),
    "claims of a zip": (
        _claims_much_zip,
        "a.pth claims more numbers than it has bytes: it is damaged or made up, choose another file.",
    ),
    "one number, expanded": (
        _expanded,
        "a.pth claims more numbers than it has bytes: it is damaged or made up, choose another file.",
    ),
    "zip that grows": (
        lambda: repacked(saved({"conv1.weight": torch.zeros(10**6)}), {}, zipfile.ZIP_DEFLATED),
        f"a.pth is packed in a way that torch.save does not use: {SAVE}.",
    ),
    "zip of a checkpoint": (
        lambda: _zip(**{"model.pth": saved(weights())}),
        "a.pth is a zip archive, but none of torch.save: unpack it and choose the checkpoint inside.",
    ),
    "zip of numpy": (
        _npz,
        "a.pth is an archive of NumPy's arrays, as JAX and others write it: load it with NumPy and save its "
        "weights by name with torch.save or safetensors.",
    ),
    "bytearray": (lambda: saved({"a": bytearray(10)}), NO_NAMES),
    "one tensor": (lambda: saved(torch.ones(3)), NO_NAMES),
    "list": (lambda: saved([1, 2]), NO_NAMES),
    "tensors without names": (lambda: saved([torch.ones(3, 3)]), NO_NAMES),
    "numbers": (lambda: saved({"epoch": 3, "best": torch.tensor(0.9)}), NO_NAMES),
    "nothing": (lambda: saved({}), NO_NAMES),
    "an optimiser alone": (
        lambda: saved(torch.optim.SGD([nn.Parameter(torch.ones(3, 3))], lr=0.1).state_dict()),
        NO_NAMES,
    ),
    "long name": (
        lambda: saved({"a" * 300: torch.ones(1)}),
        "a.pth gives its tensors names that no network has: choose another file.",
    ),
    "whole numbers": (
        lambda: saved({"conv1.weight": torch.ones(8, 3, 3, 3, dtype=torch.int8)}),
        "a.pth holds weights of type int8 (conv1.weight), and a network needs floating-point ones: "
        "save them as float32.",
    ),
    "complex numbers": (
        lambda: saved({"conv1.weight": torch.ones(8, 3, 3, 3, dtype=torch.complex64)}),
        "a.pth holds weights of type complex64 (conv1.weight), and a network needs floating-point ones: "
        "save them as float32.",
    ),
}


@pytest.mark.parametrize("case", list(BAD))
def test_a_file_that_is_no_checkpoint_gets_its_sentence(case):
    make, sentence = BAD[case]
    with pytest.raises(WeightsError) as caught:
        read_checkpoint(make(), "folder/a.pth")
    assert str(caught.value) == sentence


def test_no_cut_of_a_file_gets_anything_but_a_sentence():
    for form in FORMS.values():
        whole = form({"conv1.weight": torch.ones(4, 3, 3, 3), "fc.weight": torch.ones(2, 4)})
        for end in range(0, len(whole) - 1, 7):
            with pytest.raises(WeightsError):
                read_checkpoint(whole[:end], "a.pth")


def test_no_flipped_byte_gets_anything_but_a_sentence():
    generator = np.random.RandomState(0)
    for form in FORMS.values():
        whole = form({"conv1.weight": torch.ones(4, 3, 3, 3), "fc.weight": torch.ones(2, 4)})
        for _ in range(300):
            damaged = bytearray(whole)
            damaged[generator.randint(len(whole))] ^= 1 << generator.randint(8)
            try:
                read_checkpoint(bytes(damaged), "a.pth")
            except WeightsError:
                continue


def test_names_of_a_file_stand_in_a_sentence_as_they_are_but_not_without_an_end():
    tensors = {"<b>*fc*</b>": torch.ones(1), "x" * 190: torch.ones(1)}
    with pytest.raises(WeightsError) as caught:
        read_checkpoint(saved(tensors), "<b>ä$b$*.pth").check(SMALL)
    assert str(caught.value).startswith("<b>ä$b$*.pth does not fit ")
    assert f"(<b>*fc*</b>, {'x' * 43}…{'x' * 16})" in str(caught.value)


def test_the_files_bytes_are_not_kept():
    for form in FORMS.values():
        data = form(weights())
        before = sys.getrefcount(data)
        checkpoint = read_checkpoint(data, "a.pth")
        assert sys.getrefcount(data) == before
        for tensor in checkpoint.tensors.values():
            assert tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size()
