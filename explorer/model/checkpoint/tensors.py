"""Tensors of a file -> tensors that a network can take."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.errors import WeightsError
from explorer.model.checkpoint.file import damaged
from explorer.model.checkpoint.groups import StoredGroup
from explorer.model.checkpoint.reparametrised import multiplied_out
from explorer.model.checkpoint.standins import StoredTensor

_COUNTER = "num_batches_tracked"
_NEEDS_FLOATS = (".weight", ".bias", ".running_mean", ".running_var")
_LONGEST_NAME = 200
# What tensors may take beyond the file: some repeat a stored number, which costs the file nothing.
_SLACK_BYTES = 64 << 20
_BEFORE = "save the float32 weights that it was made from"
_ADVICE = {
    "sparse": "save its to_dense()",
    "meta device": "load the weights into the model before it is saved",
    "nested": "save ordinary tensors",
    "other signs": "save its clone()",
}
# How files say that their numbers are no weights yet, by the names beside them: bitsandbytes, GPTQ and AWQ, float8.
_QUANTISED = (
    (re.compile(r".*\.(SCB|weight_format)"), "8-bit weights of bitsandbytes"),
    (re.compile(r".*\.weight\.(absmax|quant_map|quant_state\..*)"), "4-bit weights of bitsandbytes"),
    (re.compile(r".*\.(qweight|qzeros)"), "packed weights of GPTQ or AWQ"),
    (re.compile(r".*\.(scale_weight|weight_scale(_inv)?)"), "8-bit weights with a scale beside them"),
)


class Loader:
    """Makes tensors of one file; those that are one in the file become one."""

    def __init__(self, name: str, *, file_bytes: int, big_endian: bool) -> None:
        self.name = name
        self.left = 4 * file_bytes + _SLACK_BYTES
        self.big_endian = big_endian
        self.made: dict[tuple[object, ...], Tensor] = {}

    def usable(self, group: StoredGroup) -> tuple[dict[str, Tensor], tuple[str, ...]]:
        """Tensors as a network has them: dense, float32, each with memory of its own.

        Returns:
            The tensors, and a sentence for each thing that was converted.

        Raises:
            WeightsError: when they claim more than the file has, or hold what no network has as weights.
        """
        self._check(group.tensors)
        tensors = {key: self._made(key, stored) for key, stored in group.tensors.items()}
        others = sorted({stored.dtype for stored in group.tensors.values() if _is_converted(stored)})
        notes = (f"Weights of type {' and '.join(others)} were converted to float32.",) if others else ()
        try:
            whole, multiplied = multiplied_out(tensors)
        except RuntimeError as error:
            raise WeightsError(
                f"{self.name} has weights in parts that do not fit each other: copy it again."
            ) from error
        return whole, (*notes, *multiplied)

    def _check(self, tensors: Mapping[str, StoredTensor]) -> None:
        if any(len(key) > _LONGEST_NAME for key in tensors):
            raise WeightsError(f"{self.name} gives its tensors names that no network has: choose another file.")
        for pattern, what in _QUANTISED:
            if any(map(pattern.fullmatch, tensors)):
                raise WeightsError(f"{self.name} holds {what}, which need their own library to be read: {_BEFORE}.")
        for key, stored in tensors.items():
            if stored.unusual:
                advice = next((advice for word, advice in _ADVICE.items() if word in stored.unusual), _BEFORE)
                raise WeightsError(f"{self.name} holds {stored.unusual} where weights are ({key}): {advice}.")
            if stored.dtype.startswith("float4"):
                raise WeightsError(
                    f"{self.name} holds weights of 4 bits ({key}), which torch cannot convert: {_BEFORE}."
                )
            if key.endswith(_NEEDS_FLOATS) and not stored.dtype.startswith(("float", "bfloat")):
                raise WeightsError(
                    f"{self.name} holds weights of type {stored.dtype} ({key}), and a network needs floating-point "
                    "ones: save them as float32."
                )

    def _made(self, key: str, stored: StoredTensor) -> Tensor:
        if stored.key not in self.made:
            dtype = getattr(torch, stored.dtype, None)
            if not isinstance(dtype, torch.dtype):
                raise WeightsError(f"{self.name} holds numbers of type {stored.dtype}, which torch does not know.")
            target = torch.float32 if dtype.is_floating_point else torch.int64 if key.endswith(_COUNTER) else dtype
            begin, end = stored.span
            self.left -= stored.numel * target.itemsize + (end - begin) * dtype.itemsize
            if self.left < 0:
                raise WeightsError(
                    f"{self.name} claims more numbers than it has bytes: it is damaged or made up, choose another file."
                )
            try:
                self.made[stored.key] = self._copied(stored, dtype, target)
            except (RuntimeError, ValueError) as error:
                raise damaged(self.name) from error
        return self.made[stored.key]

    def _copied(self, stored: StoredTensor, dtype: torch.dtype, target: torch.dtype) -> Tensor:
        if not stored.numel:
            return torch.empty(stored.shape, dtype=target)
        storage = stored.storage
        begin, end = (index * dtype.itemsize for index in stored.span)
        if storage is None or storage.data is None or end > len(storage.data):
            raise damaged(self.name)
        numbers = torch.frombuffer(bytearray(storage.data[begin:end]), dtype=torch.uint8)
        if stored.sole:
            storage.data = None
        if self.big_endian and dtype.itemsize > 1:
            numbers = numbers.view(-1, dtype.itemsize).flip(1).reshape(-1)
        plain = numbers.view(dtype).as_strided(stored.shape, stored.stride).to(target).contiguous()
        # a view would keep alive all that it is a part of
        own = plain.untyped_storage().nbytes() == plain.numel() * plain.element_size()
        return plain if own else plain.clone(memory_format=torch.contiguous_format)


def non_finite(tensors: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Names of the tensors that have NaN or an infinite value in them."""
    return tuple(
        key for key, tensor in tensors.items() if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all())
    )


def _is_converted(stored: StoredTensor) -> bool:
    return stored.dtype.startswith(("float", "bfloat")) and stored.dtype != "float32"
