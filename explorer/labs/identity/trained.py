"""A trained network with the pictures to test it on: the example that is always here, or weights of any run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.describe import describe
from explorer.architecture.examples import DIGIT_READER, example_facts
from explorer.architecture.spec import ResNetSpec
from explorer.errors import LabError
from explorer.labs.data.data import DataSet
from explorer.labs.training.config import RunConfig
from explorer.labs.training.pictures import data_of
from explorer.labs.training.state import fill
from explorer.labs.training.train import EVALUATION_BATCH
from explorer.model.build import NetworkModule, build
from explorer.model.example import digit_inputs, example_checkpoint
from explorer.model.forward import logits_of
from explorer.model.images import DIGITS
from explorer.model.samples import digit_labels, split


@dataclass(frozen=True, eq=False, kw_only=True)
class Trained:
    """A network that has learned, and what it is tested on.

    Attributes:
        name: short and stable, for caches.
        spec: the network.
        weights: all of its parameters and buffers, by name.
        data: the pictures.
        held_out: how many pictures are held out in all; ``data`` may hold fewer of them.
    """

    name: str
    spec: ResNetSpec
    weights: Mapping[str, np.ndarray]
    data: DataSet
    held_out: int

    def fewer(self, pictures: int) -> Trained:
        """The same network with at most so many pictures to learn from and to test with, at equal distances.

        Args:
            pictures: of each kind, at least 1.
        """
        data = self.data
        learn, test = (_spread(len(labels), pictures) for labels in (data.train_labels, data.test_labels))
        some = replace(
            data,
            train_pixels=data.train_pixels[learn],
            train_labels=data.train_labels[learn],
            test_pixels=data.test_pixels[test],
            test_labels=data.test_labels[test],
        )
        return replace(self, data=some)

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
    facts = example_facts(DIGIT_READER)

    def pixels(indices: np.ndarray) -> Tensor:
        return (digit_inputs(indices) * 255).round().to(torch.uint8)

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
    weights = {name: tensor.numpy() for name, tensor in example_checkpoint(DIGIT_READER).tensors.items()}
    return Trained(
        name="example",
        spec=DIGIT_READER.spec,
        weights=weights,
        data=data,
        held_out=len(data.test_labels),
    )


def trained_run(config: RunConfig, weights: Mapping[str, np.ndarray], *, name: str) -> Trained:
    """What a run has learned, with the pictures of its data.

    Args:
        config: of the run.
        weights: parameters and buffers of one of its epochs, by name.
        name: short and stable, for caches.

    Raises:
        LabError: the weights are no numbers any more, or the pictures are not here.
    """
    if not all(np.isfinite(values).all() for values in weights.values()):
        raise LabError(
            "The weights of this run are NaN or infinite, so nothing can be measured: take an earlier epoch."
        )
    data = data_of(config)
    return Trained(name=name, spec=config.spec, weights=weights, data=data, held_out=len(data.test_labels))


def held_out_logits(model: NetworkModule, data: DataSet) -> Tensor:
    """What a network outputs for every test picture in eval mode, ``(M, classes)``.

    Args:
        model: from ``build``; it is given back as it was.
        data: the pictures.
    """
    return logits_of(model, (data.as_input(some) for some in data.test_pixels.split(EVALUATION_BATCH)))


def _spread(count: int, most: int) -> Tensor:
    """At most so many of the places 0 to count − 1, at equal distances."""
    return torch.arange(count) if count <= most else torch.linspace(0, count - 1, most).round().long()
