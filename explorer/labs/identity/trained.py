"""A trained network with the pictures to test it on: the example that is always here, or weights of any run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.describe import describe
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.weights import example_spec
from explorer.errors import LabError
from explorer.labs.data.data import DataSet
from explorer.labs.training.state import fill
from explorer.labs.training.train import EVALUATION_BATCH
from explorer.model.build import NetworkModule, build
from explorer.model.example import example_checkpoint, example_facts
from explorer.model.examples.train_digits import pictures, split
from explorer.model.forward import passed
from explorer.model.guard import borrowed
from explorer.model.images import DIGITS
from explorer.model.samples import digit_labels


@dataclass(frozen=True, eq=False, kw_only=True)
class Trained:
    """A network that has learned, and what it is tested on.

    Attributes:
        name: short and stable, for caches.
        title: what people read.
        spec: the network.
        weights: all of its parameters and buffers, by name.
        data: the pictures.
    """

    name: str
    title: str
    spec: ResNetSpec
    weights: Mapping[str, np.ndarray]
    data: DataSet

    def model(self) -> NetworkModule:
        """The network on the CPU, in eval mode.

        Raises:
            LabError: when the weights are not those of the network, or not all of them.
        """
        model = build(describe(self.spec), device="cpu").eval()
        missing = model.state_dict().keys() - self.weights.keys()
        if missing:
            raise LabError(f"The weights lack {min(missing)}: choose the network that they were made for.")
        fill(model, self.weights)
        return model


@cache
def trained_example() -> Trained:
    """The digits' ResNet-20 of this repository, with the digits at 32×32 as it was trained on them."""
    learn, held_out = split(digit_labels())
    facts = example_facts()

    def pixels(indices: np.ndarray) -> Tensor:
        return (pictures(indices) * 255).round().to(torch.uint8)

    data = DataSet(
        name="digits-32",
        title="Digits at 32×32",
        classes=facts.classes,
        train_pixels=pixels(learn),
        train_labels=torch.from_numpy(digit_labels()[learn]),
        test_pixels=pixels(held_out),
        test_labels=torch.from_numpy(digit_labels()[held_out]),
        preprocess=DIGITS,
    )
    weights = {name: tensor.numpy() for name, tensor in example_checkpoint().tensors.items()}
    return Trained(
        name="example",
        title="the trained example, a ResNet-20 that reads digits",
        spec=example_spec(),
        weights=weights,
        data=data,
    )


def held_out_logits(model: NetworkModule, data: DataSet) -> Tensor:
    """What a network puts out for every test picture in eval mode, ``(M, classes)``.

    Args:
        model: from ``build``; it is given back as it was.
        data: the pictures.
    """
    with borrowed(model, "eval"):
        parts = [passed(model, data.as_input(some)) for some in data.test_pixels.split(EVALUATION_BATCH)]
    return torch.cat(parts).cpu()
