"""The one thread that talks to the cluster and writes to the store, so that nobody who asks waits for either."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from contextlib import suppress
from functools import partial
from typing import Any

from distributed import Client, Future, KilledWorker

from explorer.errors import ExplorerError, LabError
from explorer.labs.runs.cluster import UNREACHABLE, Cluster
from explorer.labs.runs.desk import Desk
from explorer.labs.runs.jobs import FromRun, Status
from explorer.labs.runs.learned import learned
from explorer.labs.runs.live import Live
from explorer.labs.runs.store import Store
from explorer.labs.runs.worker import Train, carry_out, take

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 2
# between two looks at whether a run has ended
_LOOK_SECONDS = 0.2
# between two looks at whether there is room for a run, and whether the disk takes what it did not take before
_TICK_SECONDS = 1.0
RETRY_WRITING_SECONDS = 5.0
_MEMORY_TOPIC = "worker-restart-memory"
_DIED = "The worker process that carried out this run ended unexpectedly: start the run again."
_LOST = "The cluster that carried out this run went away: start the run again."
_STRANGE = (
    "The cluster cannot import this app's code: its scheduler and its workers need the app's folder in PYTHONPATH and "
    "the same versions of its packages."
)
_UNEXPECTED = "The run ended with an error that was not foreseen; the server's log has it. Try other settings."
_SMALLER = "take a smaller batch, fewer blocks or fewer channels."


class Attendant:
    """Hands runs to workers, takes in what they report, and keeps it.

    Args:
        desk: the runs.
        store: where they are kept.
        cluster: who carries them out.
        train: the generator that a worker goes through.
    """

    def __init__(self, desk: Desk, store: Store, cluster: Cluster, *, train: Train) -> None:
        self._desk = desk
        self._store = store
        self._cluster = cluster
        self._train = train
        self._topic = f"explorer-{uuid.uuid4().hex}"
        self._client: Client | None = None
        self._out_of_memory: dict[str, int] = {}
        self._write_after = 0.0
        self._thread: threading.Thread | None = None
        self._is_stopping = False

    def start(self) -> None:
        """Begin to attend, if it has not begun; call it under the desk's lock."""
        if self._thread is None and not self._is_stopping:
            self._thread = threading.Thread(target=self._work, name="runs", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Attend to nothing any more; returns when the thread has ended."""
        self._is_stopping = True
        if self._thread is not None:
            self._desk.call()
            self._thread.join()
        self._write_after = 0.0

    def _work(self) -> None:
        while not self._is_stopping:
            try:
                # what a run reported came before its end, so its end is looked for first and dealt with last
                ended = [live for live in self._desk.submitted() if live.future is not None and live.future.done()]
                self._desk.do_calls(timeout=0 if ended else self._patience())
                for live in ended:
                    self._take_end(live)
                self._look_for_the_cluster()
                self._fetch_weights()
                self._give_weights()
                self.write()
                self._dispatch()
            except Exception:  # nothing else moves the runs: whatever it was, the thread goes on
                logger.exception("The runs could not be attended to.")
                time.sleep(_TICK_SECONDS)

    def _patience(self) -> float | None:
        """Seconds until the next look around if nothing comes in; None for ever."""
        if self._desk.submitted():
            return _LOOK_SECONDS
        return _TICK_SECONDS if self._desk.live else None

    def _look_for_the_cluster(self) -> None:
        if self._client is not None and not self._cluster.is_there():
            self._client = None
            for live in self._desk.submitted():
                self._set_lost(live)

    def _dispatch(self) -> None:
        """Hand as many runs to the cluster as it has room for."""
        if not len(self._desk.queue):
            return
        try:
            free = self._cluster.slots() - len(self._desk.submitted())
            client = self._connected()
        except LabError as error:
            with self._desk.lock:
                while (run_id := self._desk.queue.pop()) is not None:
                    self._desk.live[run_id].end("failed", str(error))
            self._desk.call()
            return
        for _ in range(free):
            live = self._desk.next()
            if live is None:
                return
            self._hand_over(live, client)

    def _connected(self) -> Client:
        client = self._cluster.client()
        if client is not self._client:
            client.subscribe_topic(self._topic, lambda event: self._desk.call(partial(self._take_report, event[1])))
            client.subscribe_topic(_MEMORY_TOPIC, lambda event: self._note_memory(event[1]))
            self._client = client
        return client

    def _hand_over(self, live: Live, client: Client) -> None:
        live.attempts += 1
        job, run_id = live.job, live.run.id
        assert not isinstance(job.start, FromRun), "it has its weights before its turn comes"
        try:
            future = client.submit(
                carry_out,
                run_id,
                job.config,
                train=self._train,
                topic=self._topic,
                # of a dictionary alone the names would be the keys, and the next run would get these weights
                start=client.scatter([dict(job.start)], hash=False)[0] if job.start else None,
                trainable=None if job.trainable is None else list(job.trainable),
                key=f"run-{run_id}",
            )
        except UNREACHABLE:
            logger.warning("A run could not be handed over.", exc_info=True)
            self._set_lost(live)
            return
        with self._desk.lock:
            is_wanted = live.run.is_active
            if is_wanted:
                live.future = future
        if not is_wanted:
            drop(future)

    def _take_report(self, report: dict[str, Any]) -> None:
        with self._desk.lock:
            live = self._desk.live.get(report["run"])
            if live is None or live.future is None:
                return
            if "begun_on" not in report or live.worker is None:
                live.worker = report.get("begun_on", live.worker)
                live.take_report(report)
                return
        # some clusters begin a run again when its worker died: it would kill the next one too
        self._end(live, "failed", self._why_it_died(live))

    def _take_end(self, live: Live) -> None:
        future = live.future
        if future is None:
            return
        try:
            if future.status == "finished":
                weights = future.result(timeout=60)
                with self._desk.lock:
                    live.take_weights(weights)
                self._end(live, "done")
            elif future.status == "error":
                self._end(live, "failed", self._sentence(live, future.exception(timeout=60)))
            else:
                self._set_lost(live)
        except UNREACHABLE:
            logger.warning("The end of a run could not be fetched.", exc_info=True)
            self._set_lost(live)

    def _end(self, live: Live, status: Status, sentence: str = "") -> None:
        with self._desk.lock:
            future = live.end(status, sentence) if live.run.is_active else None
        drop(future)

    def _set_lost(self, live: Live) -> None:
        """The cluster is gone: what had not begun waits again, the rest has failed."""
        with self._desk.lock:
            if not live.run.is_active:
                return
            live.future = None
            if live.worker is None and live.attempts < MAX_ATTEMPTS:
                self._desk.queue.add(live.run.id, owner=live.run.owner)
            else:
                live.end("failed", _LOST)

    def _fetch_weights(self) -> None:
        for live in self._desk.submitted():
            if live.worker is None or not live.wants_weights or self._client is None:
                continue
            try:
                answers = self._client.run(take, live.run.id, workers=[live.worker], on_error="ignore")
            except UNREACHABLE:
                # a worker that died: its run's end is on its way
                continue
            with self._desk.lock:
                for weights in answers.values():
                    live.take_weights(weights)

    def _give_weights(self) -> None:
        """Hand on what ended runs have learned to those that wait for it."""
        with self._desk.lock:
            waiting = [live for live in self._desk.live.values() if live.awaited is not None and live.run.is_active]
        for live in waiting:
            try:
                weights = learned(live.awaited or "", self._desk, self._store)
            except LabError as error:
                with self._desk.lock:
                    self._desk.queue.remove(live.run.id)
                self._end(live, "failed", str(error))
                continue
            if weights is not None:
                with self._desk.lock:
                    live.begin_with(weights)

    def write(self) -> None:
        """Write what is new. What the disk does not take stays in memory and is tried again later."""
        if time.monotonic() < self._write_after:
            return
        with self._desk.lock:
            ids = list(self._desk.live)
        for run_id in ids:
            with self._desk.writing:
                with self._desk.lock:
                    live = self._desk.live.get(run_id)
                    if live is None:
                        continue
                    run, new = live.run, live.unwritten()
                try:
                    if new is not None:
                        self._store.save(run, **new)
                except LabError as error:
                    self._write_after = time.monotonic() + RETRY_WRITING_SECONDS
                    with self._desk.lock:
                        live.set_unwritten(str(error))
                    return
                with self._desk.lock:
                    if new is not None:
                        live.set_written(run, new)
                    if not live.run.is_active and live.unwritten() is None:
                        del self._desk.live[run_id]

    def _note_memory(self, event: dict[str, Any]) -> None:
        self._out_of_memory[event["worker"]] = event["rss"]

    def _sentence(self, live: Live, error: BaseException | None) -> str:
        """What is said of an error that ended a run."""
        if isinstance(error, ExplorerError):
            return str(error)
        if isinstance(error, KilledWorker):
            return self._why_it_died(live)
        if isinstance(error, ImportError) or "deserializ" in str(error):
            logger.error("A run could not be read by the cluster.", exc_info=error)
            return _STRANGE
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


def drop(future: Future | None) -> None:
    """Let a task go, whether it waits, runs or has ended."""
    if future is not None:
        with suppress(*UNREACHABLE):
            future.cancel()
