"""Runs in place of real ones, which the workers of the tests import: quick, or bad in one certain way."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from explorer import ResNetSpec
from explorer.errors import LabError
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch, Step

STEPS = 4


def config(*, epochs: int = 2, seed: int = 0) -> RunConfig:
    spec = ResNetSpec(block="basic", depths=(1,), widths=(8,), stem="cifar", in_channels=1, num_classes=10)
    return RunConfig(spec=spec, epochs=epochs, seed=seed)


def epoch(number: int, *, epochs: int, size: int = 3) -> Epoch:
    return Epoch(
        epoch=number,
        epochs=epochs,
        train_loss=1 / (number + 1),
        train_error=float("nan") if number == 0 else 0.5,
        test_error=0.25,
        gradient_norm=2.0,
        seconds=0.01,
        weights={"fc.weight": np.full((size, 2), number, dtype=np.float32), "bn1.count": np.array(number)},
        block_ratios={"layer1.0": 0.5},
    )


def quick(
    config: RunConfig,
    *,
    start: Mapping[str, np.ndarray] | None = None,
    trainable: Collection[str] | None = None,
    seconds: float = 0.0,
) -> Iterator[Step | Epoch]:
    """As many epochs as asked for; the loss says what it was given: the start's bias plus how much learns."""
    loss = float((start or {}).get("fc.bias", np.zeros(1))[0]) + len(trainable or ())
    yield epoch(0, epochs=config.epochs)
    for number in range(1, config.epochs + 1):
        for step in range(1, STEPS + 1):
            time.sleep(seconds)
            yield Step(epoch=number, step=step, steps=STEPS, loss=loss, gradient_norm=float(step))
        yield epoch(number, epochs=config.epochs)


def slow(config: RunConfig, **arguments: object) -> Iterator[Step | Epoch]:
    """So slow that a test can look at it and cancel it."""
    return quick(config, seconds=0.05)


def bad_with_odd_seed(config: RunConfig, **arguments: object) -> Iterator[Step | Epoch]:
    """Ends in the way that the seed stands for; runs of even seeds are quick."""
    yield from quick(config.replace(epochs=1))
    if config.seed == 1:
        raise LabError("The data cannot be had.")
    if config.seed == 3:
        os._exit(1)
    if config.seed == 5:
        raise ZeroDivisionError("a mistake of ours")
    if config.seed == 7:
        hoard = []
        while True:
            hoard.append(np.ones(5_000_000))
            time.sleep(0.01)


def heir(
    config: RunConfig, *, start: Mapping[str, np.ndarray] | None = None, seconds: float = 0.0, **_: object
) -> Iterator[Step | Epoch]:
    """Says what it was given: its loss is the number of tensors, its gradient norm ``fc.weight``'s value, or −1."""
    given = start or {}
    value = float(given["fc.weight"][0, 0]) if "fc.weight" in given else -1.0
    for event in quick(config, seconds=seconds):
        yield replace(event, loss=float(len(given)), gradient_norm=value) if isinstance(event, Step) else event


def heir_slow(config: RunConfig, **arguments: object) -> Iterator[Step | Epoch]:
    """The same, so slow that a test can look at it; one of a single epoch is quick."""
    return heir(config, seconds=0.05 if config.epochs > 1 else 0.0, **arguments)  # type: ignore[arg-type]
