"""One picture, and one network in our module and in torchvision's, for the tests of what shakes it."""

from __future__ import annotations

from functools import cache

import torch
from torchvision import models

from explorer.architecture.families import network_of
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.labs.shaken.changes import Given
from explorer.model.build import build
from explorer.model.images import IMAGENET, pixels_of
from explorer.model.samples import sample

SIZE = (56, 72)


def given(size=SIZE, *, mode="RGB", preprocess=IMAGENET, domains=()) -> Given:
    picture = sample("flower").convert(mode).resize(size[::-1])
    return Given(pixels=pixels_of(picture), preprocess=preprocess, domains=domains)


@cache
def pair(name: str = "resnet18"):
    """Ours, torchvision's with the same weights, and the plan."""
    ours = build(preset(name), device="cpu", seed=3)
    theirs = models.get_model(name, weights=None).eval()
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs, trace(network_of(preset(name)), SIZE)


def normalised(pixels: torch.Tensor) -> torch.Tensor:
    """As torchvision's documentation writes it."""
    mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
    std = torch.tensor([0.229, 0.224, 0.225])[:, None, None]
    return ((pixels / 255 - mean) / std)[None]
