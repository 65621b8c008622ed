"""Tensors of any file -> tensors that a network can take."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.errors import WeightsError

_COUNTER = "num_batches_tracked"
_NEEDS_FLOATS = (".weight", ".bias", ".running_mean", ".running_var")


def usable(found: dict[str, Tensor], name: str, *, file_bytes: int) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Tensors as a network has them: dense, float32, each with memory of its own.

    Args:
        found: tensors by name; emptied on the way, so that no more than one is held twice.
        name: of the file, for the sentences.
        file_bytes: length of the file, which is the most that its tensors can hold.

    Returns:
        The tensors, and a sentence on what was converted.

    Raises:
        WeightsError: when they claim more than the file has, or hold what no network has as weights.
    """
    for key, tensor in found.items():
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta or tensor.device.type != "cpu":
            raise WeightsError(f"{name} holds sparse, quantised or empty tensors: save ordinary float32 weights.")
        if key.endswith(_NEEDS_FLOATS) and not tensor.is_floating_point():
            raise WeightsError(
                f"{name} holds weights of type {_type(tensor)}, and a network needs floating-point ones: "
                "save them as float32."
            )
    # a tensor may repeat one stored number as often as it likes, without a byte of memory until it is touched
    if sum(tensor.numel() * tensor.element_size() for tensor in found.values()) > file_bytes:
        raise WeightsError(
            f"{name} claims more numbers than it has bytes: it is damaged or made up, choose another file."
        )
    others = sorted({_type(tensor) for tensor in found.values() if _is_converted(tensor)})
    tensors: dict[str, Tensor] = {}
    for key in list(found):
        tensors[key] = _own(key, found.pop(key))
    return tensors, ((f"Weights of type {' and '.join(others)} were converted to float32.",) if others else ())


def non_finite(tensors: dict[str, Tensor]) -> tuple[str, ...]:
    """Names of the tensors that have NaN or an infinite value in them."""
    return tuple(
        key for key, tensor in tensors.items() if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all())
    )


def _own(key: str, tensor: Tensor) -> Tensor:
    target = torch.int64 if key.endswith(_COUNTER) else torch.float32 if tensor.is_floating_point() else tensor.dtype
    plain = tensor.detach().to(target).contiguous()
    # a view would keep alive all that it is a part of
    whole = plain.untyped_storage().nbytes() == plain.numel() * plain.element_size()
    return plain if whole and type(plain) is Tensor else torch.empty_like(plain).copy_(plain)


def _is_converted(tensor: Tensor) -> bool:
    return tensor.is_floating_point() and tensor.dtype != torch.float32


def _type(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
