"""The most memory that a network takes on this machine, measured in a process of its own that can be ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch

import explorer
from explorer.architecture.codec import to_json
from explorer.architecture.families import Spec
from explorer.architecture.memory import STATES, Use
from explorer.architecture.operations import FLOAT_BYTES
from explorer.architecture.plan import Plan
from explorer.errors import DeviceError, LabError
from explorer.labs.cost import pass_seconds, step_seconds
from explorer.labs.memory.one_use import TIMES, Request
from explorer.views.numbers import duration, in_bytes

Progress = Callable[[float, str], None]
START_SECONDS = 12.0
"""Until the process is there with torch in it, about."""
PROCESS_BYTES = 400_000_000
"""What a process has with torch in it and nothing else, about."""
MOST_SECONDS = 600.0
"""What takes longer is ended."""
_ROOM = 2
"""So many times what the estimate says may be resident; what takes more is ended."""
_BESIDE_BYTES = 2**30  # what the libraries may keep for themselves
_POLL_SECONDS = 0.1
_COMMAND = (sys.executable, "-m", "explorer.labs.memory.one_use")
_OWN_PAGES = 2**16  # bytes: what is larger gets pages of its own
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a measurement says.

    Attributes:
        peak_bytes: the most that was taken.
        device: on which it was.
        seconds: that the process took in all.
    """

    peak_bytes: int
    device: str
    seconds: float


def seconds(plan: Plan, use: Use, batch: int) -> float:
    """How long a measurement takes, about, on one core of an idle machine.

    Args:
        plan: the network at the size of the pictures.
        use: what is measured.
        batch: pictures at once.
    """
    one = step_seconds(plan, batch) if use.training else pass_seconds(plan, batch)
    return START_SECONDS + TIMES * one


def at_most(plan: Plan, batch: int) -> int:
    """More than a network takes of which only the rows' outputs are known: all that training could keep of them.

    Args:
        plan: the network at the size of the pictures.
        batch: pictures at once.
    """
    return (STATES["adam"] + 2) * FLOAT_BYTES * plan.params + 2 * batch * plan.activation_bytes


def measure(
    spec: Spec,
    input_size: tuple[int, int],
    use: Use,
    batch: int,
    *,
    device: str | torch.device = "cpu",
    expected_bytes: int,
    progress: Progress | None = None,
) -> Measured:
    """Train or run a network with random weights twice in a process of its own, and take the most that it held.

    On CUDA it is what torch's allocator gave out at most, on a CPU what the process had resident beyond what torch
    takes by itself. The process is ended with whatever ends this function.

    Args:
        spec: the network.
        input_size: height and width of the pictures in pixels.
        use: what is measured.
        batch: pictures at once.
        device: where; torch does not say the peak of an Apple GPU.
        expected_bytes: that it takes by an estimate; what takes over twice as much is ended.
        progress: told the share that is done, 0 to 1, and a sentence; what it raises ends the measurement.

    Raises:
        DeviceError: the memory was not enough.
        LabError: there is no peak to be had of the device, another measurement is under way, it took too long, or
            the process ended by itself.
    """
    device = torch.device(device)
    if device.type not in ("cpu", "cuda"):
        raise LabError(f"torch does not say how much memory {device} held at most: choose the CPU to measure it there.")
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise LabError("Another measurement of memory is under way on this machine: try again in a moment.")
    request = Request(
        spec=to_json(spec),
        height=input_size[0],
        width=input_size[1],
        batch=batch,
        device=str(device),
        threads=torch.get_num_threads(),
        use=use,
    )
    process = _Process(request, bound=PROCESS_BYTES + _ROOM * expected_bytes + _BESIDE_BYTES)
    try:
        return process.followed(progress or (lambda share, words: None))
    finally:
        _ONE_AT_A_TIME.release()


class _Process:
    """The process that measures, from its start to its end."""

    def __init__(self, request: Request, *, bound: int) -> None:
        self.request, self.bound = request, bound
        self.said: dict[str, Any] = {"done": 0, "doing": "A process starts"}

    def followed(self, tell: Progress) -> Measured:
        """Start it, pass on what it says, end it, and return its answer."""
        started = time.monotonic()
        with subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            text=True,
            encoding="utf-8",
        ) as process:
            reader = threading.Thread(target=self._read, args=(process,), daemon=True)
            reader.start()
            try:
                while process.poll() is None:
                    tell(self.said["done"] / (TIMES + 1), self.said["doing"])
                    self._keep_within_bounds(process, time.monotonic() - started)
                    time.sleep(_POLL_SECONDS)
            finally:
                process.kill()
                reader.join()
        return Measured(peak_bytes=self._peak(), device=self.request.device, seconds=time.monotonic() - started)

    def _read(self, process: subprocess.Popen[str]) -> None:
        """Hand the request over and take what comes back, until the process has ended."""
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(self.request.to_json())
            process.stdin.close()
        for line in process.stdout:
            self.said = {**self.said, **json.loads(line)}

    def _keep_within_bounds(self, process: subprocess.Popen[str], seconds: float) -> None:
        if seconds > MOST_SECONDS:
            raise LabError(f"It took more than {duration(MOST_SECONDS)} and was ended: take fewer pictures.")
        with suppress(psutil.NoSuchProcess):
            taken = psutil.Process(process.pid).memory_info().rss
            if self.request.device == "cpu" and taken > self.bound:
                raise DeviceError(
                    f"It had {in_bytes(taken)}, far more than was expected, and was ended: take fewer pictures."
                )

    def _peak(self) -> int:
        if "peak" in self.said:
            return int(self.said["peak"])
        if "refused" in self.said:
            raise LabError(self.said["refused"])
        if "full" in self.said:
            raise DeviceError(f"The memory of {self.request.device} was not enough: take fewer pictures.")
        raise LabError(
            "The process that measured ended by itself, most likely for want of memory: take fewer pictures. The "
            "server's log may say more."
        )


def _environment() -> dict[str, str]:
    """What is let go is given back to the system at once, so that what is resident is what is held (glibc alone)."""
    folder = str(Path(explorer.__file__).parents[1])
    path = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, "MALLOC_MMAP_THRESHOLD_": str(_OWN_PAGES)}
