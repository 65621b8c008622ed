"""One run per GPU, the CPU for those that come later; on a machine with a GPU the same curve as on the CPU."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.labs.runs.gpu import device_of_a_run
from explorer.labs.training.events import Step
from explorer.labs.training.train import train
from explorer.model.device import DeviceInfo
from tests.labs.runs import stand_in

HERE = (
    DeviceInfo(name="cuda:98", kind="cuda", title="A"),
    DeviceInfo(name="cuda:99", kind="cuda", title="B"),
    DeviceInfo(name="cpu", kind="cpu", title="2 threads"),
)


def test_each_gpu_is_one_runs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.model.device.devices", lambda: HERE)
    with device_of_a_run() as first:
        with device_of_a_run() as second, device_of_a_run() as third:
            assert (first, second, third) == ("cuda:98", "cuda:99", "cpu")
        with device_of_a_run() as again:
            assert again == "cuda:99"


def test_a_run_that_fails_gives_its_gpu_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.model.device.devices", lambda: HERE)
    with pytest.raises(ValueError, match="bad"), device_of_a_run():
        raise ValueError("bad")
    with device_of_a_run() as device:
        assert device == "cuda:98"


def test_without_a_gpu_it_is_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.model.device.devices", lambda: HERE[2:])
    with device_of_a_run() as device:
        assert device == "cpu"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_a_gpu_gives_the_curve_of_the_cpu_to_a_thousandth_and_its_own_again() -> None:
    config = stand_in.config(epochs=1)

    def losses(device: str) -> list[float]:
        return [step.loss for step in train(config, device=device) if isinstance(step, Step)]

    with device_of_a_run() as device:
        there, again = losses(device), losses(device)
    assert there == again
    np.testing.assert_allclose(there[:20], losses("cpu")[:20], rtol=1e-3)
