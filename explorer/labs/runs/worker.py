"""What happens in a worker process: a run goes on in a thread of its own, and what it yields is taken from there."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from queue import Empty, Full, Queue
from typing import Any

from explorer.errors import ExplorerError, LabError
from explorer.labs.runs.gpu import device_of_a_run
from explorer.labs.runs.jobs import Weights
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch, Step

logger = logging.getLogger(__name__)

Train = Callable[..., Iterator[Step | Epoch]]
# what a run yields; None once it is over, an error if it ended with that
_Events = Queue[Step | Epoch | Exception | None]

REPORT_SECONDS = 0.2
# events that nobody has taken yet: a server that is slow to ask does not fill the worker's memory, the run waits for it
MAX_WAITING = 128
THREAD = "run"
DIED = "The worker process that carried out this run ended unexpectedly: start the run again."


def train_on_one_thread(config: RunConfig, **arguments: Any) -> Iterator[Step | Epoch]:
    """The lab's training, as a worker does it: on a GPU that no other run has, else on one thread of the CPU.

    Each worker has a neighbour, so that more threads would only wait for each other.

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
    with device_of_a_run() as device:
        yield from train(config, device=device, **arguments)


class Training:
    """A run under way in this process: it ends within a step once nobody holds this any more.

    Args:
        train: a generator such as ``explorer.labs.training.train.train``.
        config: its settings.
        start: weights to begin with.
        trainable: names of the parameters that learn.
    """

    def __init__(
        self, train: Train, config: RunConfig, start: Weights | None, trainable: tuple[str, ...] | None
    ) -> None:
        self._events: _Events = Queue(MAX_WAITING)
        self._left = threading.Event()
        self._takings = 0
        self._end: Exception | None = None
        # the thread must not hold this object, or it would never be let go
        arguments = (partial(train, config, start=start, trainable=trainable), self._events, self._left)
        threading.Thread(target=_go, args=arguments, name=THREAD, daemon=True).start()

    def take(self, before: int) -> tuple[list[Step | Epoch], bool]:
        """What it has yielded since the last time, and whether that was the last of it.

        It waits a moment for more, but the first time, which says that it has begun.

        Args:
            before: how often it was asked already.

        Raises:
            Exception: what the run ended with.
        """
        if self._end is None and before != self._takings:
            # some clusters begin a run again when its worker died: it would kill the next one too
            self._end = LabError(DIED)
        if self._end is not None:
            raise self._end
        self._takings += 1
        events: list[Step | Epoch] = []
        until = time.monotonic() + (REPORT_SECONDS if before else 0)
        while (seconds := until - time.monotonic()) > 0:
            try:
                event = self._events.get(timeout=seconds)
            except Empty:
                break
            if event is None:
                return events, True
            if isinstance(event, Exception):
                # what came before it is handed over first
                self._end = event
                break
            events.append(event)
        return events, False

    def __del__(self) -> None:
        self._left.set()


def _go(train: Callable[[], Iterator[Step | Epoch]], events: _Events, left: threading.Event) -> None:
    """Train until the end, or until nobody is there to take what it yields; the last event says how it ended."""
    try:
        # `train` is any generator function; those of the lab can be closed
        with closing(train()) as going:  # type: ignore[type-var]
            for event in going:
                _put(event, events, left)
                if left.is_set():
                    return
        _put(None, events, left)
    except ExplorerError as error:
        _put(error, events, left)
    except Exception as error:
        logger.exception("A run ended with an error.")
        _put(error, events, left)


def _put(event: Step | Epoch | Exception | None, events: _Events, left: threading.Event) -> None:
    is_taken = False
    while not (is_taken or left.is_set()):
        with suppress(Full):
            events.put(event, timeout=REPORT_SECONDS)
            is_taken = True
