"""Silent and equal channels against hooks on torchvision's modules and numpy's own correlations."""

from __future__ import annotations

import numpy as np
import torch
from torchvision import models

from explorer.architecture.presets import preset
from explorer.labs.worth import channels
from explorer.labs.worth.channels import find_channels, rows_with_channels
from explorer.model.build import build
from explorer.model.foreign import ForeignModule
from tests.model.networks import snapshot


def _doctored() -> models.ResNet:
    """A ResNet-18 of torchvision with a channel that the ReLU always silences, and one that is another's double."""
    theirs = models.resnet18().eval()
    theirs.load_state_dict(build(preset("resnet18"), device="cpu", seed=2).state_dict())
    with torch.no_grad():
        theirs.layer1[0].bn1.bias[5] = -50
        theirs.layer1[0].conv1.weight[9] = 3 * theirs.layer1[0].conv1.weight[4]
        theirs.layer2[0].bn1.weight[7] = theirs.layer2[0].bn1.bias[7] = 0
    return theirs


def test_they_are_those_of_hooks_on_torchvisions(monkeypatch) -> None:
    monkeypatch.setattr(channels, "_CHUNK", 40_000)
    theirs = _doctored()
    ours = build(preset("resnet18"), device="cpu")
    ours.load_state_dict(theirs.state_dict())
    before = snapshot(ours)
    images = torch.randn(6, 3, 40, 33, generator=torch.Generator().manual_seed(0))
    seen: dict[str, np.ndarray] = {}
    for name in ("layer1.0", "layer2.0"):
        theirs.get_submodule(f"{name}.bn1").register_forward_hook(
            lambda _module, _into, out, name=name: seen.__setitem__(f"{name}.relu1", torch.relu(out).numpy())
        )
    with torch.no_grad():
        theirs(images)
    told: list[float] = []
    found = {one.row: one for one in find_channels(ours, images, list(seen), progress=lambda at, _: told.append(at))}
    for row, values in seen.items():
        by_channel = values.transpose(1, 0, 2, 3).reshape(values.shape[1], -1)
        with np.errstate(invalid="ignore"):
            expected = np.corrcoef(by_channel)
        pairs = {(i, j) for i, j in np.argwhere(np.abs(expected) > 0.98).tolist() if i < j}
        one = found[row]
        assert one.silent == tuple(np.flatnonzero((by_channel == 0).all(axis=1)))
        assert {pair[:2] for pair in one.pairs} == pairs
        assert one.pair_count == len(pairs)
        assert one.doubles == tuple(sorted({j for _, j in pairs}))
        np.testing.assert_allclose(
            [pair[2] for pair in one.pairs], [expected[pair[:2]] for pair in one.pairs], atol=1e-5
        )
        assert one.values == by_channel.shape[1]
        assert one.channels == by_channel.shape[0]
    assert 5 in found["layer1.0.relu1"].silent
    assert (4, 9) in {p[:2] for p in found["layer1.0.relu1"].pairs}
    assert 7 in found["layer2.0.relu1"].silent
    assert told == sorted(told)
    assert told[-1] == 1
    assert snapshot(ours) == before


def test_negative_correlation_counts_and_a_constant_channel_has_none() -> None:
    values = torch.randn(4, 4, 9, generator=torch.Generator().manual_seed(2))
    values[:, 1] = 5 - 2 * values[:, 0]
    values[:, 2] = 0.1
    varies = (values.amin(dim=(0, 2)) < values.amax(dim=(0, 2))).numpy()
    found = channels._correlations(values, varies)
    assert found[0, 1] < -0.99999
    assert np.isnan(found[2]).all()
    assert np.isnan(found[:, 2]).all()


def test_the_rows_are_those_of_activations_else_the_ends_of_parts() -> None:
    resnet = build(preset("resnet18"), device="cpu")
    rows = rows_with_channels(resnet, resnet.plan_at((32, 32)))
    assert rows[0] == "relu"
    assert len(rows) == 17
    assert all("relu" in row for row in rows)
    mobile = ForeignModule(models.mobilenet_v2().eval(), input_size=(64, 64))
    active = rows_with_channels(mobile, mobile.plan_at((64, 64)))
    found = find_channels(mobile, torch.randn(3, 3, 64, 64), active)
    assert [one.row for one in found] == list(active)
    assert len(active) == 35
