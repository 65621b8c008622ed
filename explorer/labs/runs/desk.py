"""The runs that are under way, shared by those who ask and the thread that attends to them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from queue import Empty, SimpleQueue

from explorer.labs.runs.fair_queue import FairQueue
from explorer.labs.runs.live import Live


class Desk:
    """What is in memory of runs that wait, run, or are not yet written to the store.

    Attributes:
        lock: guards ``live``, all in it, and ``queue``; held for moments only.
        live: runs by id.
        queue: ids of those that wait and were not handed to a worker.
        writing: held by who writes to the store, so that a run that was deleted is not written again.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.live: dict[str, Live] = {}
        self.queue = FairQueue()
        self.writing = threading.Lock()
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def call(self, action: Callable[[], None] = lambda: None) -> None:
        """Have the attending thread do something; by default, only look around."""
        self._inbox.put(action)

    def do_calls(self, *, timeout: float | None) -> None:
        """Do what was asked for, in the order of asking; wait for the first if there is none."""
        try:
            self._inbox.get(timeout=timeout)()
            while True:
                self._inbox.get_nowait()()
        except Empty:
            return

    def active(self) -> int:
        """How many runs wait or run."""
        with self.lock:
            return sum(live.run.is_active for live in self.live.values())

    def submitted(self) -> list[Live]:
        """Runs that were handed to a worker and are not over."""
        with self.lock:
            return [live for live in self.live.values() if live.future is not None]

    def is_ready(self, run_id: str) -> bool:
        """Whether a run that waits in the queue could begin: it does not wait for another one's weights."""
        with self.lock:
            return self.live[run_id].awaited is None

    def next(self) -> Live | None:
        """Take the run out of the queue that is next of those that could begin; None if there is none."""
        with self.lock:
            run_id = self.queue.pop(self.is_ready, self._busy())
            return None if run_id is None else self.live[run_id]

    def place(self, live: Live) -> int | None:
        """Where a run stands among those that wait.

        Those that a worker is about to begin come first, those that wait for another run's weights last.
        """
        with self.lock:
            if live.run.status != "waiting":
                return None
            starting = [other.run.id for other in self.submitted() if other.run.status == "waiting"]
            order = [*starting, *self.queue.order(self.is_ready, self._busy())]
            return order.index(live.run.id) + 1 if live.run.id in order else 1

    def _busy(self) -> Counter[str]:
        """How many runs of each owner are under way."""
        return Counter(live.run.owner for live in self.submitted())
