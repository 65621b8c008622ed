"""What the weights of a checkpoint are called once the prefixes of wrappers are gone."""

from __future__ import annotations

from torch import Tensor

# What wrappers put in front of a network's own names: DataParallel, compile, Lightning and the like.
_PREFIXES = ("module.", "model.", "backbone.", "_orig_mod.", "net.", "network.", "encoder.", "resnet.")
_FIRST = ("conv1.weight", "conv1.0.weight", "main.0.weight")


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
