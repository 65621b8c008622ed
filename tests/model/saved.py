"""What torch itself keeps and holds, as its own tools see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.distributed._tools.mem_tracker import MemTracker


def saved_bytes(model: nn.Module, images: Tensor) -> int:
    """Bytes of the distinct storages that a pass forward saves for the way back, without parameters and buffers.

    Args:
        model: on whatever device, in whatever mode.
        images: what goes through it.
    """
    own = {tensor.untyped_storage()._cdata for tensor in (*model.parameters(), *model.buffers())}
    kept: list[Tensor] = []  # a storage that is let go might give its place to another
    found: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        kept.append(tensor)
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            found[storage._cdata] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        model(images)
    return sum(found.values())


def peak_bytes(model: nn.Module, images: Tensor) -> int:
    """Bytes of the tensors that are there at once during a pass without gradients, parameters and buffers included."""
    tracker: Any = MemTracker()
    tracker.track_external(model, images)
    with torch.no_grad(), tracker:
        model(images)
    return int(tracker.get_tracker_snapshot("peak")[torch.device("cpu")]["Total"])


@contextmanager
def autocast(device: Literal["cpu", "cuda"], *, enabled: bool = True) -> Iterator[None]:
    """Autocast to bfloat16; for CUDA where there is none too, as made-up tensors need no GPU to have their types."""
    before = torch.is_autocast_enabled(device), torch.get_autocast_dtype(device)
    torch.set_autocast_enabled(device, enabled)
    torch.set_autocast_dtype(device, torch.bfloat16)
    torch.autocast_increment_nesting()
    try:
        yield
    finally:
        if torch.autocast_decrement_nesting() == 0:
            torch.clear_autocast_cache()
        torch.set_autocast_enabled(device, before[0])
        torch.set_autocast_dtype(device, before[1])
