"""Every way in which torch says that memory is not enough ends in one sentence, and no other error does."""

from __future__ import annotations

import pytest
import torch

from explorer import describe, preset
from explorer.architecture.weights import WeightsChoice
from explorer.errors import DeviceError
from explorer.model.build import NetworkModule, build
from explorer.model.forward import passed
from explorer.model.gradients import differentiable
from explorer.model.out_of_memory import enough_memory
from explorer.model.weights import load
from tests.model.networks import random_specs

SAID = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("MPS backend out of memory (MPS allocated: 8.99 GB, max allowed: 9.07 GB)"),
    RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8000000000 bytes."),
    MemoryError(),
]


@pytest.mark.parametrize("error", SAID, ids=lambda error: str(error)[:24] or "MemoryError")
def test_each_becomes_one_sentence(error: Exception) -> None:
    with pytest.raises(DeviceError) as caught, enough_memory("cpu", "batches of 64", "take fewer pictures"):
        raise error
    assert str(caught.value) == "The memory of cpu is not enough for batches of 64: take fewer pictures."


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="size mismatch"), enough_memory("cpu", "a", "b"):
        raise RuntimeError("size mismatch, got input (3), mat (2x3), vec (4)")


@pytest.mark.parametrize("error", SAID[1:3])
def test_outside_of_the_pass_forward_too(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    network = build(describe(random_specs(1)[0]), device="cpu").eval()
    with pytest.raises(DeviceError, match="a pass back"), differentiable(network):
        raise error

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(NetworkModule, "to", fails)
    with pytest.raises(DeviceError, match=r"not enough for the weights of "):
        build(describe(random_specs(1)[0]), device="cpu")
    monkeypatch.setattr(NetworkModule, "forward", fails)
    with pytest.raises(DeviceError, match=r"2 pictures of 32×32 in this network: take fewer or smaller pictures\.$"):
        passed(network, torch.zeros(2, 3, 32, 32))


def test_calibration_is_admitted_for_all_its_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.model.device.free_bytes", lambda _: 30_000_000)
    with pytest.raises(DeviceError, match=r"^Calibrating Plain-34 on \d+ photographs of 224×224"):
        load(preset("plain34"), WeightsChoice(source="random"), device="cpu")
