"""The runs of everybody: taken in, carried out in a fair order, watched, cancelled, kept and found again."""

from __future__ import annotations

import atexit
import threading
import time
import uuid
from collections.abc import Sequence
from functools import partial

from explorer.errors import LabError
from explorer.labs.runs.attendant import Attendant, drop
from explorer.labs.runs.cluster import Cluster
from explorer.labs.runs.desk import Desk
from explorer.labs.runs.export import as_file, as_json
from explorer.labs.runs.jobs import FromRun, Job, Run, Watched, Weights
from explorer.labs.runs.live import Live
from explorer.labs.runs.store import INTERRUPTED, MAX_NAME, Store, checked_name
from explorer.labs.runs.worker import Train, train_on_one_thread

MAX_ACTIVE = 64


class Runs:
    """All runs of this process, for any number of people and threads.

    Runs of several people take turns; at most ``most`` wait or run at once. Nobody who asks here waits for the cluster.

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
        self._store = store or Store()
        self._cluster = cluster or Cluster()
        self._most = most
        self._desk = Desk()
        self._attendant = Attendant(self._desk, self._store, self._cluster, train=train)
        self._notice = ""

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
        lives = [Live(job=job, run=_new_run(job, owner)) for job in jobs]
        ids = {live.job: live.run.id for live in lives}
        for live in lives:
            if isinstance(live.job.start, FromRun):
                source = live.job.start.run
                live.awaited = ids[source] if isinstance(source, Job) else source
        with self._desk.lock:
            active = self._desk.active()
            if active + len(lives) > self._most:
                raise LabError(
                    f"{active:,} runs wait or run already and {self._most:,} are allowed at once: wait until some have "
                    "ended, or take fewer."
                )
            for live in lives:
                self._desk.live[live.run.id] = live
                self._desk.queue.add(live.run.id, owner=owner)
            self._attendant.start()
        self._desk.call()
        return tuple(live.run.id for live in lives)

    def cancel(self, run_id: str) -> None:
        """End a run within a step, also one that waits; what it reached is kept. One that is over stays as it is."""
        with self._desk.lock:
            live = self._desk.live.get(run_id)
            if live is None or not live.run.is_active:
                return
            self._desk.queue.remove(run_id)
            future = live.end("cancelled")
        self._desk.call(partial(drop, future))

    def watch(self, run_id: str) -> Watched:
        """A run, its curves up to now, and how far it is.

        Raises:
            LabError: it is not here, or cannot be read.
        """
        with self._desk.lock:
            live = self._desk.live.get(run_id)
            if live is not None:
                return Watched(
                    run=live.shown(),
                    curves=live.curves(),
                    progress=live.progress(),
                    seconds_left=live.seconds_left(),
                    place=self._desk.place(live),
                )
        run, curves = self._store.run(run_id), self._store.curves(run_id)
        done = max((epoch.epoch for epoch in curves.epochs), default=0)
        return Watched(run=run, curves=curves, progress=done / run.config.epochs, seconds_left=None, place=None)

    def runs(self, *, owner: str | None = None) -> tuple[Run, ...]:
        """All runs, kept and under way, the newest first. If the kept ones cannot be read, ``notice`` says so.

        Args:
            owner: whose; None for everybody's.
        """
        try:
            kept = {run.id: run for run in self._store.runs()}
            self._notice = ""
        except LabError as error:
            kept = {}
            self._notice = str(error)
        with self._desk.lock:
            kept |= {live.run.id: live.shown() for live in self._desk.live.values()}
        mine = [run for run in kept.values() if owner is None or run.owner == owner]
        return tuple(sorted(mine, key=lambda run: run.created, reverse=True))

    @property
    def notice(self) -> str:
        """What everybody should know of the store and the cluster, else empty."""
        return " ".join(dict.fromkeys(filter(None, [self._store.notice, self._notice, self._cluster.notice])))

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name.

        Raises:
            LabError: the name is empty or too long, the run is not here, or it cannot be written.
        """
        with self._desk.lock:
            live = self._desk.live.get(run_id)
            if live is not None:
                live.change(name=checked_name(name))
        if live is None:
            self._store.rename(run_id, name)
        else:
            self._desk.call()

    def delete(self, run_id: str) -> None:
        """End a run if it is under way and remove all of it; one that is not here is no error.

        Raises:
            LabError: it cannot be removed from the disk.
        """
        self.cancel(run_id)
        with self._desk.writing:
            self._store.delete(run_id)
            with self._desk.lock:
                self._desk.live.pop(run_id, None)

    def weight_epochs(self, run_id: str) -> tuple[int, ...]:
        """The epochs whose weights can be had; 0 is before training.

        Raises:
            LabError: they cannot be read.
        """
        with self._desk.lock:
            live = self._desk.live.get(run_id)
            here = set(live.weights) if live is not None else set()
        return tuple(sorted(here | set(self._store.weight_epochs(run_id))))

    def weights(self, run_id: str, *, epoch: int | None = None) -> Weights:
        """Parameters and buffers of an epoch by name, by default of the last.

        Raises:
            LabError: they are not kept, or cannot be read.
        """
        with self._desk.lock:
            live = self._desk.live.get(run_id)
            here = dict(live.weights) if live is not None else {}
        wanted = max(here, default=None) if epoch is None else epoch
        return here[wanted] if wanted in here else self._store.weights(run_id, epoch=epoch)

    def weights_file(self, run_id: str, *, epoch: int | None = None) -> bytes:
        """The same as a safetensors file.

        Raises:
            LabError: as ``weights``.
        """
        return as_file(self.weights(run_id, epoch=epoch), self.watch(run_id).run)

    def json_file(self, run_id: str) -> str:
        """Config and curves as a JSON text, see ``explorer.labs.runs.export.as_json``.

        Raises:
            LabError: the run is not here, or cannot be read.
        """
        watched = self.watch(run_id)
        return as_json(watched.run, watched.curves)

    def close(self) -> None:
        """End all runs, the workers and the thread; what was reached is kept."""
        self._attendant.stop()
        with self._desk.lock:
            for live in self._desk.live.values():
                if live.run.is_active:
                    live.end("interrupted", INTERRUPTED)
        self._attendant.write()
        self._cluster.close()
        self._store.close()


def _new_run(job: Job, owner: str) -> Run:
    return Run(
        id=uuid.uuid4().hex[:12],
        name=checked_name(job.name) if job.name else job.config.name[:MAX_NAME],
        owner=owner,
        config=job.config,
        trainable=None if job.trainable is None else tuple(sorted(job.trainable)),
        status="waiting",
        sentence="",
        created=time.time(),
        started=None,
        ended=None,
    )


_manager: Runs | None = None
_making = threading.Lock()


def manager() -> Runs:
    """The one manager of this process; it ends with the process."""
    global _manager
    with _making:
        if _manager is None:
            _manager = Runs()
            atexit.register(_manager.close)
        return _manager
