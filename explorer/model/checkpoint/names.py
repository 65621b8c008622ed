"""Where the weights are inside a checkpoint, and what they are called there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from explorer.errors import WeightsError

# Under which keys training scripts keep the weights; averaged ones count only where there are no others.
_WRAPPERS = (
    "state_dict",
    "model_state_dict",
    "model",
    "net",
    "network",
    "module",
    "weights",
    "params",
    "model_ema",
    "state_dict_ema",
    "ema_state_dict",
    "ema",
)
_DEEPEST = 3
# What wrappers put in front of a network's own names: DataParallel, compile, Lightning and the like.
_PREFIXES = ("module.", "model.", "backbone.", "_orig_mod.", "net.", "network.", "encoder.", "resnet.")
_FIRST = ("conv1.weight", "conv1.0.weight", "main.0.weight")
_LONGEST_NAME = 200
_LONGEST_CLASS = 80


def find_tensors(content: Mapping[Any, Any], name: str) -> tuple[dict[str, Tensor], str]:
    """The tensors of a checkpoint by their names, and the keys under which they were found.

    Args:
        content: what the file holds.
        name: of the file, for the sentence.

    Returns:
        The tensors, and where they were: ``state_dict``, ``model.state_dict``, or an empty text for the file itself.

    Raises:
        WeightsError: when there are none, or their names are no names.
    """
    found = _search(content, ())
    if found is None:
        raise WeightsError(f"{name} holds no weights: save them alone with torch.save(model.state_dict(), path).")
    tensors, where = found
    if any(len(key) > _LONGEST_NAME for key in tensors):
        raise WeightsError(f"{name} gives its tensors names that no network has: choose another file.")
    return tensors, ".".join(where)


def strip_prefixes(tensors: dict[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """Shorten names such as ``module.layer1.0.conv1.weight`` until they are the network's own.

    What does not carry the prefix (a counter, a loss, another head) keeps its name.

    Returns:
        The tensors, and the prefix that was taken away.
    """
    gone = ""
    while not any(first in tensors for first in _FIRST):
        # a prefix that leads to the first convolution; or one that all names have, in a file of something else
        prefix = next((p for p in _PREFIXES if _leads_on(p, tensors)), None)
        if prefix is None:
            break
        shortened: dict[str, Tensor] = {}
        for key, tensor in tensors.items():
            short = key.removeprefix(prefix)
            shortened[key if short in tensors else short] = tensor
        tensors, gone = shortened, gone + prefix
    return tensors, gone


def class_names(content: Mapping[Any, Any], metadata: Mapping[str, str], *, count: int) -> tuple[str, ...] | None:
    """What the outputs mean, where a file says it: ``classes``, ``class_names`` or ``class_to_idx``.

    Args:
        content: what the file holds.
        metadata: of a safetensors file, JSON in its values.
        count: of the classifier's outputs; any other number of names is none.
    """
    said: Mapping[Any, Any] = {**content, **{key: _json(value) for key, value in metadata.items()}}
    for key in ("classes", "class_names", "class_to_idx"):
        value = said.get(key)
        if isinstance(value, Mapping):
            numbered = all(type(index) is int for index in value.values())
            value = sorted(value, key=value.__getitem__) if numbered else None
        names = value if isinstance(value, list | tuple) else ()
        if names and len(names) == count and all(isinstance(name, str) for name in names):
            return tuple(name[:_LONGEST_CLASS] for name in names)
    return None


def _search(content: Mapping[Any, Any], path: tuple[str, ...]) -> tuple[dict[str, Tensor], tuple[str, ...]] | None:
    if len(path) < _DEEPEST:
        for key in _WRAPPERS:
            inner = content.get(key)
            if isinstance(inner, Mapping):
                found = _search(inner, (*path, key))
                if found is not None:
                    return found
    tensors = {key: value for key, value in content.items() if isinstance(key, str) and isinstance(value, Tensor)}
    return (tensors, path) if tensors else None


def _leads_on(prefix: str, tensors: dict[str, Tensor]) -> bool:
    starting = [key for key in tensors if key.startswith(prefix)]
    if any(key.endswith(_FIRST) and _is_wrapped(key.removeprefix(prefix)) for key in starting):
        return True
    return len(starting) == len(tensors)


def _is_wrapped(key: str) -> bool:
    """Whether a name is that of the first convolution behind nothing but known prefixes."""
    while True:
        if key in _FIRST:
            return True
        prefix = next((p for p in _PREFIXES if key.startswith(p)), None)
        if prefix is None:
            return False
        key = key.removeprefix(prefix)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
