"""The clock: how long a call takes, warmed up and several times over; on CUDA by the device's own events."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import torch

from explorer.architecture.timed import Runs

Call = Callable[[], object]
FEWEST = 3
"""Runs, however long they take."""
WARM_UPS = 2
"""Runs before any is counted: the first of all fills caches and chooses kernels."""


def timed(call: Call, device: torch.device, *, repeats: int, seconds: float) -> Runs:
    """Run something until it has run often enough, or long enough.

    Args:
        call: what is timed; what it returns is dropped.
        device: where it computes.
        repeats: runs that are enough.
        seconds: likewise; there are ``FEWEST`` runs in any case.
    """
    took = 0.0
    for _ in range(WARM_UPS):
        took = _one(call, device)
        if took > seconds / FEWEST:
            break  # a run that takes so long is no warmer the second time
    count = max(FEWEST, min(repeats, int(seconds / max(took, 1e-9))))
    return Runs(seconds=_by_events(call, device, count) if device.type == "cuda" else _by_clock(call, device, count))


def _one(call: Call, device: torch.device) -> float:
    _wait(device)
    start = perf_counter()
    call()
    _wait(device)
    return perf_counter() - start


def _by_clock(call: Call, device: torch.device, count: int) -> tuple[float, ...]:
    return tuple(_one(call, device) for _ in range(count))


def _by_events(call: Call, device: torch.device, count: int) -> tuple[float, ...]:
    """All runs are queued before the first is read, so that the device does not wait for the next one."""
    with torch.cuda.device(device):
        pairs = [(torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)) for _ in range(count)]
        for start, end in pairs:
            start.record()
            call()
            end.record()
        torch.cuda.synchronize()
    return tuple(start.elapsed_time(end) / 1000 for start, end in pairs)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
