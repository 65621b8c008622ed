"""A run that is under way, with all that it has shown, and what of that is not on the disk."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from explorer.labs.runs.jobs import MAX_WEIGHTS_BYTES, Curves, Events, FromRun, Job, Run, Status, Weights, curves_of
from explorer.labs.training.events import Epoch, Step


@dataclass
class Record:
    """One run in memory. Not safe by itself: ``Store`` changes it under its lock.

    Attributes:
        job: what is to be trained.
        run: its line in the list, replaced whenever something changes.
        awaited: id of the run whose weights it is to begin with and does not have yet, else None.
        is_taken_up: whether somebody carries it out, also while it still waits for a worker to begin.
        attempts: how often somebody took it up.
        steps: by epoch, of each step where it stands, its loss and its gradient norm.
        epochs: what was measured, without weights.
        weights: of the epochs that are not written, and of the newest.
        unkept: why something could not be written, else empty.
    """

    job: Job
    run: Run
    awaited: str | None = None
    is_taken_up: bool = False
    attempts: int = 0
    steps: dict[int, list[tuple[float, float, float]]] = field(default_factory=dict)
    epochs: list[Epoch] = field(default_factory=list)
    weights: dict[int, Weights] = field(default_factory=dict)
    unkept: str = ""
    _written: Run | None = None
    _new: set[int] = field(default_factory=set)
    _reached: float = 0.0
    _first: tuple[float, float] | None = None

    def begin_with(self, weights: Weights) -> None:
        """The run that it waited for has learned these: it waits for its turn alone from now on."""
        assert isinstance(self.job.start, FromRun)
        self.job = replace(self.job, start=self.job.start.taken(weights))
        self.awaited = None

    def take(self, events: Events) -> None:
        """Add what the run yielded; the first time that a worker has begun with it."""
        if self.run.status == "waiting":
            self.run = replace(self.run, status="running", started=time.time())
        for event in events:
            if isinstance(event, Step):
                self._reached = event.epoch - 1 + event.step / event.steps
                self.steps.setdefault(event.epoch, []).append((self._reached, event.loss, event.gradient_norm))
            else:
                self.epochs.append(replace(event, weights={}))
                self.weights[event.epoch] = event.weights
                self._new.add(event.epoch)
        if self._first is None and self._reached:
            self._first = time.monotonic(), self._reached
        # when too many wait to be written, the oldest are dropped
        while len(self.weights) > 1 and _bytes(self.weights) > MAX_WEIGHTS_BYTES:
            del self.weights[min(self.weights)]

    def end(self, status: Status, sentence: str = "") -> None:
        """It is over, and with it the epoch that was under way."""
        self.run = replace(self.run, status=status, sentence=sentence, ended=time.time())
        self._new |= self.steps.keys() - {epoch.epoch for epoch in self.epochs}

    def unwritten(self) -> dict[str, Any] | None:
        """What is new since ``set_written`` as arguments of ``Store.save``; None if nothing is."""
        if self.run is self._written and not self._new:
            return None
        return {
            "run": self.run,
            "epochs": [epoch for epoch in self.epochs if epoch.epoch in self._new],
            "steps": {epoch: np.array(self.steps[epoch]) for epoch in self._new if epoch in self.steps},
            "weights": {epoch: self.weights[epoch] for epoch in sorted(self._new) if epoch in self.weights},
        }

    def set_written(self, saved: Mapping[str, Any]) -> None:
        """All of ``saved`` is on the disk."""
        self.unkept = ""
        self._written = saved["run"]
        self._new -= {epoch.epoch for epoch in saved["epochs"]} | saved["steps"].keys()
        newest = max(self.weights, default=None)
        self.weights = {epoch: w for epoch, w in self.weights.items() if epoch in self._new or epoch == newest}

    def set_unwritten(self, sentence: str) -> None:
        """It could not be written, and who knows what of the rest is still there: all that is in memory is to be."""
        self.unkept = sentence
        self._written = None
        self._new |= {epoch.epoch for epoch in self.epochs}

    def shown(self) -> Run:
        """Its line for people, with the sentence on what could not be kept."""
        return replace(self.run, sentence=self.run.sentence or self.unkept)

    def curves(self) -> Curves:
        """What it has shown, the last steps included."""
        return curves_of([np.array(steps) for steps in self.steps.values()], self.epochs)

    def progress(self) -> float:
        """0 to 1, of all its steps."""
        return 1.0 if self.run.status == "done" else self._reached / self.run.config.epochs

    def seconds_left(self) -> float | None:
        """Until it ends at the pace since its first steps came in; None while that is not known."""
        if self._first is None or self.run.status != "running":
            return None
        began, reached = self._first
        if self._reached == reached:
            return None
        return (time.monotonic() - began) * (self.run.config.epochs - self._reached) / (self._reached - reached)


def _bytes(weights: Mapping[int, Weights]) -> int:
    return sum(array.nbytes for arrays in weights.values() for array in arrays.values())
