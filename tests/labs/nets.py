"""Small networks and small data for the labs' tests."""

from __future__ import annotations

import torch

from explorer.architecture.spec import ResNetSpec
from explorer.labs.data.data import DataSet, load_data
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch
from explorer.labs.training.train import train


def tiny_spec(**changes):
    """Eight layers of 4, 4 and 8 channels: an epoch of ``few_digits`` takes a few hundredths of a second."""
    fields = {
        "block": "basic",
        "depths": (1, 1, 1),
        "widths": (4, 4, 8),
        "stem": "cifar",
        "in_channels": 1,
        "num_classes": 10,
    }
    return ResNetSpec(**{**fields, **changes})


def tiny_run(spec: ResNetSpec | None = None, **changes) -> RunConfig:
    return RunConfig(spec=spec or tiny_spec(), **{"batch": 32, "epochs": 2, **changes})


def few_digits(train: int = 96, test: int = 64) -> DataSet:
    """The first of the digits."""
    digits = load_data("digits")
    return DataSet(
        name="digits",
        title="A few digits",
        classes=digits.classes,
        train_pixels=digits.train_pixels[:train],
        train_labels=digits.train_labels[:train],
        test_pixels=digits.test_pixels[:test],
        test_labels=digits.test_labels[:test],
        preprocess=digits.preprocess,
    )


def some_images(count: int = 8, *, channels: int = 1, side: int = 8) -> torch.Tensor:
    return torch.rand(count, channels, side, side, generator=torch.Generator().manual_seed(1))


def trained(config: RunConfig, data: DataSet) -> Epoch:
    """The end of a run."""
    *_, last = train(config, data=data)
    assert isinstance(last, Epoch)
    return last
