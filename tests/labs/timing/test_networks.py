"""Whole networks one after the other."""

from __future__ import annotations

import pytest
import torch

from explorer import preset, trace
from explorer.architecture.families import usual_size
from explorer.errors import DeviceError
from explorer.labs.timing.networks import networks_estimate, time_networks
from tests.labs.nets import tiny_spec

NETS = {"plain": tiny_spec(shortcut="none"), "residual": tiny_spec()}


def test_each_network_is_timed_and_named_while_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[float, str]] = []
    found = time_networks(NETS, torch.device("cpu"), progress=lambda share, words: told.append((share, words)))
    assert list(found) == list(NETS)
    assert all(runs.count >= 3 and runs.median > 0 for runs in found.values())
    assert [share for share, _ in told] == [0, 0.5]


def test_what_has_no_room_is_refused_before_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.model.device.free_bytes", lambda device: 1000)
    with pytest.raises(DeviceError):
        time_networks({"resnet18": preset("resnet18")}, torch.device("cpu"))


def test_larger_networks_are_expected_to_take_longer() -> None:
    small, large = ({name: trace(preset(name), usual_size(preset(name)))} for name in ("resnet18", "resnet152"))
    assert networks_estimate(large) > networks_estimate(small) > 0
