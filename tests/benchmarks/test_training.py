"""How fast a run is beside the bare PyTorch loop of the same config, in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture
from torch.nn import functional as F

from explorer.architecture.describe import describe
from explorer.labs.data.data import DataSet, load_data
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Step
from explorer.labs.training.sets import digit_net
from explorer.labs.training.train import train
from explorer.model import build

ROUNDS = 3


def bare_loop(config: RunConfig, data: DataSet) -> list[float]:
    """What most people write: train, then test after every epoch; no gradient norms, no copies of the weights."""
    images, labels = data.train_pixels.float() / 255, data.train_labels
    held_out = data.test_pixels.float() / 255
    model = build(describe(config.spec), device="cpu", seed=config.seed)
    optimiser = torch.optim.SGD(
        model.parameters(), config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay
    )
    order = torch.Generator().manual_seed(config.seed)
    losses = []
    for _ in range(config.epochs):
        model.train()
        for batch in torch.randperm(len(labels), generator=order).split(config.batch):
            if len(batch) < config.batch:
                continue
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        model.eval()
        with torch.no_grad():
            (model(held_out).argmax(1) != data.test_labels).float().mean().item()
    return losses


def ours(config: RunConfig, data: DataSet) -> list[float]:
    return [event.loss for event in train(config, data=data) if isinstance(event, Step)]


def seconds(work: Callable[[], Any]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


@pytest.mark.parametrize("depth", [20, 56])
def test_a_run_takes_at_most_a_tenth_longer_than_the_bare_loop(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], depth: int
) -> None:
    # one thread, and in its own time: threads that wait for each other on a busy machine would be all that is measured
    torch.set_num_threads(1)
    config, data = RunConfig(spec=digit_net(depth)), load_data("digits")
    assert ours(config, data) == bare_loop(config, data)
    pairs: list[tuple[float, float]] = []

    def both() -> None:
        # in turns, so that a busy machine slows both alike
        pairs.append((seconds(lambda: ours(config, data)), seconds(lambda: bare_loop(config, data))))

    benchmark.pedantic(both, rounds=ROUNDS, warmup_rounds=1)
    ratio = median(mine / bare for mine, bare in pairs)
    mine, bare = (median(column) for column in zip(*pairs, strict=True))
    with capsys.disabled():
        print(f"\n{config.name}: run {mine:.2f} s, bare loop {bare:.2f} s, {ratio:.2f} times")  # noqa: T201
    assert ratio <= 1.1
