"""What is to be trained, what it has shown, and what it costs to keep: plain data that runs are made of."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

import numpy as np

from explorer.errors import LabError
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch, Step

Status = Literal["waiting", "running", "done", "cancelled", "failed", "interrupted"]
Weights = dict[str, np.ndarray]
Events = list[Step | Epoch]

MAX_WEIGHTS_BYTES = 64 * 2**20
"""Of all weights of a run together."""
MAX_NAME = 120
SHIPPED = "shipped"
"""Whose the runs are that come with the app."""
ACTIVE: tuple[Status, ...] = ("waiting", "running")


@dataclass(frozen=True, kw_only=True, eq=False)
class FromRun:
    """What another run will have learned, to begin with.

    Attributes:
        run: its id, or the job where the two are submitted together.
        leave_out: names of tensors, or of the modules that hold them, that are not taken ("fc").
    """

    run: str | Job
    leave_out: Collection[str] = ()

    def taken(self, weights: Weights) -> Weights:
        """What is begun with of the other run's weights."""
        modules = tuple(f"{name}." for name in self.leave_out)
        return {
            name: array
            for name, array in weights.items()
            if name not in self.leave_out and not name.startswith(modules)
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Job:
    """A run that somebody wants.

    Attributes:
        config: all settings of the run.
        name: for people; by default the config's.
        start: weights to begin with, by name, or a run whose last weights they are, for whose end it waits; drawn from
            the seed if None.
        trainable: names of the parameters or modules that learn; all if None.
    """

    config: RunConfig
    name: str = ""
    start: Mapping[str, np.ndarray] | FromRun | None = None
    trainable: Collection[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as it stands in a list.

    Attributes:
        id: never changes, fits into an address.
        name: for people, they can change it.
        owner: who started it, as told to ``submit``.
        config: all settings.
        trainable: names of the parameters or modules that learn, None for all.
        status: "waiting", "running", "done", "cancelled", "failed", or "interrupted" where the server ended before it.
        sentence: why it failed or was interrupted, or what could not be kept; else empty.
        created: seconds since 1970 UTC.
        started: when its first step was reported, None if it never was.
        ended: when it was over, None before.
    """

    id: str
    name: str
    owner: str
    config: RunConfig
    trainable: tuple[str, ...] | None
    status: Status
    sentence: str
    created: float
    started: float | None
    ended: float | None

    @property
    def is_active(self) -> bool:
        """Whether it still waits or runs."""
        return self.status in ACTIVE

    @property
    def is_shipped(self) -> bool:
        """Whether it comes with the app and stays as it is."""
        return self.owner == SHIPPED


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves:
    """What a run has shown so far.

    Attributes:
        at: (steps,), where in training each step stands, in epochs: 0.5 is the middle of the first.
        loss: (steps,), cross-entropy of the step's batch.
        gradient_norm: (steps,), Euclidean norm of the step's gradient.
        epochs: what was measured at the end of each epoch, epoch 0 before training; without weights.
    """

    at: np.ndarray = field(default_factory=lambda: np.empty(0))
    loss: np.ndarray = field(default_factory=lambda: np.empty(0))
    gradient_norm: np.ndarray = field(default_factory=lambda: np.empty(0))
    epochs: tuple[Epoch, ...] = ()

    @property
    def mean_loss(self) -> np.ndarray:
        """(steps,), mean loss of the steps of one epoch up to each: where an epoch ends, its ``train_loss``."""
        steps = round(1 / self.at[0]) if len(self.at) else 1
        # a row for each epoch: its steps so far, and those of the epoch before that are no more than an epoch ago
        rows = np.pad(self.loss, (0, -len(self.loss) % steps)).reshape(-1, steps)
        so_far = np.cumsum(rows, axis=1)
        still_to_come = np.cumsum(rows[:, :0:-1], axis=1)[:, ::-1]
        before = np.pad(still_to_come[:-1], ((1, 0), (0, 1)))
        counts = np.full(rows.shape, steps)
        counts[:1] = np.arange(1, steps + 1)
        return ((so_far + before) / counts).ravel()[: len(self.loss)]


@dataclass(frozen=True, kw_only=True, eq=False)
class Watched:
    """A run and how far it is.

    Attributes:
        run: its line in the list.
        curves: what it has shown so far.
        progress: 0 to 1, of all its steps.
        seconds_left: until it ends, None while that is not known.
        place: in the queue, 1 goes next; None if it does not wait.
    """

    run: Run
    curves: Curves
    progress: float
    seconds_left: float | None
    place: int | None


def new_run(job: Job, owner: str) -> Run:
    """The line of a run that is wanted.

    Raises:
        LabError: its name is too long.
    """
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


def checked_name(name: str) -> str:
    """A name for a run, without spaces around it.

    Raises:
        LabError: it is empty or too long.
    """
    name = " ".join(name.split())
    if not name:
        raise LabError("The name is empty: write a few words.")
    if len(name) > MAX_NAME:
        raise LabError(f"The name has {len(name):,} characters and {MAX_NAME} are allowed: shorten it.")
    return name


def curves_of(tables: Sequence[np.ndarray], epochs: Sequence[Epoch]) -> Curves:
    """Curves from tables of steps.

    Args:
        tables: each (steps, 3): where a step stands, its loss, its gradient norm.
        epochs: what was measured, without weights.
    """
    at, loss, gradient_norm = np.concatenate([np.empty((0, 3)), *tables]).T
    return Curves(at=at, loss=loss, gradient_norm=gradient_norm, epochs=tuple(epochs))


def measures(epoch: Epoch) -> dict[str, Any]:
    """All of an epoch but its weights, as plain values."""
    return {name: value for name, value in asdict(replace(epoch, weights={})).items() if name != "weights"}


def epoch_of(values: Mapping[str, Any]) -> Epoch:
    """The epoch that ``measures`` were taken from, without its weights."""
    known = {entry.name for entry in fields(Epoch)}
    return Epoch(**{name: value for name, value in values.items() if name in known}, weights={})


def thinning(weights: Weights, *, epochs: int, limit: int) -> int:
    """How far apart the epochs lie whose weights are kept, so that all of a run stay below a limit of bytes.

    Args:
        weights: of one epoch.
        epochs: that the run will have.
        limit: bytes for all of them together; the last epoch's are kept whatever their size.
    """
    each = sum(array.nbytes for array in weights.values())
    return max(1, math.ceil(each * (epochs + 1) / limit))
