"""The runs of everybody: taken in, carried out in a fair order, watched, cancelled, kept and found again."""

from __future__ import annotations

import atexit
import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from distributed import Client, Future, KilledWorker

from explorer.errors import ExplorerError, LabError
from explorer.labs.cluster import UNREACHABLE, Cluster
from explorer.labs.export import as_file, as_json
from explorer.labs.fair_queue import FairQueue
from explorer.labs.jobs import Job, Run, Watched, Weights
from explorer.labs.live import Live
from explorer.labs.store import INTERRUPTED, MAX_NAME, Store, checked_name
from explorer.labs.worker import Train, carry_out, take, train_on_one_thread

logger = logging.getLogger(__name__)

MAX_ACTIVE = 64
MAX_ATTEMPTS = 2
# between two looks at whether the cluster is there and the disk takes what it did not take before
_TICK_SECONDS = 1.0
_RETRY_WRITING_SECONDS = 5.0
_MEMORY_TOPIC = "worker-restart-memory"
_DIED = "The worker process that carried out this run ended unexpectedly: start the run again."
_LOST = "The cluster that carried out this run went away: start the run again."
_UNEXPECTED = "The run ended with an error that was not foreseen; the server's log has it. Try other settings."
_SMALLER = "take a smaller batch, fewer blocks or fewer channels."


class Runs:
    """All runs of this process, for any number of people and threads.

    Runs of several people take turns; at most ``most`` wait or run at once. One thread of its own talks to the cluster
    and writes to the store: nobody who asks here waits for either.

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
        self._train = train
        self._most = most
        self._topic = f"explorer-{uuid.uuid4().hex}"
        # guards what is in memory; held for moments only
        self._lock = threading.RLock()
        self._live: dict[str, Live] = {}
        self._queue = FairQueue()
        # one writes at a time, so that a run that was deleted is not written again
        self._writing = threading.Lock()
        self._write_after = 0.0
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._client: Client | None = None
        self._out_of_memory: dict[str, int] = {}
        self._notice = ""
        self._is_closing = False

    # what people do

    def submit(self, jobs: Sequence[Job], *, owner: str) -> tuple[str, ...]:
        """Take in runs; all of them or none.

        Args:
            jobs: what is to be trained.
            owner: whose they are; the runs of two owners take turns.

        Returns:
            Their ids, in the same order.

        Raises:
            LabError: too many runs wait already, or a name is too long.
        """
        lives = [Live(job=job, run=_new_run(job, owner)) for job in jobs]
        with self._lock:
            active = sum(live.run.is_active for live in self._live.values())
            if active + len(lives) > self._most:
                raise LabError(
                    f"{active:,} runs wait or run already and {self._most:,} are allowed at once: wait until some have "
                    "ended, or take fewer."
                )
            for live in lives:
                self._live[live.run.id] = live
                self._queue.add(live.run.id, owner=owner)
            self._start_thread()
        self._wake()
        return tuple(live.run.id for live in lives)

    def cancel(self, run_id: str) -> None:
        """End a run within a step, also one that waits; what it reached is kept. One that is over stays as it is."""
        with self._lock:
            live = self._live.get(run_id)
            if live is None or not live.run.is_active:
                return
            self._queue.remove(run_id)
            future = live.end("cancelled")
        self._inbox.put(partial(_drop, future))

    def watch(self, run_id: str) -> Watched:
        """A run, its curves up to now, and how far it is.

        Raises:
            LabError: it is not here, or cannot be read.
        """
        with self._lock:
            live = self._live.get(run_id)
            if live is not None:
                return Watched(
                    run=live.shown(),
                    curves=live.curves(),
                    progress=live.progress(),
                    seconds_left=live.seconds_left(),
                    place=self._place(live),
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
        with self._lock:
            kept |= {live.run.id: live.shown() for live in self._live.values()}
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
        with self._lock:
            live = self._live.get(run_id)
            if live is not None:
                live.change(name=checked_name(name))
        if live is None:
            self._store.rename(run_id, name)
        else:
            self._wake()

    def delete(self, run_id: str) -> None:
        """End a run if it is under way and remove all of it; one that is not here is no error.

        Raises:
            LabError: it cannot be removed from the disk.
        """
        self.cancel(run_id)
        with self._writing:
            self._store.delete(run_id)
            with self._lock:
                self._live.pop(run_id, None)

    def weight_epochs(self, run_id: str) -> tuple[int, ...]:
        """The epochs whose weights can be had; 0 is before training.

        Raises:
            LabError: they cannot be read.
        """
        with self._lock:
            live = self._live.get(run_id)
            here = set(live.weights) if live is not None else set()
        return tuple(sorted(here | set(self._store.weight_epochs(run_id))))

    def weights(self, run_id: str, *, epoch: int | None = None) -> Weights:
        """Parameters and buffers of an epoch by name, by default of the last.

        Raises:
            LabError: they are not kept, or cannot be read.
        """
        with self._lock:
            live = self._live.get(run_id)
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
        """Config and curves as a JSON text, see ``explorer.labs.export.as_json``.

        Raises:
            LabError: the run is not here, or cannot be read.
        """
        watched = self.watch(run_id)
        return as_json(watched.run, watched.curves)

    def close(self) -> None:
        """End all runs, the workers and the thread; what was reached is kept."""
        self._is_closing = True
        thread, self._thread = self._thread, None
        if thread is not None:
            self._wake()
            thread.join()
        with self._lock:
            for live in self._live.values():
                if live.run.is_active:
                    live.end("interrupted", INTERRUPTED)
        self._write_after = 0.0
        self._write()
        self._client = None
        self._cluster.close()
        self._store.close()

    # what the thread does

    def _start_thread(self) -> None:
        if self._thread is None and not self._is_closing:
            self._thread = threading.Thread(target=self._work, name="runs", daemon=True)
            self._thread.start()

    def _wake(self) -> None:
        self._inbox.put(lambda: None)

    def _work(self) -> None:
        while not self._is_closing:
            try:
                self._read_messages()
                self._look_for_the_cluster()
                self._fetch_weights()
                self._write()
                self._dispatch()
            except Exception:  # nothing else moves the runs: whatever it was, the thread goes on
                logger.exception("The runs could not be attended to.")
                time.sleep(_TICK_SECONDS)

    def _read_messages(self) -> None:
        """Do what has come in; wait for it, but not for ever while a run is under way."""
        try:
            self._inbox.get(timeout=_TICK_SECONDS if self._live else None)()
            while True:
                self._inbox.get_nowait()()
        except Empty:
            return

    def _look_for_the_cluster(self) -> None:
        if self._client is not None and not self._cluster.is_there:
            self._client = None
            for live in self._submitted():
                self._set_lost(live)

    def _dispatch(self) -> None:
        """Hand as many runs to the cluster as it has room for."""
        if not len(self._queue):
            return
        try:
            free = self._cluster.slots() - len(self._submitted())
            client = self._connected()
        except LabError as error:
            with self._lock:
                while (run_id := self._queue.pop()) is not None:
                    self._live[run_id].end("failed", str(error))
            self._wake()
            return
        for _ in range(free):
            with self._lock:
                run_id = self._queue.pop()
                live = self._live[run_id] if run_id is not None else None
            if live is None:
                return
            self._hand_over(live, client)

    def _connected(self) -> Client:
        client = self._cluster.client()
        if client is not self._client:
            client.subscribe_topic(self._topic, lambda event: self._inbox.put(partial(self._take_report, event[1])))
            client.subscribe_topic(_MEMORY_TOPIC, lambda event: self._note_memory(event[1]))
            self._client = client
        return client

    def _hand_over(self, live: Live, client: Client) -> None:
        live.attempts += 1
        job, run_id = live.job, live.run.id
        try:
            future = client.submit(
                carry_out,
                run_id,
                job.config,
                train=self._train,
                topic=self._topic,
                start=None if job.start is None else client.scatter(dict(job.start), hash=False),
                trainable=None if job.trainable is None else list(job.trainable),
                key=f"run-{run_id}",
            )
        except UNREACHABLE:
            logger.warning("A run could not be handed over.", exc_info=True)
            self._set_lost(live)
            return
        with self._lock:
            is_wanted = live.run.is_active
            if is_wanted:
                live.future = future
        if is_wanted:
            future.add_done_callback(lambda ended: self._inbox.put(partial(self._take_end, run_id, ended)))
        else:
            _drop(future)

    def _take_report(self, report: dict[str, Any]) -> None:
        with self._lock:
            live = self._live.get(report["run"])
            if live is None or live.future is None:
                return
            if "begun_on" not in report or live.worker is None:
                live.worker = report.get("begun_on", live.worker)
                live.take_report(report)
                return
        # some clusters begin a run again when its worker died: it would kill the next one too
        self._end(live, "failed", self._why_it_died(live))

    def _take_end(self, run_id: str, future: Future) -> None:
        with self._lock:
            live = self._live.get(run_id)
        if live is None or live.future is not future:
            return
        try:
            if future.status == "finished":
                weights = future.result(timeout=60)
                with self._lock:
                    live.take_weights(weights)
                self._end(live, "done")
            elif future.status == "error":
                self._end(live, "failed", self._sentence(live, future.exception(timeout=60)))
            else:
                self._set_lost(live)
        except UNREACHABLE:
            logger.warning("The end of a run could not be fetched.", exc_info=True)
            self._set_lost(live)

    def _end(self, live: Live, status: Any, sentence: str = "") -> None:
        with self._lock:
            future = live.end(status, sentence) if live.run.is_active else None
        _drop(future)

    def _set_lost(self, live: Live) -> None:
        """The cluster is gone: what had not begun waits again, the rest has failed."""
        with self._lock:
            if not live.run.is_active:
                return
            future, live.future = live.future, None
            if live.worker is None and live.attempts < MAX_ATTEMPTS:
                self._queue.add(live.run.id, owner=live.run.owner)
            else:
                live.end("failed", _LOST)
        _drop(future)

    def _fetch_weights(self) -> None:
        for live in self._submitted():
            if live.worker is None or not live.wants_weights or self._client is None:
                continue
            try:
                answers = self._client.run(take, live.run.id, workers=[live.worker], on_error="ignore")
            except UNREACHABLE:
                # a worker that died: its run's end is on its way
                continue
            with self._lock:
                for weights in answers.values():
                    live.take_weights(weights)

    def _write(self) -> None:
        """Write what is new. What the disk does not take stays in memory and is tried again later."""
        if time.monotonic() < self._write_after:
            return
        with self._lock:
            ids = list(self._live)
        for run_id in ids:
            with self._writing:
                with self._lock:
                    live = self._live.get(run_id)
                    if live is None:
                        continue
                    run, new, is_new = live.run, live.unwritten(), live.is_unwritten
                try:
                    if is_new:
                        self._store.save(run, **new)
                except LabError as error:
                    self._write_after = time.monotonic() + _RETRY_WRITING_SECONDS
                    with self._lock:
                        live.set_unwritten(str(error))
                    return
                with self._lock:
                    if is_new:
                        live.set_written(run, new)
                    if not live.run.is_active and not live.is_unwritten:
                        del self._live[run_id]

    def _note_memory(self, event: dict[str, Any]) -> None:
        self._out_of_memory[event["worker"]] = event["rss"]

    def _sentence(self, live: Live, error: BaseException | None) -> str:
        """What is said of an error that ended a run."""
        if isinstance(error, ExplorerError):
            return str(error)
        if isinstance(error, KilledWorker):
            return self._why_it_died(live)
        if isinstance(error, MemoryError) or "memory" in str(error):
            return f"The run needed more memory than there is: {_SMALLER}"
        logger.error("A run ended with an error.", exc_info=error)
        return _UNEXPECTED

    def _why_it_died(self, live: Live) -> str:
        """Why a worker died: whether its nanny ended it for its memory comes on another way, at most a moment later."""
        for _ in range(10):
            used = self._out_of_memory.pop(live.worker or "", None)
            if used is not None:
                return f"The run reached {used / 2**30:,.1f} GB of memory, more than one worker may use: {_SMALLER}"
            time.sleep(0.1)
        return _DIED

    def _submitted(self) -> list[Live]:
        with self._lock:
            return [live for live in self._live.values() if live.future is not None]

    def _place(self, live: Live) -> int | None:
        """Where a run stands among those that wait; those that a worker is about to begin come first."""
        if live.run.status != "waiting":
            return None
        starting = [other.run.id for other in self._submitted() if other.run.status == "waiting"]
        order = [*starting, *self._queue.order()]
        return order.index(live.run.id) + 1 if live.run.id in order else 1


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


def _drop(future: Future | None) -> None:
    """Let a task go, whether it waits, runs or has ended."""
    if future is not None:
        with suppress(*UNREACHABLE):
            future.cancel()


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
