"""The workers that carry out runs: two processes on this machine, or a cluster that is already there.

With ``EXPLORER_SCHEDULER=tcp://host:port`` in the environment the runs go to that Dask cluster. Its scheduler and its
workers need the same versions of Python and the packages, and ``explorer`` importable (``PYTHONPATH`` with the folder
that holds it); a run that learns from an uploaded zip needs the folder ``EXPLORER_DATA`` to be one that they share.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from distributed import Client

from explorer.errors import LabError

VARIABLE = "EXPLORER_SCHEDULER"
START_SECONDS = 60
CONNECT_SECONDS = 10
END_SECONDS = 10
_ROOT = Path(__file__).parents[3]
# what connecting and asking raise when nobody is there; distributed has no common base for these
UNREACHABLE = (OSError, ValueError, TypeError, RuntimeError)


class Cluster:
    """A connection to the workers, made when it is first needed and made anew when they went away.

    Used by one thread at a time.

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
        if not self.is_there():
            self.close()
            self._client = self._connect(self.address or self._start())
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
        except UNREACHABLE as error:
            raise LabError(self._silent()) from error
        self._has_workers = slots > 0
        return slots

    def close(self) -> None:
        """Let go of the connection, and end the workers that were started from here."""
        client, self._client = self._client, None
        process, self._process = self._process, None
        if client is not None:
            with suppress(*UNREACHABLE):
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
        except UNREACHABLE as error:
            self.close()
            raise LabError(self._silent()) from error

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
