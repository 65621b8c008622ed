"""Sets of named tensors in a file that may be a network's weights, found by their form and not by a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.model.checkpoint.entry import Place
from explorer.model.checkpoint.pickles import MAX_OPCODES, PickleError
from explorer.model.checkpoint.rebuilt import plain
from explorer.model.checkpoint.standins import Standin, StoredTensor
from explorer.model.checkpoint.tree import MAX_DEPTH, children, is_module, is_scripted, module_parts, walk

_AVERAGED = re.compile(r"(?:^|[_\W])(?:ema|swa|swag|avg|averaged?|shadow|polyak)(?:$|[_\W\d])|Ema|EMA")
# More than a file can need in which nothing stands at many places; to open a thing costs as much as some in it.
_MOST_LOOKS = 4 * MAX_OPCODES
_COST = 20
_DEEPEST_NEST = 8
# What modules have beside weights and what a reader may want to know: strides, paddings, groups, eps, momentum, rates.
_PLAIN = (int, float, str, tuple, type(None))


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredGroup:
    """A set of named tensors, still in the file.

    Attributes:
        place: the keys that lead to it.
        tensors: by their names.
        modules: of a pickled model: class and plain attributes of each module by its name.
    """

    place: Place
    tensors: Mapping[str, StoredTensor]
    modules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def averaged(self) -> bool:
        """Whether it stands where averages of weights are kept."""
        return any(_AVERAGED.search(part) for part in self.place)

    @property
    def key(self) -> frozenset[Any]:
        """The same of two groups that are one."""
        return frozenset((name, tensor.key) for name, tensor in self.tensors.items())

    @property
    def has_names(self) -> bool:
        """Whether its names are those of tensors in layers, such as ``conv1.weight``."""
        return any("." in name for name in self.tensors)

    @property
    def rank(self) -> tuple[bool, bool]:
        """Where it stands among the groups of a file, the likeliest first."""
        return not any(len(tensor.shape) == 4 for tensor in self.tensors.values()), self.averaged


def find_groups(content: Any) -> tuple[StoredGroup, ...]:
    """All sets of tensors in a file but those of optimisers, the likeliest first; one that stands at two places once.

    Raises:
        PickleError: when there is no end of them.
    """
    found = sorted(_search(plain(content), (), _Budget()), key=lambda group: group.rank)
    named = [group for group in found if group.has_names] or found
    distinct = {group.key: group for group in reversed(named) if _has_weights(group.tensors)}
    if distinct:
        return tuple(distinct.values())[::-1]
    # quantised layers keep theirs in a pair without names: the sentence on them is worth more than that there are none
    unusual = {
        ".".join(place): part for place, part in walk(content) if isinstance(part, StoredTensor) and part.unusual
    }
    return (StoredGroup(place=(), tensors=unusual),) if unusual else ()


class _Budget:
    """How many things may be looked at: what stands at many places is looked at again at each."""

    def __init__(self) -> None:
        self.left = _MOST_LOOKS

    def look(self, value: Any) -> None:
        self.left -= _COST + (len(value) if isinstance(value, dict | list | tuple) else 0)
        if self.left < 0:
            raise PickleError("a file without an end")


def _search(value: Any, place: Place, budget: _Budget) -> Iterator[StoredGroup]:
    if len(place) > MAX_DEPTH:
        return
    budget.look(value)
    if is_module(value) or is_scripted(value):
        yield _of_module(value, place, budget)
        return
    held = dict(children(value))
    if _is_optimiser(held):
        return
    nested = _nested(held, budget) if isinstance(value, dict) else {}
    own = nested or {key: inner for key, inner in held.items() if isinstance(inner, StoredTensor)}
    # a list of tensors has no names
    if own and not isinstance(value, list | tuple):
        yield StoredGroup(place=place, tensors=own)
    if nested:
        return
    for key, inner in held.items():
        if isinstance(inner, dict | list | tuple | Standin):
            yield from _search(inner, (*place, key), budget)


def _is_optimiser(held: Mapping[str, Any]) -> bool:
    return {"state", "param_groups"} <= held.keys()


def _has_weights(tensors: Mapping[str, StoredTensor]) -> bool:
    """Whether more is in it than counters and the states of random generators."""
    return any(tensor.shape and (tensor.dtype != "uint8" or len(tensor.shape) > 1) for tensor in tensors.values())


def _nested(held: Mapping[str, Any], budget: _Budget) -> dict[str, StoredTensor]:
    """The tensors of dicts in dicts whose keys are single words, ``{"conv1": {"weight": …}}``, joined by dots.

    Empty where something else is among them, or where there is one dict alone: that is a wrapper.
    """
    inside = [inner for inner in held.values() if isinstance(inner, dict)]
    return (_flat(held, 0, budget) or {}) if len(inside) > 1 else {}


def _flat(held: Mapping[str, Any], depth: int, budget: _Budget) -> dict[str, StoredTensor] | None:
    budget.look(held)
    names: dict[str, StoredTensor] = {}
    for key, inner in held.items():
        if isinstance(inner, StoredTensor) and "." not in key:
            names[key] = inner
            continue
        parts = (
            _flat(dict(children(inner)), depth + 1, budget)
            if isinstance(inner, dict) and depth < _DEEPEST_NEST
            else None
        )
        if parts is None:
            return None
        names.update({f"{key}.{name}": tensor for name, tensor in parts.items()})
    return names or None


def _of_module(root: Standin, place: Place, budget: _Budget) -> StoredGroup:
    """The names that ``state_dict()`` of a pickled model would have."""
    tensors: dict[str, StoredTensor] = {}
    modules: dict[str, Mapping[str, Any]] = {}
    waiting = [("", root)]
    while waiting:
        name, module = waiting.pop()
        prefix = f"{name}." if name else ""
        own, inside = module_parts(module)
        tensors.update({f"{prefix}{key}": tensor for key, tensor in own.items()})
        modules[name] = _said(module)
        budget.look({**own, **inside})
        if prefix.count(".") > MAX_DEPTH:
            raise PickleError("a model without an end")
        waiting += [(f"{prefix}{key}", part) for key, part in reversed(inside.items())]
    return StoredGroup(place=place, tensors=tensors, modules=modules)


def _said(module: Standin) -> dict[str, Any]:
    """A module's class and its plain attributes."""
    said: dict[str, Any] = {"class": module.name.removeprefix("__torch__.")}
    for key, value in module.attributes.items():
        if isinstance(key, str) and not key.startswith("_") and isinstance(value, _PLAIN):
            said[key] = value
    return said
