"""The measurement of memory in a process of its own: what it says, and that it ends with whatever ends it."""

from __future__ import annotations

import json
import sys
from unittest.mock import patch

import psutil
import pytest
import torch
from torch import nn

from explorer import describe, preset, trace
from explorer.architecture.memory import Use, memory_of
from explorer.errors import DeviceError, ExplorerError, LabError
from explorer.labs.memory import measure as measure_module
from explorer.labs.memory.measure import Measured, at_most, measure, seconds
from explorer.labs.memory.one_use import Request, _loss

SPEC, SIZE, BATCH = preset("resnet20"), (32, 32), 96
PLAN = trace(describe(SPEC), SIZE)
SLEEPS = "import sys, time; sys.stdin.read(); time.sleep(60)"


def measured(*, use: Use | None = None, device: str = "cpu", expected: int = 10**9, progress=None) -> Measured:
    return measure(SPEC, SIZE, use or Use(), BATCH, device=device, expected_bytes=expected, progress=progress)


def process_that(does: str):
    """In place of the process that measures: one that reads the request and then does something else."""
    return patch.object(measure_module, "_COMMAND", (sys.executable, "-c", does))


def says(**answer: object) -> str:
    return f"import sys; sys.stdin.read(); print({json.dumps(answer)!r})"


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def test_training_on_this_machine_takes_about_what_the_estimate_says() -> None:
    estimate = memory_of(PLAN, Use()).bytes_at(BATCH)
    heard: list[str] = []
    found = measured(expected=estimate, progress=lambda share, words: heard.append(words))
    assert estimate / 1.6 < found.peak_bytes < estimate * 1.6
    assert "A step of training" in heard
    assert found.device == "cpu"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
@pytest.mark.parametrize("use", [Use(), Use(training=False), Use(optimiser="adam", precision="bfloat16")])
def test_allocator_of_a_gpu_gives_out_about_what_the_estimate_says(use: Use) -> None:
    estimate = memory_of(PLAN, use, on_gpu=True).bytes_at(BATCH)
    assert estimate / 1.6 < measured(use=use, device="cuda:0", expected=estimate).peak_bytes < estimate * 1.6


def test_whatever_ends_the_measurement_ends_its_process() -> None:
    class StoppedError(Exception):
        pass

    def stop(share: float, words: str) -> None:
        raise StoppedError

    before = children()
    with process_that(SLEEPS), pytest.raises(StoppedError):
        measured(progress=stop)
    assert children() == before
    with process_that(says(peak=5)):
        assert measured().peak_bytes == 5, "the next one is not kept waiting"


@pytest.mark.parametrize(
    ("does", "error", "sentence"),
    [
        (says(full=True), DeviceError, "The memory of cpu was not enough: take fewer pictures."),
        (says(refused="No such network."), LabError, "No such network."),
        ("raise SystemExit(9)", LabError, "ended by itself"),
    ],
)
def test_process_that_fails_is_a_sentence(does: str, error: type[ExplorerError], sentence: str) -> None:
    with process_that(does), pytest.raises(error, match=sentence):
        measured()


def test_what_takes_far_more_than_was_expected_is_ended() -> None:
    before = children()
    with (
        process_that(f"held = bytearray(10**8); {SLEEPS}"),
        patch.object(measure_module, "PROCESS_BYTES", 0),
        patch.object(measure_module, "_BESIDE_BYTES", 10**6),
        pytest.raises(DeviceError, match="far more than was expected"),
    ):
        measured(expected=10**6)
    assert children() == before


def test_what_takes_too_long_is_ended() -> None:
    with (
        process_that(SLEEPS),
        patch.object(measure_module, "MOST_SECONDS", 0.2),
        pytest.raises(LabError, match="It took more than"),
    ):
        measured()


def test_two_do_not_measure_at_once() -> None:
    said: list[str] = []

    def another(share: float, words: str) -> None:
        if not said:
            with pytest.raises(LabError, match="under way") as caught:
                measured()
            said.append(str(caught.value))

    with process_that(f"import time; time.sleep(0.5); {says(peak=1)}"):
        measured(progress=another)
    assert said


def test_device_whose_peak_torch_does_not_say_is_refused() -> None:
    with pytest.raises(LabError, match="choose the CPU"):
        measured(device="mps")


def test_request_comes_through_as_it_was() -> None:
    request = Request(spec="{}", height=3, width=4, batch=5, device="cpu", threads=2, use=Use(precision="bfloat16"))
    assert Request.from_json(request.to_json()) == request


def test_loss_of_classes_is_the_cross_entropy_and_of_pictures_their_mean() -> None:
    logits, maps = torch.randn(4, 7), torch.randn(2, 3, 5, 5)
    torch.testing.assert_close(_loss(logits), nn.CrossEntropyLoss()(logits, torch.zeros(4, dtype=torch.long)))
    torch.testing.assert_close(_loss(maps), maps.mean())


def test_more_pictures_take_longer_and_more_than_the_estimate_is_never_less() -> None:
    assert seconds(PLAN, Use(), 64) > seconds(PLAN, Use(), 8) > seconds(PLAN, Use(training=False), 8)
    assert at_most(PLAN, BATCH) > memory_of(PLAN, Use(optimiser="adam")).bytes_at(BATCH)
