"""How fast a network becomes a table, beside building it and asking torchinfo in the same run."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import pandas as pd
import pytest
import torch
import torchinfo
import torchvision
from pytest_benchmark.fixture import BenchmarkFixture

from explorer import describe, preset, trace
from explorer.model.build import build
from explorer.views.tables import layer_table

PEER_RUNS = 3


@pytest.fixture(autouse=True)
def _two_threads() -> None:
    torch.set_num_threads(2)


def table_of(name: str, side: int) -> pd.DataFrame:
    return layer_table(trace(describe(preset(name)), (side, side)))


def seconds(work: Callable[[], Any], runs: int, *, clock: Callable[[], float] = time.perf_counter) -> float:
    taken = []
    for _ in range(runs):
        started = clock()
        work()
        taken.append(clock() - started)
    return median(taken)


def peer_seconds(model: Callable[[], torch.nn.Module], side: int) -> float:
    """Building a model on the CPU and torchinfo's summary of it, the median of a few runs after one to warm up."""

    def work() -> None:
        torchinfo.summary(model(), (1, 3, side, side), verbose=0, device="cpu")
        torchinfo.torchinfo.clear_cached_forward_pass()

    work()
    return seconds(work, PEER_RUNS)


def median_of(benchmark: BenchmarkFixture, work: Callable[[], Any]) -> float:
    """The median of a benchmark, or of a few runs where benchmarks are switched off."""
    benchmark.pedantic(work, rounds=30, warmup_rounds=3)
    return benchmark.stats.stats.median if benchmark.stats is not None else seconds(work, 5)


def test_the_table_of_resnet152_is_fifty_times_faster_than_building_and_summing_up(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = median_of(benchmark, lambda: table_of("resnet152", 224))
    peer = peer_seconds(lambda: torchvision.models.resnet152(weights=None), 224)
    with capsys.disabled():
        print(f"\nresnet152: table {ours * 1e3:.2f} ms, peer {peer * 1e3:.0f} ms, {peer / ours:.0f} times faster")  # noqa: T201
    assert peer / ours >= 50


def test_the_table_of_resnet1202_is_twenty_times_faster_than_building_and_summing_up(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = median_of(benchmark, lambda: table_of("resnet1202", 32))
    network = describe(preset("resnet1202"))
    peer = peer_seconds(lambda: build(network, device="cpu", seed=0), 32)
    with capsys.disabled():
        print(f"\nresnet1202: table {ours * 1e3:.2f} ms, peer {peer * 1e3:.0f} ms, {peer / ours:.0f} times faster")  # noqa: T201
    assert peer / ours >= 20


def test_the_table_of_resnet1202_takes_at_most_thirteen_times_that_of_resnet110(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    taken: dict[str, list[float]] = {"resnet1202": [], "resnet110": []}

    def both() -> None:
        # in turns, and in time of this thread: a busy machine interrupts the longer work more often than the shorter
        for name, seconds_of in taken.items():
            seconds_of.append(seconds(partial(table_of, name, 32), 1, clock=time.thread_time))

    benchmark.pedantic(both, rounds=30, warmup_rounds=3)
    large, small = (median(taken[name]) for name in ("resnet1202", "resnet110"))
    with capsys.disabled():
        print(f"\nresnet1202 {large * 1e3:.2f} ms, resnet110 {small * 1e3:.2f} ms, {large / small:.1f} times")  # noqa: T201
    assert large / small <= 13


@pytest.mark.parametrize(("name", "side"), [("resnet152", 224), ("resnet1202", 32)])
def test_a_table_is_made_without_torch(name: str, side: int) -> None:
    code = (
        "import sys; from explorer import *; from explorer.views.tables import layer_table;"
        f"table = layer_table(trace(describe(preset('{name}')), ({side}, {side})));"
        "print(len(table), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rows, has_torch = done.stdout.split()
    assert int(rows) > 500
    assert has_torch == "False"
