"""The weights of the trained examples in this repository, and the digits as the digit reader takes them."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.architecture.examples import CLOTHES_READER, DIGIT_READER, Example
from explorer.model.checkpoint.checkpoint import Checkpoint, read_checkpoint
from explorer.model.images import DIGITS, FASHION_MNIST, prepare
from explorer.model.samples import digit_images

PREPROCESS = {DIGIT_READER: DIGITS, CLOTHES_READER: FASHION_MNIST}
"""What pictures go through before an example."""


def example_checkpoint(example: Example) -> Checkpoint:
    """The weights of an example."""
    return read_checkpoint(example.file.read_bytes(), example.file.name)


def digit_inputs(indices: np.ndarray) -> Tensor:
    """Digits as the app feeds them, ``(N, 1, 32, 32)``, values from 0 to 1."""
    images = digit_images()
    return torch.cat(
        [
            prepare(Image.fromarray(images[i]), size=DIGIT_READER.input_size, in_channels=1, preprocess=DIGITS).tensor
            for i in indices
        ]
    )
