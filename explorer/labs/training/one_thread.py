"""Small maps on one thread: several wait for each other longer than they compute, most of all on a busy machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch

_SMALL_SIDE = 32  # measured: maps up to here are computed faster on one thread, on a busy machine several times
_lock = threading.Lock()
_inside = 0
_before = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread; the number is the process's, so the last to leave puts it back."""
    global _inside, _before
    with _lock:
        if _inside == 0:
            _before = torch.get_num_threads()
            torch.set_num_threads(1)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                torch.set_num_threads(_before)


def threads_for(size: Sequence[int]) -> AbstractContextManager[None]:
    """One thread where pictures are so small that several would wait for each other, else all.

    Args:
        size: height and width of the pictures in pixels.
    """
    return one_thread() if max(size) <= _SMALL_SIDE else nullcontext()
