"""The trained example in this repository: a small ResNet that reads digits, and what is known about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.architecture.weights import example_input_size
from explorer.model.checkpoint.checkpoint import Checkpoint, read_checkpoint
from explorer.model.images import DIGITS, prepare
from explorer.model.samples import digit_images

EXAMPLE_FILE = Path(__file__).parent / "examples" / "digits_resnet20.safetensors"


@dataclass(frozen=True, kw_only=True)
class ExampleFacts:
    """What the example's file says about itself.

    Attributes:
        held_out: indices of the digits that it was tested with and had not seen.
        held_out_correct: how many of them it names rightly.
        classes: what its outputs mean.
        seed: that the split, the first weights and the order of the pictures were drawn with.
    """

    held_out: tuple[int, ...]
    held_out_correct: int
    classes: tuple[str, ...]
    seed: int

    @property
    def accuracy(self) -> float:
        """Share of the held-out digits that it names rightly, 0 to 1."""
        return self.held_out_correct / len(self.held_out)


@cache
def example_facts() -> ExampleFacts:
    """What the example's file says about itself, without reading a tensor."""
    with EXAMPLE_FILE.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    said = {key: json.loads(value) for key, value in header["__metadata__"].items()}
    return ExampleFacts(
        held_out=tuple(said["held_out"]),
        held_out_correct=said["held_out_correct"],
        classes=tuple(said["classes"]),
        seed=said["seed"],
    )


def example_checkpoint() -> Checkpoint:
    """The example's weights."""
    return read_checkpoint(EXAMPLE_FILE.read_bytes(), EXAMPLE_FILE.name)


def digit_inputs(indices: np.ndarray) -> Tensor:
    """Digits as the app feeds them, ``(N, 1, 32, 32)``, values from 0 to 1."""
    images = digit_images()
    return torch.cat(
        [
            prepare(Image.fromarray(images[i]), size=example_input_size(), in_channels=1, preprocess=DIGITS).tensor
            for i in indices
        ]
    )
