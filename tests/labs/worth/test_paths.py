"""Paths: what comes along all of them adds up to the ordinary gradient, and one of them is what autograd says."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from torchvision import models
from torchvision.models.resnet import BasicBlock

from explorer.architecture.presets import preset
from explorer.architecture.spec import ResNetSpec
from explorer.errors import ExplorerError, LabError
from explorer.labs.worth.paths import along_paths, count_shares, half, log_counts, measure_paths, path_blocks
from explorer.model.build import build
from tests.labs.nets import some_images, tiny_spec
from tests.model.networks import SMALL, lively, snapshot


def every_path(blocks):
    return [path for length in range(len(blocks) + 1) for path in itertools.combinations(blocks, length)]


@pytest.mark.parametrize(
    "changes",
    [
        {"block": "basic", "depths": (4, 4)},
        {"block": "basic", "shortcut": "A"},
        {"block": "bottleneck"},
        {"block": "basic", "order": "pre"},
        {"block": "bottleneck", "order": "pre"},
        {"block": "basic", "squeeze_excite": True},
        {"block": "bottleneck", "norm": "group"},
    ],
    ids=lambda changes: "-".join(map(str, changes.values())),
)
def test_the_gradients_of_all_paths_add_up_to_the_ordinary_one(changes) -> None:
    model = lively(ResNetSpec().replace(**{**SMALL, **changes}), seed=3).eval()
    images = some_images(2, channels=3, side=16)
    leaf = images.clone().requires_grad_()
    (ordinary,) = torch.autograd.grad(model(leaf).max(dim=1).values.sum(), leaf)
    with along_paths(model, images) as along:
        total = sum(along(path) for path in every_path(path_blocks(model)))
        assert torch.equal(along(None), ordinary)
    assert ordinary.abs().max() > 0
    assert (total - ordinary).abs().max() <= 1e-5 * ordinary.abs().max()


class OneWay(BasicBlock):  # type: ignore[misc]  # torchvision has no types
    """torchvision's block with one of its ways kept out of autograd."""

    main = True

    def forward(self, x):
        residual = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu(residual + shortcut.detach() if self.main else residual.detach() + shortcut)


def test_one_path_is_what_torchvisions_blocks_give_with_the_other_ways_detached() -> None:
    ours = build(preset("resnet18"), device="cpu", seed=1).eval()
    theirs = models.resnet.ResNet(OneWay, [2, 2, 2, 2]).eval()
    theirs.load_state_dict(ours.state_dict())
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with along_paths(ours, images) as along:
        for path in ([], ["layer2.0"], ["layer1.1", "layer3.0", "layer4.1"], list(path_blocks(ours))):
            for name, module in theirs.named_modules():
                if isinstance(module, OneWay):
                    module.main = name in path
            leaf = images.clone().requires_grad_()
            (their,) = torch.autograd.grad(theirs(leaf).max(dim=1).values.sum(), leaf)
            torch.testing.assert_close(along(path), their, rtol=1e-4, atol=1e-7)


def test_of_each_length_all_paths_are_followed_or_thirty_drawn_by_their_seed() -> None:
    model = lively(tiny_spec(depths=(2, 2, 3)))
    images = some_images(3)
    found = measure_paths(model, images, progress=None)
    assert [one.norm.draws for one in found.measured] == [1, 7, 21, 30, 30, 21, 7, 1]
    assert np.exp(log_counts(7)).round().astype(int).tolist() == [math.comb(7, k) for k in range(8)]
    with along_paths(model, images) as along:
        norms = [np.linalg.norm(along([block]).flatten(1).numpy(), axis=1).mean() for block in path_blocks(model)]
        assert found.whole == pytest.approx(np.linalg.norm(along(None).flatten(1).numpy(), axis=1).mean(), rel=1e-5)
    assert found.measured[1].norm.mean == pytest.approx(np.mean(norms), rel=1e-5)
    assert found.measured[1].norm.low == found.measured[1].norm.high  # nothing else could have been drawn
    assert found.measured[3].norm.low < found.measured[3].norm.mean < found.measured[3].norm.high
    again, other = measure_paths(model, images), measure_paths(model, images, seed=1)
    assert again.measured == found.measured
    assert other.measured[3] != found.measured[3]


def test_shares_are_those_of_count_times_norm_also_between_measured_lengths() -> None:
    model = lively(tiny_spec(depths=(2, 2, 3)))
    whole = measure_paths(model, some_images(3))
    carried = np.array([math.comb(7, one.length) * one.norm.mean for one in whole.measured])
    np.testing.assert_allclose(whole.shares, carried / carried.sum(), rtol=1e-9)
    some = measure_paths(model, some_images(3), lengths=[0, 2, 7])
    assert some.shares.shape == (8,)
    assert some.shares.sum() == pytest.approx(1)
    assert math.exp(some.log_norms[1]) == pytest.approx(
        math.sqrt(whole.measured[0].norm.mean * whole.measured[2].norm.mean)
    )
    assert (half(count_shares(54)), half(count_shares(7))) == (27, 3)
    np.testing.assert_allclose(count_shares(54), [math.comb(54, k) / 2**54 for k in range(55)], rtol=1e-9)


def test_a_main_path_of_zeros_carries_nothing() -> None:
    found = measure_paths(build(tiny_spec(zero_init_residual=True), device="cpu"), some_images())
    assert [one.norm.mean for one in found.measured[1:]] == [0, 0, 0]
    assert found.shares[0] == 1


def test_a_model_is_given_back_as_it_was_also_when_it_is_broken_off() -> None:
    model = lively(tiny_spec()).train()
    before = snapshot(model)
    measure_paths(model, some_images())

    def stop(_share: float, _words: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_paths(model, some_images(), progress=stop)
    assert snapshot(model) == before
    assert not any(module._forward_hooks for module in model.modules())
    assert not any(parameter.grad is not None for parameter in model.parameters())


def test_what_has_no_paths_or_no_numbers_is_said() -> None:
    with pytest.raises(LabError, match="one path"):
        measure_paths(build(tiny_spec(shortcut="none"), device="cpu"), some_images())
    broken = build(tiny_spec(), device="cpu")
    with torch.no_grad():
        broken.get_parameter("fc.bias")[0] = float("nan")
    with pytest.raises(LabError, match="NaN or infinity"):
        measure_paths(broken, some_images())
    with along_paths(build(tiny_spec(), device="cpu"), some_images()) as along, pytest.raises(ExplorerError):
        along(["layer9.0"])
