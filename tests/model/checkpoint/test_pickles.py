"""Hostile pickles: whatever they ask for, the answer is a sentence, soon, and nothing is run, imported or filled up."""

import sys
import time

import pytest

from explorer.errors import WeightsError
from explorer.model.checkpoint.contents import read_contents
from tests.model.checkpoint.files import repacked, saved, weights


def _ops(*parts: bytes) -> bytes:
    return b"\x80\x04" + b"".join(parts) + b"."


def _text(text: str) -> bytes:
    return b"\x8c" + bytes([len(text)]) + text.encode()


def _module(place: int, inside: bytes) -> bytes:
    """A module kept at a place of the memo, with the modules in it."""
    parts = b"}(" + _text("_parameters") + b"}" + _text("_modules") + inside + b"u"
    return b"ctorch.nn\nModule\n)\x81q%c%bb" % (place, parts)


_TRACE = "was_run"
_TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n"
HOSTILE = {
    "a name by parts": _ops(_text("posix"), _text("system"), b"\x93", _text(f"touch {_TRACE}"), b"\x85R"),
    "an instance": b"(S'touch was_run'\niposix\nsystem\n.",
    "an object of a mark": _ops(b"(cposix\nsystem\n", _text(f"touch {_TRACE}"), b"o"),
    "new with keywords": _ops(b"cposix\nsystem\n", _text(f"touch {_TRACE}"), b"\x85}\x92"),
    "by attribute": _ops(
        b"cbuiltins\ngetattr\n", b"cos\npath\n", _text("os"), b"\x86R", b"cbuiltins\ngetattr\n", b"N", b"\x86R"
    ),
    "a call of what a call gave": _ops(
        b"cbuiltins\ngetattr\n", b"cposix\nposix\n", _text("system"), b"\x86R", _text(f"touch {_TRACE}"), b"\x85R"
    ),
    "a type for a tensor": _ops(
        b"ctorch._tensor\n_rebuild_from_type_v2\n(", b"cposix\nsystem\n", b"N", _text(f"touch {_TRACE}"), b"\x85NtR"
    ),
    "a class that is made anew": _ops(
        b"ccopyreg\n_reconstructor\n", b"cposix\nsystem\n", b"cbuiltins\nstr\n", _text(_TRACE), b"\x87R"
    ),
    "state for a function": _ops(_TENSOR, b"}", _text("__code__"), b"Nsb"),
    "a number for a class": _ops(b"\x82\x01"),
    "a buffer from outside": _ops(b"\x97"),
    "a call of a list": _ops(b"])R"),
    "a call of nothing": _ops(b"N)R"),
    "an empty stack": _ops(b"R"),
    "no end": b"\x80\x04}",
    "a memo far away": _ops(b"}r\xff\xff\xff\xff"),
    "a memo by a text": b"}p99999999999999999999\n.",
    "bytes of another world": _ops(b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f"),
    "a bytearray of another world": _ops(b"\x96\xff\xff\xff\xff\xff\xff\xff\x7f"),
    "a bytearray by a call": _ops(b"cbuiltins\nbytearray\n", b"J\xff\xff\xff\x7f", b"\x85R"),
    "a number without an end": _ops(b"\x8b\xff\xff\x0f\x00", b"\x7f" * 0xFFFFF),
    "lists in lists": _ops(b"]" * 300_000 + b"a" * 299_999),
    "tuples that double": _ops(b")", b"q\x00h\x00\x86" * 80),
    "tuples that double, as a key": _ops(b"})", b"q\x00h\x00\x86" * 80, b"Ns"),
    "lists that double": _ops(b"]q\x00", *(b"]q%c(h%ch%ce" % (n, n - 1, n - 1) for n in range(1, 40))),
    "dicts that grow thirtyfold": _ops(
        b"}q\x00",
        *(b"}q%c(%bu" % (n, b"".join(_text(f"{key}") + b"h%c" % (n - 1) for key in range(30))) for n in range(1, 40)),
    ),
    "a dict in itself": _ops(b"}q\x00", _text("again"), b"h\x00s"),
    "keys of one hash": _ops(
        b"}(", *(b"\x8a\x40" + ((2**61 - 1) * n).to_bytes(64, "little") + b"N" for n in range(20_000)), b"u"
    ),
    "keys for a list": _ops(b"]", _text("a"), b"Ns"),
    "an item for a text": _ops(_text("a"), b"Na"),
    "a storage of no file": _ops(_TENSOR, b"(N", b"K\x00)){", b"tR"),
    "an id of nothing": _ops(b"N", b"Q"),
    "an id of a text": b"Pstorage\n.",
    "a module that holds itself": _ops(_module(0, b"}" + _text("m") + b"h\x00s")),
    "modules that double": _ops(
        _module(0, b"}"),
        *(_module(n, b"}(%bh%c%bh%cu" % (_text("a"), n - 1, _text("b"), n - 1)) for n in range(1, 40)),
    ),
    "a long list at many places": _ops(b"]q\x00(" + b"N" * 100_000 + b"e](" + b"h\x00" * 20_000 + b"e"),
    "a model at many places": _ops(
        _module(0, b"}"),
        *(_module(n, b"}(%bh%cu" % (_text("a"), n - 1)) for n in range(1, 40)),
        b"](" + b"h\x27" * 200_000 + b"e",
    ),
    "too many things": _ops(b"](" + b"N" * 2_100_000 + b"e"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("inside", ["alone", "in a zip"])
def test_a_hostile_pickle_ends_soon_with_a_sentence_and_runs_nothing(case, inside, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pickled = HOSTILE[case]
    data = pickled if inside == "alone" else repacked(saved(weights()), {"data.pkl": pickled})
    loaded = set(sys.modules)
    begun = time.perf_counter()
    with pytest.raises(WeightsError, match=r"^a\.pth .+\.$"):
        read_contents(data, "a.pth")
    assert time.perf_counter() - begun < 20
    assert not (tmp_path / _TRACE).exists()
    assert {name for name in set(sys.modules) - loaded if not name.startswith("encodings")} == set()
