"""The part Memory of the page Cost: figures at their labels against torch's own, and what waits for a button."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.architecture.memory import Use
from explorer.errors import LabError
from explorer.labs.memory.measure import Measured
from explorer.model.build import build
from tests.model.saved import saved_bytes
from tests.ui.app import open_app, url, widget
from tests.ui.seen import seen

SMALL = {"network": "resnet20", "size": "32", "c_part": "memory"}
CARD = 24 * 2**30 * 9 // 10  # a tenth is set aside
asked: list[tuple[Use, int]] = []


def _measure(spec, input_size, use, batch, *, device, expected_bytes, progress) -> Measured:
    """In place of a measurement: a tenth more than was expected."""
    progress(0.5, "A step of training")
    asked.append((use, batch))
    return Measured(peak_bytes=expected_bytes * 10 // 9, device=device, seconds=1.0)


@pytest.fixture(autouse=True)
def _measured() -> Iterator[None]:
    asked.clear()
    with patch("explorer.ui.cost.memory.measured.measure", _measure), patch("explorer.ui.cached._results", {}):
        yield


def opened(**query: str) -> AppTest:
    at = open_app("cost", **{**SMALL, **query})
    assert not at.exception
    return at


def saved(name: str, batch: int, side: int) -> int:
    return saved_bytes(build(name, device="meta"), torch.empty(batch, 3, side, side, device="meta"))


def held_whatever_the_batch(name: str) -> int:
    """Parameters, their gradients and their momentum, and buffers."""
    model = build(name, device="meta")
    return 3 * sum(one.nbytes for one in model.parameters()) + sum(one.nbytes for one in model.buffers())


def test_opening_says_the_largest_batch_that_trains_and_measures_nothing() -> None:
    each = saved("resnet20", 2, 32) - saved("resnet20", 1, 32)
    constant = held_whatever_the_batch("resnet20") + saved("resnet20", 1, 32) - each
    largest = (CARD - constant) // each
    read = seen(opened())
    assert f"ResNet-20 (CIFAR) at 32×32 trains with a batch of up to {largest:,} on 24 GB" in read
    line = next(line for line in read.splitlines() if line.startswith("Training, SGD with momentum, float32"))
    assert line.split(" | ")[3] == f"{largest:,}"
    assert asked == []


def test_parts_of_a_batch_stand_at_their_names() -> None:
    model = build("resnet20", device="meta")
    weights, kept = sum(one.numel() for one in model.parameters()), saved("resnet20", 8, 32)
    read = seen(opened(mm_batch="8", mm_optimiser="adam"))
    assert f"{weights:,}·4 = {4 * weights:,}" in next(
        line for line in read.splitlines() if line.startswith("Gradients |")
    )
    state = next(line for line in read.splitlines() if line.startswith("Optimiser's state |"))
    assert f"{weights:,}·4·2 = {8 * weights:,}" in state
    assert f"= {kept:,}" in next(line for line in read.splitlines() if line.startswith("Activations |"))
    whole = 16 * weights + sum(one.nbytes for one in model.buffers()) + kept
    assert f"{whole:,} bytes" in next(line for line in read.splitlines() if line.startswith("Together |"))


def test_rows_add_up_to_all_that_is_kept() -> None:
    frame = opened(mm_batch="8").dataframe[0].value
    assert frame["bytes"].sum() == saved("resnet20", 8, 32)
    assert frame["bytes"].is_monotonic_decreasing
    assert frame["bytes_share"].sum() == pytest.approx(100)
    assert frame.set_index("layer").loc["layer1.0.conv1", "formula"] == "8·16·32·32·4"


def test_the_measurement_waits_for_its_button_and_stands_beside_the_estimate() -> None:
    at = opened(mm_batch="8")
    estimate = held_whatever_the_batch("resnet20") + saved("resnet20", 8, 32)
    at.button(key="memory_measured_ask").click().run()
    assert asked == [(Use(), 8)]
    line = next(line for line in seen(at).splitlines() if line.startswith("At most"))
    assert line == f"At most | {estimate / 1e6:.1f} MB | {estimate / 9e5:.1f} MB | −10.0 %"
    assert "in a process of its own: two steps of training" in seen(at)


def test_what_the_machine_has_no_memory_for_is_refused_before_it_starts() -> None:
    at = opened(mm_batch="8")
    with patch("explorer.model.device.free_bytes", lambda _: 510_000_000):
        at.button(key="memory_measured_ask").click().run()
    assert asked == []
    assert "Training ResNet-20 (CIFAR) with a batch of 8 at 32×32 needs" in seen(at)
    assert "a batch of " in seen(at)


def test_measurement_that_fails_is_said_and_does_not_begin_again_by_itself() -> None:
    at, times = opened(mm_batch="8"), []

    def fails(*_given, **_more) -> Measured:
        times.append(1)
        raise LabError("It ended by itself.")

    with patch("explorer.ui.cost.memory.measured.measure", fails):
        at.button(key="memory_measured_ask").click().run()
        assert "It ended by itself." in seen(at)
        at.run()
    assert len(times) == 1
    assert at.button(key="memory_measured_ask")


def test_inference_says_what_is_there_at_the_peak() -> None:
    at = opened(mm_for="inference", mm_batch="8")
    read, frame = seen(at), at.dataframe[0].value
    assert "runs with a batch of up to" in read
    assert "The most is held at layer1.1.bn1." in read
    # the picture, what the stage and the block were given, what arrives at the norm and what it puts out
    maps = dict.fromkeys(("relu", "layer1.0.relu2", "layer1.1.conv1", "layer1.1.bn1"), 8 * 16 * 32 * 32 * 4)
    assert dict(zip(frame["layer"], frame["bytes"], strict=True)) == {"input": 8 * 3 * 32 * 32 * 4, **maps}
    assert not any(line.startswith("Gradients |") for line in read.splitlines())


def test_network_of_torchvision_is_told_by_what_autograd_shows() -> None:
    models = pytest.importorskip("torchvision.models")
    model = models.alexnet().train()
    weights = sum(one.numel() for one in model.parameters())
    largest = (CARD - 12 * weights) // (saved_bytes(model, torch.zeros(5, 3, 64, 64)) // 5)
    at = open_app("cost", network="alexnet", size="64", c_part="memory")
    assert f"AlexNet at 64×64 trains with a batch of up to {largest:,} on 24 GB" in seen(at)
    assert not at.dataframe


@pytest.mark.parametrize(
    ("network", "more", "sentence"),
    [("alexnet", {"mm_for": "inference"}, "is measured, not described"), ("vit_b_32", {}, "has attention")],
)
def test_what_is_not_known_is_said_and_can_be_measured(network: str, more: dict[str, str], sentence: str) -> None:
    at = open_app("cost", network=network, size="224", c_part="memory", mm_batch="2", **more)
    assert sentence in seen(at)
    assert not at.get("plotly_chart")
    at.button(key="memory_measured_ask").click().run()
    assert asked == [(Use(training=not more), 2)]
    assert "It took " in seen(at)


def test_network_that_does_not_fit_says_what_one_picture_takes() -> None:
    read = seen(open_app("cost", network="resnet152", size="2048", c_part="memory", mm_card="8"))
    assert "ResNet-152 at 2048×2048 does not fit on 8 GB: one picture takes" in read
    assert "none" in next(line for line in read.splitlines() if line.startswith("Training, SGD, float32"))


def test_a_picked_row_leads_to_architecture() -> None:
    at = opened(row="layer2.0.conv1")
    link = next(link for link in at.get("page_link") if link.proto.label == "layer2.0.conv1 on Architecture")
    assert "row=layer2.0.conv1" in link.proto.query_string


def test_a_choice_stands_in_the_address_only_where_it_is_not_the_default() -> None:
    at = opened()
    assert not any(name.startswith("mm_") for name in url(at))
    widget(at, "mm_type").set_value("bfloat16").run()
    assert url(at)["mm_type"] == "bfloat16"
    assert "Training, SGD with momentum, bfloat16" in seen(at)
