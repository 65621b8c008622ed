"""The runs of everybody are carried out: in turns, by as many workers as there are, and what goes wrong ends alone."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Generator, Sequence
from contextlib import closing

from explorer.errors import ExplorerError, LabError
from explorer.labs.runs.cluster import UNEXPECTED, Cluster, LostError
from explorer.labs.runs.jobs import Events, FromRun, Job, new_run
from explorer.labs.runs.record import Record
from explorer.labs.runs.store import Store
from explorer.labs.runs.worker import Train, train_on_one_thread
from explorer.labs.shipped.shipped import shipped

logger = logging.getLogger(__name__)

MAX_ACTIVE = 64
# between two looks at whether there is room for a run, and whether the disk takes what it did not take before
_TICK_SECONDS = 1.0


class Runs:
    """Carries out the runs of this process, for any number of people and threads; ``store`` is where they are seen.

    Runs of several people take turns; at most ``most`` wait or run at once. Nobody who asks here waits for the cluster.
    A thread hands out runs and writes, and each run that is under way has one that takes in what it yields.

    Args:
        store: where runs are kept.
        cluster: who carries them out.
        train: the generator that a worker goes through; importable there.
        most: how many runs may wait or run at once.
    """

    def __init__(
        self,
        store: Store | None = None,
        cluster: Cluster | None = None,
        *,
        train: Train = train_on_one_thread,
        most: int = MAX_ACTIVE,
    ) -> None:
        self.store = store or Store()
        self._cluster = cluster or Cluster()
        self._train = train
        self._most = most
        self._lock = threading.Lock()
        self._look_around = threading.Event()
        self._is_closing = False
        self._attendant: threading.Thread | None = None
        self._under_way: set[threading.Thread] = set()

    @property
    def notice(self) -> str:
        """What everybody should know of the store and the cluster, else empty."""
        return " ".join(filter(None, [self.store.notice, self._cluster.notice]))

    def submit(self, jobs: Sequence[Job], *, owner: str) -> tuple[str, ...]:
        """Take in runs; all of them or none.

        A run that begins with another one's weights waits until that one is over; meanwhile others go before it.

        Args:
            jobs: what is to be trained.
            owner: whose they are; the runs of two owners take turns.

        Returns:
            Their ids, in the same order.

        Raises:
            LabError: too many runs wait already, or a name is too long.
        """
        records = [Record(job=job, run=new_run(job, owner)) for job in jobs]
        ids = {record.job: record.run.id for record in records}
        for record in records:
            if isinstance(record.job.start, FromRun):
                source = record.job.start.run
                record.awaited = ids[source] if isinstance(source, Job) else source
        with self._lock:
            active = self.store.active()
            if active + len(records) > self._most:
                raise LabError(
                    f"{active:,} runs wait or run already and {self._most:,} are allowed at once: wait until some have "
                    "ended, or take fewer."
                )
            self.store.add(records)
            if self._attendant is None and not self._is_closing:
                self._attendant = threading.Thread(target=self._attend, name="runs", daemon=True)
                self._attendant.start()
        self._look_around.set()
        return tuple(record.run.id for record in records)

    def cancel(self, run_id: str) -> None:
        """End a run in a moment, also one that waits; what it reached is kept. One that is over stays as it is."""
        self.store.end(run_id, "cancelled")
        self._look_around.set()

    def delete(self, run_id: str) -> None:
        """End a run if it is under way and remove all of it; one that is not here is no error.

        Raises:
            LabError: it is shipped, or cannot be removed from the disk.
        """
        self.cancel(run_id)
        self.store.delete(run_id)

    def close(self) -> None:
        """End all runs, the workers and the threads; what was reached is kept."""
        self._is_closing = True
        self._look_around.set()
        if self._attendant is not None:
            self._attendant.join()
        self.store.end_all()
        self._cluster.close()
        for thread in list(self._under_way):
            thread.join()
        self.store.close()

    def _attend(self) -> None:
        while not self._is_closing:
            self._look_around.wait(None if self.store.all_written() else _TICK_SECONDS)
            self._look_around.clear()
            try:
                self.store.hand_on()
                self._hand_out()
                self.store.write()
            except Exception:  # nothing else moves the runs: whatever it was, the thread goes on
                logger.exception("The runs could not be attended to.")

    def _hand_out(self) -> None:
        """Begin with as many runs as there is room for; if nobody can carry them out, all that wait have failed."""
        if self.store.next() is None:
            return
        try:
            for _ in range(self._cluster.slots() - len(self._under_way)):
                record = self.store.next()
                if record is None:
                    return
                self._begin(record)
        except LabError as error:
            while (record := self.store.next()) is not None:
                self.store.end(record.run.id, "failed", str(error))

    def _begin(self, record: Record) -> None:
        job, run_id = record.job, record.run.id
        assert not isinstance(job.start, FromRun), "it has its weights before its turn comes"
        events = self._cluster.train(self._train, job.config, start=job.start, trainable=record.run.trainable)
        if not self.store.take_up(run_id):
            return
        thread = threading.Thread(target=self._carry_out, args=(run_id, events), name=f"run {run_id}", daemon=True)
        self._under_way.add(thread)
        thread.start()

    def _carry_out(self, run_id: str, batches: Generator[Events]) -> None:
        """Take in what a run yields, until it is over or nobody wants it any more."""
        try:
            with closing(batches):
                for events in batches:
                    if not self.store.take(run_id, events):
                        return
                    self._look_around.set()
            self.store.end(run_id, "done")
        except LostError as error:
            if not self.store.put_back(run_id):
                self.store.end(run_id, "failed", str(error))
        except ExplorerError as error:
            self.store.end(run_id, "failed", str(error))
        except Exception:  # its line says so, and the next run begins
            logger.exception("A run could not be carried out.")
            self.store.end(run_id, "failed", UNEXPECTED)
        finally:
            # the run itself may be with another one by now, which tries it again
            self._under_way.discard(threading.current_thread())
            self._look_around.set()


_manager: Runs | None = None
_making = threading.Lock()


def manager() -> Runs:
    """The one manager of this process; it ends with the process."""
    global _manager
    with _making:
        if _manager is None:
            _manager = Runs(Store(shipped=shipped()))
            atexit.register(_manager.close)
        return _manager
