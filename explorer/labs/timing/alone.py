"""One measurement at a time, and what else the machine did meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

import psutil

from explorer.architecture.timed import Meanwhile
from explorer.model.guard import uses_by_others

Progress = Callable[[float, str], None]
_LOOK_EVERY = 0.2
_clock = threading.Lock()


@contextmanager
def alone(tell: Progress) -> Iterator[Callable[[], Meanwhile]]:
    """Hold the clock: whoever else wants to measure waits.

    Args:
        tell: told that it waits; what it raises ends the waiting.

    Yields:
        What says what else went on since it was entered.
    """
    while not _clock.acquire(timeout=_LOOK_EVERY):
        tell(0.0, "Waits until another measurement has ended")
    try:
        began, others, own, uses = perf_counter(), _busy(), _own(), uses_by_others()

        def meanwhile() -> Meanwhile:
            elsewhere = (_busy() - others) - (_own() - own)
            return Meanwhile(
                cores=max(0.0, elsewhere / max(perf_counter() - began, 1e-9)),
                all_cores=psutil.cpu_count() or 1,
                others_ran=uses_by_others().since(uses),
            )

        yield meanwhile
    finally:
        _clock.release()


def _busy() -> float:
    """Seconds that all cores together have worked for anybody."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq")))


def _own() -> float:
    """Likewise for this process."""
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)
