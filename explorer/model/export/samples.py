"""The pictures that an ONNX file is checked on."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from explorer.architecture.families import Spec, family_of
from explorer.model.images import Preprocess, prepare
from explorer.model.samples import sample_batch

_PICTURES = 2
_COLOURS = 3


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
