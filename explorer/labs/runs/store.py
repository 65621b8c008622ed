"""Every run, under way or over: what is under way is in memory and goes to the disk epoch by epoch."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from safetensors.numpy import load

from explorer.errors import LabError
from explorer.labs.runs.archive import INTERRUPTED, Archive
from explorer.labs.runs.export import as_file, as_json
from explorer.labs.runs.in_turn import in_turn
from explorer.labs.runs.jobs import Events, Run, Status, Watched, Weights, checked_name
from explorer.labs.runs.record import Record
from explorer.labs.shipped.shipped import Shipped
from explorer.labs.training.config import RunConfig

MAX_ATTEMPTS = 2
# before what the disk did not take is tried again
RETRY_SECONDS = 5.0
# runs of one press are begun within this
TOGETHER_SECONDS = 1.0
T = TypeVar("T")


class Store:
    """Every run: what is shown, queued and written is asked of it. Any thread may use it.

    What the disk does not take stays in memory and is tried again, so that nothing is lost.

    Args:
        archive: the runs on the disk.
        shipped: runs that come with the app, by id; they are read and never changed.
    """

    def __init__(self, archive: Archive | None = None, *, shipped: Mapping[str, Shipped] | None = None) -> None:
        self.archive = archive or Archive()
        self._shipped = shipped or {}
        self._unread = ""
        # guards the records and all in them, and is held for moments only; the other one by who writes to the disk, so
        # that a run that was deleted is not written again
        self._lock = threading.RLock()
        self._writing = threading.Lock()
        self._records: dict[str, Record] = {}
        self._turns: dict[str, float] = {}
        self._write_after = 0.0

    @property
    def notice(self) -> str:
        """What a person should know of the file: that a damaged one was set aside, or it cannot be read. Else empty."""
        return " ".join(dict.fromkeys(filter(None, [self.archive.notice, self._unread])))

    def add(self, records: Sequence[Record]) -> None:
        """Take in runs that wait; each owner's keep this order."""
        with self._lock:
            self._records |= {record.run.id: record for record in records}

    def active(self) -> int:
        """How many runs wait or run."""
        with self._lock:
            return sum(record.run.is_active for record in self._records.values())

    def all_written(self) -> bool:
        """Whether no run is under way, and all of every run is on the disk."""
        with self._lock:
            return not self._records

    def next(self) -> Record | None:
        """The run that is next of those that could begin; None if there is none."""
        with self._lock:
            return next((record for record in self._queue() if record.awaited is None), None)

    def take_up(self, run_id: str) -> bool:
        """A run has its turn and somebody carries it out from now on; False if nobody wants it any more."""
        with self._lock:
            record = self._records.get(run_id)
            if record is None or not record.run.is_active:
                return False
            record.attempts += 1
            record.is_taken_up = True
            self._turns[record.run.owner] = time.monotonic()
            return True

    def put_back(self, run_id: str) -> bool:
        """A run that nobody carries out any more waits again, if it has not begun and was not tried too often."""
        with self._lock:
            record = self._records.get(run_id)
            if record is None or record.run.status != "waiting" or record.attempts == MAX_ATTEMPTS:
                return False
            record.is_taken_up = False
            return True

    def take(self, run_id: str, events: Events) -> bool:
        """Keep what a run yielded; whether it is still wanted."""
        with self._lock:
            record = self._records.get(run_id)
            if record is None or not record.run.is_active:
                return False
            record.take(events)
            return True

    def end(self, run_id: str, status: Status, sentence: str = "") -> None:
        """A run is over; one that was already stays as it is."""
        with self._lock:
            record = self._records.get(run_id)
            if record is not None and record.run.is_active:
                record.end(status, sentence)

    def end_all(self) -> None:
        """Whatever is under way is interrupted."""
        with self._lock:
            for run_id in self._records:
                self.end(run_id, "interrupted", INTERRUPTED)

    def hand_on(self) -> None:
        """Give what ended runs have learned to those that wait for it."""
        with self._lock:
            waiting = [record for record in self._records.values() if record.awaited and record.run.is_active]
        for record in waiting:
            try:
                weights = self._learned(record.awaited or "")
            except LabError as error:
                self.end(record.run.id, "failed", str(error))
                continue
            if weights is not None:
                with self._lock:
                    record.begin_with(weights)

    def write(self) -> None:
        """Write what is new. What the disk does not take stays in memory and is tried again some seconds later."""
        if time.monotonic() < self._write_after:
            return
        with self._lock:
            ids = list(self._records)
        for run_id in ids:
            with self._writing:
                with self._lock:
                    record = self._records.get(run_id)
                    new = record.unwritten() if record else None
                if record is None:
                    continue
                try:
                    if new is not None:
                        self.archive.save(**new)
                except LabError as error:
                    self._write_after = time.monotonic() + RETRY_SECONDS
                    with self._lock:
                        record.set_unwritten(str(error))
                    return
                with self._lock:
                    if new is not None:
                        record.set_written(new)
                    if not record.run.is_active and record.unwritten() is None:
                        del self._records[run_id]

    def runs(self, *, owner: str | None = None) -> tuple[Run, ...]:
        """All runs, the newest first and the shipped ones last; if the disk cannot be read, ``notice`` says so.

        Args:
            owner: whose; None for everybody's.
        """
        try:
            found = {run.id: run for run in self.archive.runs()}
            self._unread = ""
        except LabError as error:
            found = {}
            self._unread = str(error)
        with self._lock:
            found |= {record.run.id: record.shown() for record in self._records.values()}
        theirs = [run for run in found.values() if owner is None or run.owner == owner]
        shipped = [one.run for one in self._shipped.values() if owner is None]
        return (*sorted(theirs, key=lambda run: run.created, reverse=True), *shipped)

    def under_way(self, owner: str) -> tuple[Watched, ...]:
        """The runs of an owner that wait or run in this process, in the order in which they were begun."""
        with self._lock:
            mine = [one for one in self._records.values() if one.run.owner == owner and one.run.is_active]
            return tuple(map(self._watched, mine))

    def begun_with(self, digits: str) -> tuple[str, ...]:
        """Ids of the runs that somebody began together, in their order.

        Args:
            digits: that the id of one of them begins with; where several do, the newest is meant.
        """
        everything = [run for run in self.runs() if not run.is_shipped]
        meant = next((run for run in everything if run.id.startswith(digits)), None)
        if meant is None:
            return ()
        theirs = [run for run in everything if run.owner == meant.owner]
        together = [run for run in theirs if abs(run.created - meant.created) < TOGETHER_SECONDS]
        return tuple(run.id for run in sorted(together, key=lambda run: run.created))

    def shipped(self, configs: Iterable[RunConfig]) -> tuple[str, ...]:
        """Ids of the shipped runs that have these settings, in their order; where there is none, it is left out.

        Args:
            configs: of runs that begin with what is drawn from their seed.
        """
        known = {one.run.config: run_id for run_id, one in self._shipped.items() if one.from_seed}
        return tuple(known[config] for config in configs if config in known)

    def run(self, run_id: str) -> Run:
        """One run's line.

        Raises:
            LabError: it is not here, or cannot be read.
        """
        if run_id in self._shipped:
            return self._shipped[run_id].run
        return self._here(run_id, Record.shown) or self.archive.run(run_id)

    def watch(self, run_id: str) -> Watched:
        """A run, its curves up to now, and how far it is.

        Raises:
            LabError: it is not here, or cannot be read.
        """
        here = self._here(run_id, self._watched)
        if here is not None:
            return here
        if run_id in self._shipped:
            run, curves = self._shipped[run_id].run, self._shipped[run_id].curves
        else:
            run, curves = self.archive.run(run_id), self.archive.curves(run_id)
        done = max((epoch.epoch for epoch in curves.epochs), default=0)
        return Watched(run=run, curves=curves, progress=done / run.config.epochs, seconds_left=None, place=None)

    def weight_epochs(self, run_id: str) -> tuple[int, ...]:
        """The epochs whose weights can be had; 0 is before training.

        Raises:
            LabError: they cannot be read.
        """
        if run_id in self._shipped:
            return self._shipped[run_id].weight_epochs
        here = self._here(run_id, lambda record: set(record.weights)) or set()
        return tuple(sorted(here | set(self.archive.weight_epochs(run_id))))

    def weights(self, run_id: str, *, epoch: int | None = None) -> Weights:
        """Parameters and buffers of an epoch by name, by default of the last.

        Raises:
            LabError: they are not kept, or cannot be read.
        """
        if run_id in self._shipped:
            return self._shipped[run_id].weights(epoch)
        here = self._here(run_id, lambda record: dict(record.weights)) or {}
        wanted = max(here, default=None) if epoch is None else epoch
        return here[wanted] if wanted in here else load(self.archive.weights_file(run_id, epoch=epoch))

    def weights_file(self, run_id: str, *, epoch: int | None = None) -> bytes:
        """The same as a safetensors file.

        Raises:
            LabError: as ``weights``, or the run is not here.
        """
        return as_file(self.weights(run_id, epoch=epoch), self.run(run_id))

    def json_file(self, run_id: str) -> str:
        """Config and curves as a JSON text, see ``explorer.labs.runs.export.as_json``.

        Raises:
            LabError: the run is not here, or cannot be read.
        """
        watched = self.watch(run_id)
        return as_json(watched.run, watched.curves)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name.

        Raises:
            LabError: the name is empty or too long, the run is shipped or not here, or it cannot be written.
        """
        self._refuse_shipped(run_id)
        with self._lock:
            record = self._records.get(run_id)
            if record is not None:
                record.run = replace(record.run, name=checked_name(name))
                return
        self.archive.rename(run_id, name)

    def delete(self, run_id: str) -> None:
        """Remove a run with its curves and weights; one that is not here is no error.

        Raises:
            LabError: it is shipped, or cannot be removed from the disk.
        """
        self._refuse_shipped(run_id)
        with self._writing:
            self.archive.delete(run_id)
            with self._lock:
                self._records.pop(run_id, None)

    def close(self) -> None:
        """Write what is not written, without waiting for a disk that does not take it, and let go of the file."""
        self._write_after = 0.0
        self.write()
        self.archive.close()

    def _refuse_shipped(self, run_id: str) -> None:
        if run_id in self._shipped:
            raise LabError(f"{self._shipped[run_id].run.name} comes with the app and stays as it is.")

    def _here(self, run_id: str, ask: Callable[[Record], T]) -> T | None:
        """What is in memory of a run, None if nothing is."""
        with self._lock:
            record = self._records.get(run_id)
            return None if record is None else ask(record)

    def _watched(self, record: Record) -> Watched:
        return Watched(
            run=record.shown(),
            curves=record.curves(),
            progress=record.progress(),
            seconds_left=record.seconds_left(),
            place=self._place(record),
        )

    def _place(self, record: Record) -> int | None:
        """Where a run stands among those that wait: first those that a worker is about to begin with."""
        if record.run.status != "waiting":
            return None
        starting = [other for other in self._taken_up() if other.run.status == "waiting"]
        return [other.run.id for other in (*starting, *self._queue())].index(record.run.id) + 1

    def _queue(self) -> list[Record]:
        """Who waits to be taken up, in their order; those that wait for another run's weights come last."""
        waiting = [record for record in self._records.values() if record.run.is_active and not record.is_taken_up]
        busy = Counter(record.run.owner for record in self._taken_up())
        able = in_turn([record.run for record in waiting if record.awaited is None], busy=busy, turns=self._turns)
        unable = in_turn([record.run for record in waiting if record.awaited is not None], busy={}, turns=self._turns)
        return [self._records[run.id] for run in (*able, *unable)]

    def _taken_up(self) -> list[Record]:
        return [record for record in self._records.values() if record.run.is_active and record.is_taken_up]

    def _learned(self, run_id: str) -> Weights | None:
        """The last weights of a run, for one that begins with them; None while it waits or is under way."""
        try:
            run = self.run(run_id)
            if run.is_active:
                return None
            if run.status != "failed" and max(self.weight_epochs(run_id), default=0) > 0:
                return self.weights(run_id)
        except LabError as error:
            raise LabError(f"The run that this one was to begin with cannot be had: {error}") from error
        end = "failed" if run.status == "failed" else "ended before its first epoch was over"
        raise LabError(f"The run that this one was to begin with, {run.name}, {end}: start both again.")
