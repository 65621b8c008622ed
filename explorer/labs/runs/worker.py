"""What happens in a worker process: one run, its steps reported as they come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from typing import Any

import numpy as np
from distributed import Worker, get_worker

from explorer.labs.runs.jobs import Weights, measures
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch, Step

Train = Callable[..., Iterator[Step | Epoch]]

REPORT_SECONDS = 0.2
# epochs whose weights wait to be fetched, per run: a server that is slow to ask does not fill the worker's memory
MAX_UNFETCHED = 8

_unfetched: dict[str, dict[int, Weights]] = {}
_lock = threading.Lock()


def train_on_one_thread(config: RunConfig, **arguments: Any) -> Iterator[Step | Epoch]:
    """The lab's training, as a worker does it: on one thread, since each worker has a neighbour.

    Args:
        config: the run.
        **arguments: of ``explorer.labs.training.train.train``.

    Returns:
        Its generator.
    """
    # only the workers need torch; who submits and lists runs does not wait for it
    import torch

    from explorer.labs.training.train import train

    torch.set_num_threads(1)
    return train(config, **arguments)


def carry_out(
    run: str,
    config: RunConfig,
    *,
    train: Train,
    topic: str,
    start: Mapping[str, np.ndarray] | None = None,
    trainable: Collection[str] | None = None,
) -> dict[int, Weights]:
    """Train in this process and report under a topic; a task of ``distributed``.

    It ends within a step once nobody wants its result: when the task was cancelled, or whoever submitted it has gone.
    Reports are dictionaries with the ``run`` and some of ``begun_on`` (the worker's address), ``steps`` (epoch, step,
    steps, loss, gradient norm) and ``epoch`` (its measures; the weights are fetched with ``take``).

    Args:
        run: its id.
        config: its settings.
        train: a generator such as ``explorer.labs.training.train.train``.
        topic: of the reports.
        start: weights to begin with.
        trainable: names of the parameters that learn.

    Returns:
        Weights of the epochs that were not fetched, the last one's among them.
    """
    worker = get_worker()
    key = worker.get_current_task()
    worker.log_event(topic, {"run": run, "begun_on": worker.address})
    steps: list[tuple[int, int, int, float, float]] = []
    reported = time.monotonic()
    try:
        # `train` is any generator function; those of the lab can be closed
        with closing(train(config, start=start, trainable=trainable)) as events:  # type: ignore[type-var]
            for event in events:
                if not _is_wanted(worker, key):
                    return {}
                report: dict[str, Any] = {"run": run}
                if isinstance(event, Step):
                    steps.append((event.epoch, event.step, event.steps, event.loss, event.gradient_norm))
                    if time.monotonic() - reported < REPORT_SECONDS:
                        continue
                else:
                    _offer(run, event)
                    report["epoch"] = measures(event)
                worker.log_event(topic, report | {"steps": steps})
                steps = []
                reported = time.monotonic()
        return take(run)
    finally:
        take(run)


def take(run: str) -> dict[int, Weights]:
    """Weights of the epochs of a run that nobody has taken yet, by epoch."""
    with _lock:
        return _unfetched.pop(run, {})


def _offer(run: str, epoch: Epoch) -> None:
    with _lock:
        waiting = _unfetched.setdefault(run, {})
        waiting[epoch.epoch] = epoch.weights
        while len(waiting) > MAX_UNFETCHED:
            del waiting[min(waiting)]


def _is_wanted(worker: Worker, key: Any) -> bool:
    """Whether the task is still to be carried out; costs no message, so every step can ask."""
    task = worker.state.tasks.get(key)
    return task is not None and task.state == "executing"
