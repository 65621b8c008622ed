"""Runs on the disk: SQLite through SQLAlchemy, so that what was trained is found again after a restart."""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import psutil
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from explorer.errors import LabError
from explorer.labs.runs.database import Database
from explorer.labs.runs.export import as_file
from explorer.labs.runs.jobs import (
    ACTIVE,
    MAX_WEIGHTS_BYTES,
    Curves,
    Run,
    Weights,
    checked_name,
    curves_of,
    epoch_of,
    measures,
    thinning,
)
from explorer.labs.runs.tables import EpochRow, RunRow, WeightsRow
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch

logger = logging.getLogger(__name__)

VARIABLE = "EXPLORER_RUNS"
FILE = "runs.sqlite"
PATIENCE_SECONDS = 2.0
INTERRUPTED = "The server ended while this run was under way; what it had reached by then is kept."
_FIELDS = tuple(field.name for field in fields(Run))
_GONE = "This run is not here; it may have been deleted."


def runs_folder() -> Path:
    """The folder of ``EXPLORER_RUNS``, else ``runs`` beside a checkout's app.py, else one in the user's cache."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    beside = Path(__file__).parents[3]
    in_checkout = (beside / "app.py").exists()  # an installed copy lies among other packages
    if in_checkout and os.access(beside / "runs" if (beside / "runs").exists() else beside, os.W_OK):
        return beside / "runs"
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "resnet-explorer" / "runs"


class Archive:
    """The database of runs. Any thread may use it; every error of the disk is a LabError, and nothing is lost by it.

    A file that is damaged is set aside under another name, a new one is begun, and ``notice`` says so. Runs that a
    process left behind when it ended are marked as interrupted.

    Args:
        folder: where the database lies; made if it is not there.
        patience: seconds to wait for somebody else who writes.
        max_weights_bytes: of one run; above, the weights of fewer epochs are kept, at equal distances and the last.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        patience: float = PATIENCE_SECONDS,
        max_weights_bytes: int = MAX_WEIGHTS_BYTES,
    ) -> None:
        self._database = Database((folder or runs_folder()) / FILE, patience=patience, prepare=_mark_interrupted)
        self._max_weights_bytes = max_weights_bytes
        self._server = _this_process()

    @property
    def path(self) -> Path:
        """The database file."""
        return self._database.path

    @property
    def notice(self) -> str:
        """What a person should know of the file: that a damaged one was set aside. Else empty."""
        return self._database.notice

    def save(
        self,
        run: Run,
        *,
        epochs: Sequence[Epoch] = (),
        steps: Mapping[int, np.ndarray] | None = None,
        weights: Mapping[int, Weights] | None = None,
    ) -> None:
        """Write a run and what is new of it; writing the same again changes nothing.

        Args:
            run: its line.
            epochs: measures of epochs.
            steps: by epoch, (steps, 3) as in ``curves_of``; also of an epoch that did not end.
            weights: by epoch.

        Raises:
            LabError: it cannot be written; what was kept before still is.
        """
        files = {epoch: as_file(arrays, run) for epoch, arrays in (weights or {}).items()}
        with self._database.session() as session:
            session.merge(self._row(run))
            # the rows below point at it
            session.flush()
            measured = {epoch.epoch: json.dumps(measures(epoch)) for epoch in epochs}
            tables = steps or {}
            for number in measured.keys() | tables.keys():
                table = np.asarray(tables.get(number, ()), dtype="<f8").tobytes()
                session.merge(EpochRow(run=run.id, epoch=number, measures=measured.get(number), steps=table))
            for number, file in files.items():
                session.merge(WeightsRow(run=run.id, epoch=number, file=file))
            if weights:
                apart = thinning(next(iter(weights.values())), epochs=run.config.epochs, limit=self._max_weights_bytes)
                session.flush()
                newest = max(_kept_epochs(session, run.id))
                between = WeightsRow.epoch % apart != 0
                session.execute(delete(WeightsRow).where(WeightsRow.run == run.id, between, WeightsRow.epoch != newest))

    def runs(self) -> tuple[Run, ...]:
        """All kept runs, the newest first.

        Raises:
            LabError: they cannot be read.
        """
        with self._database.session() as session:
            rows = session.scalars(select(RunRow).order_by(RunRow.created.desc(), RunRow.id)).all()
            return tuple(run for row in rows if (run := _run(row)) is not None)

    def run(self, run_id: str) -> Run:
        """One run's line.

        Raises:
            LabError: it is not here, or cannot be read.
        """
        with self._database.session() as session:
            row = session.get(RunRow, run_id)
            run = _run(row) if row is not None else None
        if run is None:
            raise LabError(_GONE)
        return run

    def curves(self, run_id: str) -> Curves:
        """What a run has shown.

        Raises:
            LabError: it cannot be read.
        """
        with self._database.session() as session:
            rows = session.scalars(select(EpochRow).where(EpochRow.run == run_id).order_by(EpochRow.epoch)).all()
            epochs = [epoch_of(json.loads(row.measures)) for row in rows if row.measures is not None]
            tables = [np.frombuffer(row.steps, dtype="<f8").reshape(-1, 3) for row in rows]
        return curves_of(tables, epochs)

    def weight_epochs(self, run_id: str) -> tuple[int, ...]:
        """The epochs whose weights are kept; 0 is before training.

        Raises:
            LabError: it cannot be read.
        """
        with self._database.session() as session:
            return _kept_epochs(session, run_id)

    def weights_file(self, run_id: str, *, epoch: int | None = None) -> bytes:
        """The weights of an epoch as a safetensors file, by default those of the last.

        Raises:
            LabError: they are not kept, or cannot be read.
        """
        with self._database.session() as session:
            query = select(WeightsRow.file).where(WeightsRow.run == run_id)
            query = query.order_by(WeightsRow.epoch.desc()) if epoch is None else query.where(WeightsRow.epoch == epoch)
            file = session.scalars(query.limit(1)).first()
        if file is None:
            which = "this run" if epoch is None else f"epoch {epoch:,} of this run"
            raise LabError(f"No weights of {which} are kept: choose another one.")
        return file

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name.

        Raises:
            LabError: the name is empty or too long, the run is not here, or it cannot be written.
        """
        with self._database.session() as session:
            row = session.get(RunRow, run_id)
            if row is None:
                raise LabError(_GONE)
            row.name = checked_name(name)

    def delete(self, run_id: str) -> None:
        """Remove a run with its curves and weights; one that is not here is no error.

        Raises:
            LabError: it cannot be written.
        """
        with self._database.session() as session:
            session.execute(delete(RunRow).where(RunRow.id == run_id))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _row(self, run: Run) -> RunRow:
        trainable = None if run.trainable is None else json.dumps(run.trainable)
        written = {"config": run.config.to_json(), "trainable": trainable, "server": self._server}
        return RunRow(**{name: getattr(run, name) for name in _FIELDS} | written)


def _run(row: RunRow) -> Run | None:
    """The run of a row; None if its config is none that this version knows."""
    try:
        config = RunConfig.from_json(row.config)
    except LabError:
        logger.warning("Run %s has settings that are not known here and is left out.", row.id)
        return None
    trainable = None if row.trainable is None else tuple(json.loads(row.trainable))
    return Run(**{name: getattr(row, name) for name in _FIELDS} | {"config": config, "trainable": trainable})


def _kept_epochs(session: Session, run_id: str) -> tuple[int, ...]:
    query = select(WeightsRow.epoch).where(WeightsRow.run == run_id).order_by(WeightsRow.epoch)
    return tuple(session.scalars(query))


def _mark_interrupted(session: Session) -> None:
    """Say of active runs whose process is no more that they were interrupted."""
    servers = session.scalars(select(RunRow.server).where(RunRow.status.in_(ACTIVE)).distinct()).all()
    ended = [server for server in servers if not _is_alive(server)]
    session.execute(
        update(RunRow)
        .where(RunRow.status.in_(ACTIVE), RunRow.server.in_(ended))
        .values(status="interrupted", sentence=INTERRUPTED, ended=time.time())
    )


def _this_process() -> str:
    """Host, process id and when it began: never the same for two processes."""
    return f"{socket.gethostname()} {os.getpid()} {psutil.Process().create_time():.2f}"


def _is_alive(server: str) -> bool:
    """Whether the process runs; those of other hosts are taken to."""
    host, pid, began = server.rsplit(" ", 2)
    if host != socket.gethostname():
        return True
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" == began
    except psutil.Error:
        return False
