"""What autograd keeps of a network without a tree, as its own hooks see it on torch's device without memory."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.architecture.memory import Needs
from explorer.architecture.plan import Plan
from explorer.errors import SpecError
from explorer.model.twin import blank, twin_of

_BATCHES = (2, 3)  # a norm takes no batch of one where a single value is left of a map


def kept_seen(model: nn.Module, plan: Plan) -> Needs:
    """What a pass in training keeps until its gradient comes by, from two passes of a twin on the ``meta`` device.

    Args:
        model: on any device; it is neither run nor touched.
        plan: of it, at the size of the pictures.

    Returns:
        Bytes for each picture, and those that are there whatever the batch, without parameters and buffers.

    Raises:
        SpecError: what it keeps depends on the device: attention has another way of working on each.
    """
    if any(row.kind == "attention" for row in plan.layers):
        raise SpecError(
            f"{plan.network.title} has attention, which every device works out in a way of its own, so what it keeps "
            "cannot be told in advance."
        )
    twin = twin_of(model).train()
    image = blank(twin, plan.input_size, plan.network.in_channels)
    fewer, more = (_saved_bytes(twin, image.expand(batch, -1, -1, -1).clone()) for batch in _BATCHES)
    each = more - fewer
    return Needs(row="", picture_bytes=each, other_bytes=fewer - _BATCHES[0] * each)


def _saved_bytes(twin: nn.Module, images: Tensor) -> int:
    """Bytes of the distinct storages that are saved for the way back."""
    own = {tensor.untyped_storage()._cdata for tensor in (*twin.parameters(), *twin.buffers())}
    kept: list[Tensor] = []  # a storage that is let go might give its place to another
    found: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            kept.append(tensor)
            found[storage._cdata] = storage.nbytes()
        return tensor

    hooks = torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor)
    with torch.enable_grad(), torch.device("meta"), hooks:
        twin(images)
    return sum(found.values())
