"""A network as a file, from its name alone: what the terminal gives out."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from explorer.architecture.families import Spec, family_of
from explorer.architecture.weights import WeightsChoice
from explorer.model.export.onnx_file import Progress, onnx_file
from explorer.model.export.weights import weights_file
from explorer.model.families import model_family
from explorer.model.images import Preprocess, prepare
from explorer.model.samples import sample_batch
from explorer.model.weights import load
from explorer.views.export.conventions import Names

Format = Literal["safetensors", "onnx"]
_PICTURES = 2
_COLOURS = 3


def network_file(
    spec: Spec,
    choice: WeightsChoice,
    to: Format,
    *,
    names: Names = "own",
    input_size: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> bytes:
    """A network with its weights as a file.

    Args:
        spec: the network.
        choice: which weights: random, published, or of an example.
        to: the kind of file.
        names: of a safetensors file's tensors.
        input_size: height and width in pixels of the pictures that an ONNX file takes; None for the usual ones.
        progress: told the share that is done and a sentence.

    Raises:
        WeightsError: when the weights cannot be had, or the file not be made of them.
        DeviceError: when there is too little memory.
        InputSizeError: when the network cannot take such pictures.
    """
    model, loaded = load(spec, choice, device="cpu", progress=progress)
    if to == "safetensors":
        return weights_file(model, spec, loaded, names=names)
    plan = model_family(spec).plan(input_size or family_of(spec).usual_size)
    pictures = pictures_to_check(spec, plan.input_size, loaded.preprocess)
    return onnx_file(model, spec, loaded, pictures, plan=plan, progress=progress).data


def pictures_to_check(spec: Spec, input_size: tuple[int, int], preprocess: Preprocess) -> Tensor:
    """Two sample pictures as a network gets them, ``(2, C, H, W)``; random numbers where it takes no picture.

    Args:
        spec: the network.
        input_size: height and width in pixels.
        preprocess: what pictures go through.
    """
    family = family_of(spec)
    channels = family.picture_channels
    if channels not in (1, _COLOURS):
        return torch.rand(_PICTURES, channels, *input_size, generator=torch.Generator().manual_seed(0))
    kind: Literal["photo", "digit"] = "photo" if channels == _COLOURS else "digit"
    prepared = [
        prepare(
            picture,
            size=input_size,
            in_channels=channels,
            preprocess=preprocess,
            domains=[number == 0 for number, _ in enumerate(family.domains)],
        )
        for picture in sample_batch(kind, count=_PICTURES)
    ]
    return torch.cat([one.tensor for one in prepared])
