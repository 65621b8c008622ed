"""The device of a run: a GPU of its worker's machine while no other run has it, else the CPU."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def device_of_a_run() -> Iterator[str]:
    """Hold a device for one run: two on one GPU would wait for each other and share its memory.

    Numbers are of float32 throughout and sums are taken in one order, so that a run gives the same curve again; what
    cuDNN would round to 10 bits (TF32) is left off.

    Yields:
        The device's name.
    """
    import torch

    from explorer.model.device import devices

    for device in devices():
        if device.kind == "cpu":
            continue
        lock = FileLock(Path(tempfile.gettempdir()) / f"resnet-explorer-{device.name.replace(':', '-')}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        try:
            with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
                yield device.name
        finally:
            lock.release()
        return
    yield "cpu"
