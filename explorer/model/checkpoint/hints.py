"""What a file says of itself beside its tensors: the arguments of its script, its network's name, its epoch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from explorer.model.checkpoint.entry import Place

# Of an optimiser's state there is a number for each tensor.
_OPTIMISER = {"param_groups", "state"}
_DEEPEST = 5
_MOST = 500
_LONGEST_TEXT = 200
_LONGEST_LIST = 8


def plain_values(things: Iterable[tuple[Place, Any]]) -> dict[str, Any]:
    """Numbers, texts, truth values and short lists of numbers, by the keys that lead to them with dots between."""
    found: dict[str, Any] = {}
    for place, value in things:
        # a list stands whole, where it is short
        if not place or len(place) > _DEEPEST or place[-1].isdecimal() or not _is_plain(value):
            continue
        if not any(key.startswith("_") or key in _OPTIMISER for key in place):
            found.setdefault(".".join(place), value)
        if len(found) == _MOST:
            break
    return found


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT
    if isinstance(value, list | tuple):
        return 0 < len(value) <= _LONGEST_LIST and all(isinstance(part, int | float) for part in value)
    return isinstance(value, int | float)


def json_or_text(text: str) -> Any:
    """What a text is in JSON, or the text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
