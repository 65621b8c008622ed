"""Learn: numbers that chapters write out by hand are torch's and torchvision's."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.ui.learn.answers_on_blocks import count, dirac, resnet, shapes
from tests.ui.learn.opened import FILLED


def text(name: str) -> str:
    return " ".join(FILLED[name].text.split())


def test_both_ends_of_resnet_18_have_the_parameters_and_the_work_that_are_written():
    model = resnet(18)
    first, last = count(model.get_submodule("conv1")), count(model.get_submodule("fc"))
    side = model.get_submodule("conv1")(torch.zeros(1, 3, 224, 224, device="meta")).shape[-1]
    assert f"{first:,} weights and uses each at {side}·{side} positions: {first * side**2:,} MACs" in text("counting")
    assert f"512·1,000 + 1,000 = {last:,} parameters" in text("counting")
    assert last > 50 * first
    assert 0.005 * first * side**2 > 512_000


def test_the_identity_needs_as_many_ones_as_are_written():
    weights = dirac(64)
    assert f"of 3·3·64·64 = {weights.numel():,} weights, {int(weights.sum())} are 1" in text("identity")


def test_stages_have_the_shapes_that_are_written_and_stay_as_dear():
    leaving = [shapes(18, 224)[f"layer{stage}.1"] for stage in (1, 2, 3, 4)]
    *first, last = ("×".join(map(str, shape)) for shape in leaving)
    assert f"{', '.join(first)} and {last}" in text("network")
    assert len({channels**2 * height * width for channels, height, width in leaving}) == 1


@pytest.mark.parametrize(("kernel", "padding", "stride"), [(3, 1, 1), (3, 1, 2), (1, 0, 2)])
def test_the_three_convolutions_make_of_56_what_the_table_says(kernel, padding, stride):
    conv = nn.Conv2d(1, 1, kernel, stride, padding, device="meta")
    side = conv(torch.zeros(1, 1, 56, 56, device="meta")).shape[-1]
    assert f"| {kernel}×{kernel} | {padding} | {stride} | {side} |" in text("shapes")


def test_main_path_and_shortcut_agree_for_every_side():
    main, shortcut = nn.Conv2d(1, 1, 3, 2, 1, device="meta"), nn.Conv2d(1, 1, 1, 2, device="meta")
    for side in range(1, 65):
        x = torch.zeros(1, 1, side, side, device="meta")
        assert main(x).shape == shortcut(x).shape


def test_the_error_that_is_read_aloud_is_torchs():
    with pytest.raises(RuntimeError) as raised:
        torch.zeros(1, 1, 52, 52) + torch.zeros(1, 1, 56, 56)
    assert f"`RuntimeError: {raised.value}`" in text("what-breaks")
