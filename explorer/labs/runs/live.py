"""A run that is under way: what it has reported, what of that is written, how far it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from distributed import Future

from explorer.labs.runs.jobs import Curves, FromRun, Job, Run, Status, Weights, curves_of, epoch_of
from explorer.labs.runs.store import MAX_WEIGHTS_BYTES
from explorer.labs.training.events import Epoch


@dataclass
class Live:
    """One run in memory. Not safe by itself: ``Runs`` changes it under its lock.

    Attributes:
        job: what is to be trained.
        run: its line in the list, replaced whenever something changes.
        future: its task, None before and after.
        worker: address of the worker that carries it out.
        attempts: how often it was handed to a cluster.
        steps: by epoch, of each step where it stands, its loss and its gradient norm.
        epochs: what was measured, without weights.
        weights: of the epochs that are not written, and of the newest.
        awaited: id of the run whose weights it is to begin with and does not have yet, else None.
        unkept: why something could not be written, else empty.
        changed: whether its line is to be written.
    """

    job: Job
    run: Run
    future: Future | None = None
    worker: str | None = None
    attempts: int = 0
    steps: dict[int, list[tuple[float, float, float]]] = field(default_factory=dict)
    epochs: list[Epoch] = field(default_factory=list)
    weights: dict[int, Weights] = field(default_factory=dict)
    awaited: str | None = None
    unkept: str = ""
    changed: bool = True
    _reached: float = 0.0
    _written_epochs: int = 0
    _written_weights: int = -1
    _first_step: float | None = None

    def change(self, **changes: Any) -> None:
        """Replace fields of its line."""
        self.run = replace(self.run, **changes)
        self.changed = True

    def end(self, status: Status, sentence: str = "") -> Future | None:
        """It is over.

        Returns:
            Its task, which nobody needs any longer.
        """
        self.change(status=status, sentence=sentence, ended=time.time())
        future, self.future = self.future, None
        return future

    def begin_with(self, weights: Weights) -> None:
        """The run that it waited for has learned these: it waits for its turn alone from now on."""
        assert isinstance(self.job.start, FromRun)
        self.job = replace(self.job, start=self.job.start.taken(weights))
        self.awaited = None

    def take_report(self, report: Mapping[str, Any]) -> None:
        """Add what a worker reported of steps and an epoch."""
        if self.run.status == "waiting":
            self.change(status="running", started=time.time())
        for epoch, step, steps, loss, gradient_norm in report.get("steps", ()):
            if self._first_step is None:
                self._first_step = time.monotonic()
            self._reached = epoch - 1 + step / steps
            self.steps.setdefault(epoch, []).append((self._reached, loss, gradient_norm))
        if "epoch" in report:
            self.epochs.append(epoch_of(report["epoch"]))

    def take_weights(self, weights: Mapping[int, Weights]) -> None:
        """Add weights of epochs; when too many wait to be written, the oldest are dropped."""
        self.weights.update(weights)
        self._drop_weights(MAX_WEIGHTS_BYTES)

    @property
    def wants_weights(self) -> bool:
        """Whether an epoch was reported whose weights are not here."""
        return bool(self.epochs) and self.epochs[-1].epoch not in self.weights

    def unwritten(self) -> dict[str, Any] | None:
        """What is new since ``set_written`` as arguments of ``Store.save``; None if nothing is."""
        epochs = self.epochs[self._written_epochs :]
        weights = {epoch: arrays for epoch, arrays in self.weights.items() if epoch > self._written_weights}
        if not (self.changed or epochs or weights):
            return None
        wanted = {epoch.epoch for epoch in epochs}
        if not self.run.is_active:
            # the epoch in which it ended before its time
            wanted |= self.steps.keys() - {epoch.epoch for epoch in self.epochs}
        steps = {epoch: np.array(self.steps[epoch]) for epoch in wanted if epoch in self.steps}
        return {"epochs": epochs, "steps": steps, "weights": weights}

    def set_written(self, run: Run, saved: Mapping[str, Any]) -> None:
        """All of ``saved`` is on the disk."""
        self.unkept = ""
        self.changed = self.run is not run
        self._written_epochs += len(saved["epochs"])
        self._written_weights = max(saved["weights"], default=self._written_weights)
        self._drop_weights(0)

    def set_unwritten(self, sentence: str) -> None:
        """It could not be written, and who knows what of the rest is still there: all that is in memory is to be."""
        self.unkept = sentence
        self.changed = True
        self._written_epochs = 0
        self._written_weights = -1

    def shown(self) -> Run:
        """Its line for people, with the sentence on what could not be kept."""
        return replace(self.run, sentence=self.run.sentence or self.unkept)

    def curves(self) -> Curves:
        """What it has shown, the last steps included."""
        return curves_of([np.array(steps) for steps in self.steps.values()], self.epochs)

    def progress(self) -> float:
        """0 to 1, of all its steps."""
        if self.run.status == "done":
            return 1.0
        return self._reached / self.run.config.epochs

    def seconds_left(self) -> float | None:
        """Until it ends at the pace it has had; None while that is not known."""
        if self._first_step is None or self.run.status != "running":
            return None
        progress = self.progress()
        return (time.monotonic() - self._first_step) * (1 - progress) / progress

    def _drop_weights(self, limit: int) -> None:
        """Drop the oldest until the rest has at most so many bytes; the newest stays."""
        while len(self.weights) > 1 and _bytes(self.weights) > limit:
            del self.weights[min(self.weights)]


def _bytes(weights: Mapping[int, Weights]) -> int:
    return sum(array.nbytes for arrays in weights.values() for array in arrays.values())
