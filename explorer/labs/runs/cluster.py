"""The engine: workers that carry out runs, two processes on this machine or a cluster that is already there.

With ``EXPLORER_SCHEDULER=tcp://host:port`` in the environment the runs go to that Dask cluster. Its scheduler and its
workers need the same versions of Python and the packages, and ``explorer`` importable (``PYTHONPATH`` with the folder
that holds it); a run that learns from an uploaded zip needs the folder ``EXPLORER_DATA`` to be one that they share.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from distributed import Client, Future, KilledWorker

from explorer.errors import ExplorerError, LabError
from explorer.labs.runs.jobs import Events
from explorer.labs.runs.worker import DIED, Train, Training
from explorer.labs.training.config import RunConfig

Start = Mapping[str, np.ndarray] | None

logger = logging.getLogger(__name__)

VARIABLE = "EXPLORER_SCHEDULER"
START_SECONDS = 60
CONNECT_SECONDS = 10
END_SECONDS = 10
# between two looks at whether the worker of a run that is silent is still there
LOOK_SECONDS = 2.0
_ROOT = Path(__file__).parents[3]
# what connecting and asking raise when nobody is there; distributed has no common base for these
_UNREACHABLE = (OSError, ValueError, TypeError, RuntimeError)
_MEMORY_TOPIC = "worker-restart-memory"
_STRANGE = (
    "The cluster cannot import this app's code: its scheduler and its workers need the app's folder in PYTHONPATH and "
    "the same versions of its packages."
)
UNEXPECTED = "The run ended with an error that was not foreseen; the server's log has it. Try other settings."
_SMALLER = "take a smaller batch, fewer blocks or fewer channels."


class LostError(LabError):
    """The cluster went away while a run was with it."""

    def __init__(self) -> None:
        super().__init__("The cluster that carried out this run went away: start the run again.")


class Cluster:
    """A connection to the workers, made when it is first needed and made anew when they went away.

    Args:
        address: of a scheduler that is already there; by default that of ``EXPLORER_SCHEDULER``, and where that is not
            set, a cluster on this machine.
        options: arguments of ``explorer.labs.runs.local_cluster``, for a cluster on this machine.
    """

    def __init__(self, address: str | None = None, *, options: tuple[str, ...] = ()) -> None:
        self.address = address or os.environ.get(VARIABLE) or None
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self._client: Client | None = None
        self._has_workers = True
        self._busy: Counter[str] = Counter()
        self._out_of_memory: dict[str, int] = {}
        self._lock = threading.RLock()

    @property
    def notice(self) -> str:
        """What people should know who wait for it, else empty."""
        if self._has_workers:
            return ""
        return f"No worker is connected to the scheduler at {self.address}: runs begin when one is."

    def is_there(self) -> bool:
        """Whether there are workers to talk to, as far as is known without asking them."""
        if self._client is None or self._client.status not in ("running", "connecting"):
            return False
        return self._process is None or self._process.poll() is None

    def client(self) -> Client:
        """The connection; workers are started if there are none.

        Raises:
            LabError: they cannot be started, or the scheduler does not answer.
        """
        with self._lock:
            if not self.is_there():
                self.close()
                self._client = self._connect(self.address or self._start())
                self._client.subscribe_topic(_MEMORY_TOPIC, lambda event: self._note_memory(event[1]))
            assert self._client is not None
            return self._client

    def slots(self) -> int:
        """How many runs can be carried out at once.

        Raises:
            LabError: as ``client``.
        """
        client = self.client()
        try:
            slots = sum(client.nthreads().values())
        except _UNREACHABLE as error:
            raise LabError(self._silent()) from error
        self._has_workers = slots > 0
        return slots

    def train(
        self, train: Train, config: RunConfig, *, start: Start, trainable: tuple[str, ...] | None
    ) -> Generator[Events]:
        """Carry out a run in the worker that has most room; it ends within a step when the iterator is closed.

        Args:
            train: the generator that the worker goes through; importable there.
            config: its settings.
            start: weights to begin with.
            trainable: names of the parameters that learn.

        Returns:
            What the run has yielded, every moment; the first time that a worker has begun.

        Raises:
            LostError: the cluster went away, then or while the run went on.
            ExplorerError: as ``client``, or the run failed; the sentence says why.
        """
        return self._yielded(self.client(), train, config, start, trainable)

    def _yielded(
        self, client: Client, train: Train, config: RunConfig, start: Start, trainable: tuple[str, ...] | None
    ) -> Generator[Events]:
        with self._place(client) as address:
            on_it = {"workers": [address], "pure": False}
            # of a dictionary alone the names would be the keys, and the next run would get these weights
            given = client.scatter([dict(start)], hash=False)[0] if start else None
            training = client.submit(Training, train, config, given, trainable, **on_it)
            takings, is_over = 0, False
            while not is_over:
                events, is_over = self._result(client.submit(Training.take, training, takings, **on_it), address)
                yield events
                takings += 1

    @contextmanager
    def _place(self, client: Client) -> Iterator[str]:
        """The address of the worker with most free threads, one of which is taken meanwhile; errors become ours."""
        try:
            with self._lock:
                threads = client.nthreads()
                if not threads:
                    raise LostError
                address = max(threads, key=lambda worker: threads[worker] - self._busy[worker])
                self._busy[address] += 1
            try:
                yield address
            finally:
                with self._lock:
                    self._busy[address] -= 1
        except _UNREACHABLE as error:
            logger.warning("A run lost its cluster.", exc_info=True)
            raise LostError from error

    def _result(self, future: Future, address: str) -> tuple[Events, bool]:
        """What a task returned, once it has; nobody says of a worker that died between two tasks."""
        seconds = LOOK_SECONDS
        while True:
            try:
                error = future.exception(timeout=seconds)
                if error is not None:
                    raise self._as_ours(error, address)
                return future.result(timeout=seconds)
            except TimeoutError:
                if not self.is_there():
                    raise LostError from None
                if address not in future.client.nthreads():
                    raise LabError(self._why_it_died(address)) from None
                # what is large takes long to fetch
                seconds *= 2
            except CancelledError:
                raise LostError from None

    def close(self) -> None:
        """Let go of the connection, and end the workers that were started from here."""
        client, self._client = self._client, None
        process, self._process = self._process, None
        if client is not None:
            with suppress(*_UNREACHABLE):
                client.close(timeout=2)
        if process is not None:
            _end(process)

    def _start(self) -> str:
        """Start workers on this machine.

        Returns:
            The address of their scheduler.
        """
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            # it leaves at once, and what it held is cleaned up behind it, which is nothing to warn of
            [sys.executable, "-W", "ignore:resource_tracker", "-m", "explorer.labs.runs.local_cluster", *self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
            # a key that interrupts the server is not for them: they go when the server has gone
            start_new_session=True,
        )
        assert self._process.stdout is not None
        too_late = threading.Timer(START_SECONDS, self._process.kill)
        too_late.start()
        try:
            address = self._process.stdout.readline().strip()
        finally:
            too_late.cancel()
        if not address:
            self.close()
            raise LabError(
                "The processes that train could not be started; the server's log says why. Free memory and try again."
            )
        return address

    def _connect(self, address: str) -> Client:
        try:
            return Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="explorer")
        except _UNREACHABLE as error:
            self.close()
            raise LabError(self._silent()) from error

    def _note_memory(self, event: dict[str, Any]) -> None:
        self._out_of_memory[event["worker"]] = event["rss"]

    def _as_ours(self, error: BaseException, address: str) -> ExplorerError:
        """An error that ended a run, with its sentence."""
        if isinstance(error, ExplorerError):
            return error
        if isinstance(error, KilledWorker):
            return LabError(self._why_it_died(address))
        if isinstance(error, ImportError) or "deserializ" in str(error):
            logger.error("A run could not be read by the cluster.", exc_info=error)
            return LabError(_STRANGE)
        if isinstance(error, MemoryError) or "memory" in str(error):
            return LabError(f"The run needed more memory than there is: {_SMALLER}")
        logger.error("A run ended with an error.", exc_info=error)
        return LabError(UNEXPECTED)

    def _why_it_died(self, address: str) -> str:
        """Why a worker died: whether its nanny ended it for its memory comes on another way, at most a moment later."""
        for _ in range(10):
            used = self._out_of_memory.pop(address, None)
            if used is not None:
                return f"The run reached {used / 2**30:,.1f} GB of memory, more than one worker may use: {_SMALLER}"
            time.sleep(0.1)
        return DIED

    def _silent(self) -> str:
        if self.address is None:
            return "The processes that train do not answer: try again."
        here = f"leave {VARIABLE} empty to train on this machine"
        return f"The scheduler at {self.address} does not answer: start it, or {here}."

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _end(process: subprocess.Popen[str]) -> None:
    """Close its input, which tells it to go, and see that it went."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
