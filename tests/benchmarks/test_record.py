"""How fast every row of a network is recorded, beside plain hooks and beside TorchLens in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
import torch
import torchlens
from pytest_benchmark.fixture import BenchmarkFixture
from torch import Tensor
from torchlens.options import CaptureOptions

from explorer import describe, preset
from explorer.model import build, record
from explorer.model.build import NetworkModule, calls

ROUNDS = 15
TRACES = 3


@pytest.fixture
def model() -> NetworkModule:
    # one thread, and in its own time: threads that wait for each other on a busy machine would be all that is measured
    torch.set_num_threads(1)
    return build(describe(preset("resnet50")), device="cpu").eval()


@pytest.fixture
def image() -> Tensor:
    return torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))


def with_plain_hooks(model: NetworkModule, image: Tensor) -> dict[str, Tensor]:
    """What most people write: a hook on every row that keeps the output, without a copy and without tidying up."""
    kept: dict[str, Tensor] = {}

    def keeper(name: str) -> Callable[[torch.nn.Module, Any, Tensor], None]:
        def keep(_module: torch.nn.Module, _arriving: Any, output: Tensor) -> None:
            kept[name] = output

        return keep

    handles = [model.get_submodule(name).register_forward_hook(keeper(name)) for name, _ in calls(model.network)]
    with torch.no_grad():
        model(image)
    for handle in handles:
        handle.remove()
    return kept


def seconds(work: Callable[[], Any]) -> float:
    started = time.thread_time()
    kept = work()
    taken = time.thread_time() - started
    del kept
    return taken


def test_recording_every_row_of_resnet50_takes_at_most_1_3_times_plain_hooks(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], model: NetworkModule, image: Tensor
) -> None:
    ours: list[float] = []
    hooks: list[float] = []

    def both() -> None:
        # in turns, so that a busy machine slows both alike
        hooks.append(seconds(lambda: with_plain_hooks(model, image)))
        ours.append(seconds(lambda: record(model, image)))

    assert list(record(model, image)) == list(with_plain_hooks(model, image))
    benchmark.pedantic(both, rounds=ROUNDS, warmup_rounds=3)
    one, other = median(ours), median(hooks)
    with capsys.disabled():
        print(f"\nresnet50: record {one * 1e3:.1f} ms, plain hooks {other * 1e3:.1f} ms, {one / other:.2f} times")  # noqa: T201
    assert one / other <= 1.3


def test_recording_every_row_of_resnet50_is_ten_times_faster_than_a_torchlens_trace(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], model: NetworkModule, image: Tensor
) -> None:
    benchmark.pedantic(lambda: record(model, image), rounds=ROUNDS, warmup_rounds=2)
    ours = median(seconds(lambda: record(model, image)) for _ in range(ROUNDS))
    # torchlens wraps torch's functions for good unless told otherwise
    alone = CaptureOptions(unwrap_when_done=True)
    peer = median(seconds(lambda: torchlens.trace(model, image, capture=alone)) for _ in range(TRACES))
    with capsys.disabled():
        print(f"\nresnet50: record {ours * 1e3:.1f} ms, TorchLens {peer * 1e3:.0f} ms, {peer / ours:.0f} times faster")  # noqa: T201
    assert peer / ours >= 10
