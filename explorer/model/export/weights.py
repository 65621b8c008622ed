"""The weights of a network as a safetensors file, which says what it is of and comes back bit for bit."""

from __future__ import annotations

import json
from collections.abc import Collection

import torch
from safetensors.torch import save

from explorer import __version__
from explorer.architecture.codec import to_json
from explorer.architecture.families import Spec, title_of
from explorer.errors import WeightsError
from explorer.model.build import ObservableModule
from explorer.model.checkpoint.namings import HUGGING_FACE
from explorer.model.guard import exclusive
from explorer.model.images import NAMED
from explorer.model.weights import Loaded
from explorer.views.export.conventions import CONVENTIONS, Names, refusal

SPEC = "spec"
"""Key of the network's fields in the file's metadata; ``explorer.model.checkpoint`` reads them."""
_LICENCES = {
    "random": "Random numbers, free to use.",
    "fresh": "Random numbers, free to use.",
    "published": (
        "Published by torchvision, whose code is under the BSD-3-Clause licence; weights may be under terms of the "
        "pictures that they were trained on."
    ),
    "example": "Trained in ResNet Explorer; the pictures' own terms may hold for it.",
    "run": "Trained in ResNet Explorer; the pictures' own terms may hold for it.",
    "file": "Read from a file, whose terms hold.",
    "given": "Given from Python; the terms of who gave them hold.",
}
_SWAG = "CC-BY-NC-4.0, as published by SWAG's authors: not for commercial use."


def weights_file(model: ObservableModule, spec: Spec, loaded: Loaded, *, names: Names = "own") -> bytes:
    """A network's parameters and buffers as a safetensors file.

    Args:
        model: the network; it is only read.
        spec: which network it is.
        loaded: what it was filled with.
        names: whose names the tensors get.

    Returns:
        The file: float32 tensors as they are, and as metadata the network's fields (``spec``), where the weights are
        from (``source``), under which terms (``licence``), what pictures went through (``mean``, ``std``) and what the
        outputs mean (``classes``), where that is known.

    Raises:
        WeightsError: when nobody has names of this kind for it.
    """
    state = model.torch_module.state_dict()
    new = names_in(spec, names, state)
    with exclusive(model):
        tensors = {new[name]: tensor.detach().to("cpu").contiguous() for name, tensor in state.items()}
        return save(_apart(tensors), metadata=metadata(spec, loaded, names=names))


def names_in(spec: Spec, convention: Names, names: Collection[str]) -> dict[str, str]:
    """What tensors are called in a convention.

    timm and torchvision call the parts of a ResNet the same, and so do we.

    Args:
        spec: the network.
        convention: whose names.
        names: of its tensors, as they are here.

    Returns:
        The convention's names by ours.

    Raises:
        WeightsError: when they have no such network, with what theirs has instead.
    """
    problem = refusal(spec, convention)
    if problem:
        raise WeightsError(problem)
    return HUGGING_FACE.written(names) if convention == "hf" else {name: name for name in names}


def metadata(spec: Spec, loaded: Loaded, *, names: Names = "own") -> dict[str, str]:
    """What a file says of itself beside its numbers; the arguments are those of ``weights_file``."""
    preprocess = loaded.preprocess
    said = {
        "format": "pt",
        "made_by": f"ResNet Explorer {__version__}",
        "network": title_of(spec),
        SPEC: to_json(spec),
        "names": CONVENTIONS[names],
        "source": loaded.label,
        "licence": _SWAG if "SWAG" in loaded.label else _LICENCES[loaded.source],
        "mean": json.dumps(preprocess.mean),
        "std": json.dumps(preprocess.std),
    }
    if preprocess.name in NAMED:
        said["preprocess"] = preprocess.name
    if loaded.classes is not None:
        said["classes"] = json.dumps(loaded.classes, ensure_ascii=False)
    return said


def _apart(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Tensors of which no two share their numbers, which a safetensors file does not allow."""
    seen: set[int] = set()
    apart = {}
    for name, tensor in tensors.items():
        pointer = tensor.untyped_storage().data_ptr()
        apart[name] = tensor.clone() if pointer in seen else tensor
        seen.add(pointer)
    return apart
