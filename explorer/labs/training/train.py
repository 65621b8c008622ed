"""A training run: a plain generator of steps and epochs, the same for a page, a test and the terminal."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.architecture.describe import describe
from explorer.architecture.memory import Optimiser, training_memory
from explorer.architecture.trace import trace
from explorer.errors import LabError
from explorer.labs.data.data import DataSet
from explorer.labs.training.config import RunConfig, wrong_classes
from explorer.labs.training.events import Epoch, Step
from explorer.labs.training.initialise import initialised
from explorer.labs.training.pictures import data_of
from explorer.labs.training.state import fill, frozen_norms, learning, weights_of
from explorer.model.build import NetworkModule
from explorer.model.device import admit, choose
from explorer.model.forward import passed
from explorer.model.guard import borrowed
from explorer.model.out_of_memory import enough_memory
from explorer.model.probe import residual_ratios

EVALUATION_BATCH = 512
RATIO_PICTURES = 16


def train(
    config: RunConfig,
    *,
    start: Mapping[str, np.ndarray] | None = None,
    trainable: Collection[str] | None = None,
    data: DataSet | None = None,
    device: str = "cpu",
) -> Iterator[Step | Epoch]:
    """Carry out a run, step by step; nothing goes on when nobody asks for the next one.

    On the CPU the same config gives the same numbers to the last bit, on one machine and with one number of threads
    (``torch.set_num_threads``). With another number sums are taken in another order: the first steps agree to six
    digits, later ones drift apart as after any tiny change.

    Args:
        config: the run. The last pictures of an epoch that fill no batch are left out, others in every epoch.
        start: weights to begin with, by name; what is not in it stays as it was drawn.
        trainable: names of the parameters that learn, or of modules that hold them ("layer3", "fc"); None for all. What
            a norm does that does not learn is the config's ``frozen_norms``.
        data: the pictures; None loads those that the config names.
        device: where it runs, "auto" for the best that is here.

    Yields:
        Epoch 0, then for each epoch its steps and its end.

    Raises:
        LabError: the data cannot be had or does not fit the network, ``start`` or ``trainable`` name what is not there.
        InputSizeError: the network cannot take pictures of this size.
        DeviceError: the device is not there or its memory is not enough.
    """
    pictures, batch, where = _admitted(config, data, device)
    model = initialised(config.spec, config.initialisation, seed=config.seed, device=where)
    fill(model, start or {})
    parameters = learning(model, trainable)
    yield from _Run(config, pictures, batch, model, parameters).events()


def check(config: RunConfig, *, device: str = "cpu") -> None:
    """Raise what ``train`` would raise before its first step; nothing is built.

    Args:
        config: the run.
        device: where it shall run.

    Raises:
        LabError: the data cannot be had or does not fit the network.
        InputSizeError: the network cannot take pictures of this size.
        DeviceError: the device is not there or its memory is not enough.
    """
    _admitted(config, None, device)


def learning_rate(config: RunConfig, done: int, total: int) -> float:
    """The learning rate of a step by the config's schedule.

    Args:
        config: the run.
        done: steps that were taken before.
        total: steps of the whole run.
    """
    share = done / total
    match config.schedule:
        case "constant":
            return config.learning_rate
        case "steps":
            return config.learning_rate * (1.0 if share < 0.5 else 0.1 if share < 0.75 else 0.01)
        case "cosine":
            return config.learning_rate * (1 + math.cos(math.pi * share)) / 2


class _Measured(NamedTuple):
    """What one batch shows: its loss, how many of it are named wrongly, the norm of the gradient."""

    loss: float
    wrong: int
    gradient_norm: float


class _State(NamedTuple):
    """A network between two epochs."""

    test_error: float
    block_ratios: dict[str, float]
    weights: dict[str, np.ndarray]


class _Run:
    """What a run holds between two steps."""

    def __init__(
        self, config: RunConfig, data: DataSet, batch: int, model: NetworkModule, parameters: list[nn.Parameter]
    ) -> None:
        self.config = config
        self.data = data
        self.model = model
        self.parameters = parameters
        self.optimiser = _optimiser(config, parameters)
        self.batch = batch
        self.steps = len(data.train_labels) // batch
        self.order = torch.Generator().manual_seed(config.seed)
        self.train_pixels, self.train_labels, self.test_pixels, self.test_labels = (
            part.to(model.device) for part in (data.train_pixels, data.train_labels, data.test_pixels, data.test_labels)
        )
        model.train()
        if config.frozen_norms == "eval":
            for norm in frozen_norms(model):
                norm.eval()

    def events(self) -> Iterator[Step | Epoch]:
        """Epoch 0, then for each epoch its steps and its end."""
        started = time.perf_counter()
        state = self._state()
        batches = self._batches()
        # what the first batch shows before training is also what the first step is made of
        first = self._gradients(batches[0])
        yield self._epoch(0, [first], state, started)
        for epoch in range(1, self.config.epochs + 1):
            started = time.perf_counter()
            measured = []
            for step, indices in enumerate(batches, start=1):
                found = first if epoch == step == 1 else self._gradients(indices)
                self._learn((epoch - 1) * self.steps + step - 1)
                measured.append(found)
                yield Step(epoch=epoch, step=step, steps=self.steps, loss=found.loss, gradient_norm=found.gradient_norm)
            yield self._epoch(epoch, measured, self._state(), started)
            batches = self._batches()

    def _learn(self, done: int) -> None:
        """Take a step with the gradients that are there."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.config, done, self.config.epochs * self.steps)
        self.optimiser.step()

    def _batches(self) -> Tensor:
        """Indices of the epoch's pictures in a new order, ``(steps, batch)``."""
        order = torch.randperm(len(self.train_labels), generator=self.order)
        return order[: self.steps * self.batch].view(self.steps, self.batch).to(self.model.device)

    def _gradients(self, indices: Tensor) -> _Measured:
        """One pass forward and backward; the gradients are left in place."""
        images, labels = self.data.as_input(self.train_pixels[indices]), self.train_labels[indices]
        self.optimiser.zero_grad()
        with enough_memory(self.model.device, f"batches of {self.batch}", "take fewer pictures"):
            with torch.enable_grad():
                logits = passed(self.model, images)
                loss = F.cross_entropy(logits, labels)
            loss.backward()
        wrong = int((logits.detach().argmax(1) != labels).sum())
        gradients = [p.grad for p in self.parameters if p.grad is not None]
        return _Measured(float(loss.detach()), wrong, float(nn.utils.get_total_norm(gradients)))

    def _state(self) -> _State:
        """What the network is worth as it stands."""
        ratios = {}
        if not self.config.spec.is_plain:
            images = self.data.as_input(self.test_pixels[:RATIO_PICTURES])
            ratios = {found.block: found.ratio for found in residual_ratios(self.model, images)}
        error = error_rate(self.model, self.data, self.test_pixels, self.test_labels)
        return _State(error, ratios, weights_of(self.model))

    def _epoch(self, epoch: int, measured: list[_Measured], state: _State, started: float) -> Epoch:
        return Epoch(
            epoch=epoch,
            epochs=self.config.epochs,
            train_loss=float(np.mean([batch.loss for batch in measured])),
            train_error=sum(batch.wrong for batch in measured) / (len(measured) * self.batch),
            test_error=state.test_error,
            gradient_norm=float(np.mean([batch.gradient_norm for batch in measured])),
            seconds=time.perf_counter() - started,
            weights=state.weights,
            block_ratios=state.block_ratios,
        )


def error_rate(model: NetworkModule, data: DataSet, pixels: Tensor, labels: Tensor) -> float:
    """The share of pictures that a network names wrongly in eval mode.

    Args:
        model: from ``build``; it is given back as it was.
        data: whose preprocessing is done.
        pixels: ``(N, C, H, W)``, uint8.
        labels: ``(N,)``, int64.

    Returns:
        0 to 1.
    """
    wrong = 0
    with borrowed(model, "eval"):
        for some, right in zip(pixels.split(EVALUATION_BATCH), labels.split(EVALUATION_BATCH), strict=True):
            named = passed(model, data.as_input(some)).argmax(1)
            wrong += int((named != right.to(named.device)).sum())
    return wrong / len(labels)


def _admitted(config: RunConfig, given: DataSet | None, device: str) -> tuple[DataSet, int, torch.device]:
    """The pictures, the size of a batch and the device of a run that can work; all else is refused."""
    data = data_of(config) if given is None else given
    batch, where = min(config.batch, len(data.train_labels)), choose(device)
    if len(data.classes) != config.spec.outputs:
        raise LabError(wrong_classes(config.spec, data.title, len(data.classes)))
    memory = training_memory(trace(describe(config.spec), data.size), optimiser=_kind_of_optimiser(config))
    admit(
        memory.bytes_at(batch),
        where,
        what=f"Training {config.network} with batches of {batch:,}",
        would_fit=lambda usable: f"batches of {memory.largest_batch(usable):,} would fit",
    )
    return data, batch, where


def _kind_of_optimiser(config: RunConfig) -> Optimiser:
    if config.optimiser != "sgd":
        return "adam"
    return "momentum" if config.momentum else "sgd"


def _optimiser(config: RunConfig, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    # all parameters in one call (foreach): the same numbers as one by one, in half the time
    rate, decay = config.learning_rate, config.weight_decay
    match config.optimiser:
        case "sgd":
            return torch.optim.SGD(parameters, rate, momentum=config.momentum, weight_decay=decay, foreach=True)
        case "adam":
            return torch.optim.Adam(parameters, rate, weight_decay=decay, foreach=True)
        case "adamw":
            return torch.optim.AdamW(parameters, rate, weight_decay=decay, foreach=True)
