"""What is in a file as a tree: what each thing holds, and what it is in words."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from typing import Any

from explorer.model.checkpoint.entry import Entry, Place
from explorer.model.checkpoint.file import item_size
from explorer.model.checkpoint.rebuilt import plain
from explorer.model.checkpoint.standins import Named, Standin, Storage, StoredTensor

MAX_ENTRIES = 50_000
# How many are looked at for class names and what else a file says.
MAX_THINGS = 500_000
MAX_DEPTH = 64
_LONGEST_TEXT = 200
_MOST_PLAIN_ITEMS = 16
_WORDS = ((bool, "truth value"), (int | float | complex, "number"), (str, "text"), (object, "bytes"))


def is_module(value: Any) -> bool:
    """Whether a stand-in is of a ``torch.nn.Module``."""
    return isinstance(value, Standin) and {"_modules", "_parameters"} <= value.attributes.keys()


def is_scripted(value: Any) -> bool:
    """Whether a stand-in is of a module of TorchScript."""
    return isinstance(value, Standin) and value.name.startswith("__torch__.")


def module_parts(module: Standin) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors of a module that belong to its state, and the modules in it, each by its name."""
    attributes = module.attributes
    if is_scripted(module):
        held: dict[Any, Any] = {key: plain(value) for key, value in attributes.items()}
        passing: Any = ()
    else:
        parts = [attributes.get(key) for key in ("_parameters", "_buffers", "_modules")]
        held = {key: plain(value) for part in parts if isinstance(part, dict) for key, value in part.items()}
        passing = attributes.get("_non_persistent_buffers_set") or ()
    tensors = {str(k): v for k, v in held.items() if isinstance(v, StoredTensor) and k not in passing}
    return tensors, {str(k): v for k, v in held.items() if is_module(v) or is_scripted(v)}


def children(value: Any) -> Iterator[tuple[str, Any]]:
    """What a thing holds, by key; of a module its tensors and modules."""
    value = plain(value)
    if is_module(value) or is_scripted(value):
        tensors, modules = module_parts(value)
        yield from tensors.items()
        yield from modules.items()
    elif isinstance(value, Standin):
        yield from children({**value.attributes, **value.entries})
        yield from children(value.items)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key), plain(inner)
    elif isinstance(value, list | tuple):
        inside = [plain(inner) for inner in value]
        if len(inside) <= _MOST_PLAIN_ITEMS or any(
            isinstance(inner, dict | list | Standin | StoredTensor) for inner in inside
        ):
            yield from ((str(index), inner) for index, inner in enumerate(inside))


def walk(content: Any) -> Iterator[tuple[Place, Any]]:
    """Everything in a file, each after what holds it; what stands at two places is opened at the first alone."""
    opened: set[int] = set()
    open_: list[Iterator[tuple[Place, Any]]] = [iter([((), plain(content))])]
    while open_:
        step = next(open_[-1], None)
        if step is None:
            open_.pop()
            continue
        place, value = step
        yield place, value
        if isinstance(value, dict | list | tuple | Standin) and len(open_) <= MAX_DEPTH and id(value) not in opened:
            opened.add(id(value))
            open_.append(_below(place, value))


def _below(place: Place, value: Any) -> Iterator[tuple[Place, Any]]:
    for key, inner in children(value):
        yield (*place, key), inner


def entries(things: Iterable[tuple[Place, Any]]) -> tuple[Entry, ...]:
    """Things of a file in words."""
    shares = _Shares()
    return tuple(
        _tensor_entry(place, value, shares) if isinstance(value, StoredTensor) else _entry(place, value)
        for place, value in things
    )


def strangers(things: Iterable[tuple[Place, Any]]) -> tuple[str, ...]:
    """Classes and functions of which a file has objects or calls that are not made here, by name, each once."""
    names = dict.fromkeys(
        value.name[:_LONGEST_TEXT]
        for _, value in things
        if isinstance(value, Standin) and not is_module(value) and not is_scripted(value)
    )
    return tuple(names)


def value_text(value: Any) -> str:
    """A number or a text in one line."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, bytes | bytearray):
        return f"{len(value):,} bytes"
    text = str(value[: 2 * _LONGEST_TEXT] if isinstance(value, str) else value)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


def _entry(place: Place, value: Any) -> Entry:
    if isinstance(value, Named):
        return Entry(path=place, kind=f"the class or function {value.name[:_LONGEST_TEXT]} (not loaded)")
    if isinstance(value, Standin):
        name = value.name.removeprefix("__torch__.")
        return Entry(path=place, kind=f"object of class {name[:_LONGEST_TEXT]} (not made)")
    if isinstance(value, dict):
        return Entry(path=place, kind="dict")
    if isinstance(value, list | tuple):
        long = len(value) > _MOST_PLAIN_ITEMS
        return Entry(path=place, kind="list", value=f"{len(value):,} items" if long else "")
    if value is None:
        return Entry(path=place, kind="nothing")
    kind = next(word for types, word in _WORDS if isinstance(value, types))
    return Entry(path=place, kind=kind, value=value_text(value))


def _tensor_entry(place: Place, tensor: StoredTensor, shares: _Shares) -> Entry:
    byte_count, owner = shares.counted(place, tensor)
    return Entry(
        path=place,
        kind=tensor.unusual or "tensor",
        shape=tensor.shape,
        dtype=tensor.dtype or None,
        bytes=byte_count,
        shared_with=owner,
    )


class _Shares:
    """Which stretches of which storages are counted already."""

    def __init__(self) -> None:
        # of each storage the stretches in order, none over another, and whose they are
        self.counted_of: dict[Storage, tuple[list[tuple[int, int]], list[Place]]] = {}

    def counted(self, place: Place, tensor: StoredTensor) -> tuple[int, Place | None]:
        """Bytes that a tensor adds, and the place of the tensor that has its numbers already."""
        if tensor.storage is None or not tensor.numel:
            return 0, None
        size = item_size(tensor.dtype)
        begin, end = (index * size for index in tensor.span)
        stretches, places = self.counted_of.setdefault(tensor.storage, ([], []))
        after = bisect(stretches, (begin, end))
        for index in (after - 1, after):
            if 0 <= index < len(stretches) and stretches[index][0] < end and begin < stretches[index][1]:
                return 0, places[index]
        stretches.insert(after, (begin, end))
        places.insert(after, place)
        return end - begin, None
