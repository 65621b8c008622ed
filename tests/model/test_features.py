"""Means over the positions agree with torchvision's own modules, whatever the batches."""

from __future__ import annotations

import numpy as np
import psutil
import torch
from torchvision import models

from explorer.architecture.presets import preset
from explorer.model import features
from explorer.model.build import build
from explorer.model.features import position_means
from explorer.model.probe import part_ends


def test_means_are_those_of_hooks_on_torchvisions(monkeypatch) -> None:
    monkeypatch.setattr(features, "MOST_AT_ONCE", 2)
    ours = build(preset("resnet18"), device="cpu", seed=1)
    theirs = models.resnet18().eval()
    theirs.load_state_dict(ours.state_dict())
    images = torch.randn(5, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    seen: dict[str, torch.Tensor] = {}
    for name in ("layer1.1", "layer4.1"):
        theirs.get_submodule(name).register_forward_hook(
            lambda _module, _into, out, name=name: seen.__setitem__(f"{name}.relu2", out.mean(dim=(2, 3)))
        )
    with torch.no_grad():
        theirs(images)
    plan, rows = ours.plan_at((64, 64)), list(seen)
    told = []
    found = position_means(
        ours, plan, lambda places: images[list(places)], 5, rows, progress=lambda *said: told.append(said)
    )
    for row in rows:
        np.testing.assert_allclose(found[row], seen[row].numpy(), rtol=1e-3, atol=1e-6)
    assert [share for share, _ in told] == [0, 0.4, 0.8]


def test_memory_does_not_grow_with_the_pictures(monkeypatch) -> None:
    monkeypatch.setattr(features, "MOST_AT_ONCE", 6)
    ours, told = build(preset("resnet18"), device="cpu", seed=1), []

    def pictures(places: range) -> torch.Tensor:
        told.append(psutil.Process().memory_info().rss)
        return torch.zeros(len(places), 3, 160, 160)

    position_means(ours, ours.plan_at((160, 160)), pictures, 42, list(part_ends(ours)))
    # tensors in place of copies: 50 MB from the second batch to the last
    assert told[-1] - told[1] < 20e6
