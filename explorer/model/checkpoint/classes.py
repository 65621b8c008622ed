"""What the outputs of a network mean, as people write it into a file beside the weights."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from explorer.model.checkpoint.entry import Place
from explorer.model.checkpoint.rebuilt import plain
from explorer.model.checkpoint.standins import Standin
from explorer.model.checkpoint.tree import children

_KEYS = re.compile(
    r"(?:.*_)?(?:classes|class_names?|classnames|class_labels|label_names|labels|names|categories|vocab|synsets"
    r"|class_to_idx|class_to_id|idx_to_class|id_to_class|idx2class|class2idx|id2label|label2id|id2name|cat2idx)",
    re.IGNORECASE,
)
_LONGEST_CLASS = 80
_MOST_CLASSES = 100_000
_DEEPEST = 4


def class_lists(things: Iterable[tuple[Place, Any]]) -> tuple[tuple[str, ...], ...]:
    """Every list of class names among the things of a file, the one least deep first."""
    spoken = [
        (len(place), value)
        for place, value in things
        if place and len(place) <= _DEEPEST and _KEYS.fullmatch(place[-1])
    ]
    lists = (_names(value) for _, value in sorted(spoken, key=itemgetter(0)))
    return tuple(dict.fromkeys(filter(None, lists)))


def _names(value: Any) -> tuple[str, ...]:
    """Class names in the order of the outputs: of a list, or of a mapping that counts them from 0; else empty."""
    if isinstance(value, dict | Standin):
        names = _counted(dict(children(value)))
    else:
        names = [plain(name) for name in value] if isinstance(value, list | tuple) else []
    if not 0 < len(names) <= _MOST_CLASSES or not all(isinstance(name, str) and name for name in names):
        return ()
    return tuple(name[:_LONGEST_CLASS] for name in names)


def _counted(pairs: dict[str, Any]) -> list[Any]:
    """The texts of a mapping between texts and the numbers from 0, in either direction; empty where it is none."""
    for numbers, names in ((list(pairs.values()), list(pairs)), (list(pairs), list(pairs.values()))):
        indices = [_index(number) for number in numbers]
        if sorted(indices) == list(range(len(pairs))):
            return [name for _, name in sorted(zip(indices, names, strict=True))]
    return []


def _index(value: Any) -> int:
    """A number from 0, also as a text; -1 for anything else."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        return int(value)
    return value if type(value) is int else -1
