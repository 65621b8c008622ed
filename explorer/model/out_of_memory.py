"""A device that runs out of memory, in one sentence, whichever part of torch notices it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from explorer.errors import DeviceError

_SAID = ("out of memory", "alloc_failed", "can't allocate memory", "not enough memory", "failed to allocate")
"""What CUDA and MPS, cuDNN and cuBLAS, and the CPU's allocator say; not all of it is ``torch.OutOfMemoryError``."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is not enough."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).casefold() for words in _SAID)


@contextmanager
def enough_memory(device: str | torch.device, what: str, instead: str) -> Iterator[None]:
    """Say in a sentence that a device's memory was not enough; what it held for nobody is given back.

    Args:
        device: where it runs.
        what: what needs the memory: "batches of 64".
        instead: what to do: "take fewer pictures".

    Raises:
        DeviceError: the memory was not enough.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        if torch.device(device).type == "cuda":
            torch.cuda.empty_cache()
        raise DeviceError(f"The memory of {device} is not enough for {what}: {instead}.") from None
