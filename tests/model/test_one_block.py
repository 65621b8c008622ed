"""One block on real numbers: against torchvision's blocks and a d2l block written by hand, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.resnet import BasicBlock, Bottleneck

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import NAME, trace_block
from explorer.errors import InputSizeError
from explorer.model.build import NetworkModule
from explorer.model.guard import Mode
from explorer.model.one_block import build_block, make_input, run_block

SPECS = {
    "default": BlockSpec(),
    "halved": BlockSpec(channels_out=6, stride=2, shortcut="projection"),
    "bottleneck": BlockSpec(
        type="bottleneck", channels_in=8, channels_out=16, shortcut="pooled", stride=2, norm="group"
    ),
    "padded": BlockSpec(channels_out=5, stride=2, shortcut="padding", order="pre", norm="instance"),
    "triple": BlockSpec(type="triple", join="concat", squeeze_excite=True, last_relu=False),
    "single": BlockSpec(type="single", shortcut="none", norm="none"),
    "wide padding": BlockSpec(padding=2, shortcut="none"),
}


class HandWritten(nn.Module):
    """The Residual of the d2l text: biases in the convolutions, no norm on the 1×1."""

    def __init__(self, channels_in: int, channels_out: int, *, projects: bool, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, padding=1, stride=stride)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1)
        self.conv3 = nn.Conv2d(channels_in, channels_out, 1, stride=stride) if projects else None
        self.bn1 = nn.BatchNorm2d(channels_out)
        self.bn2 = nn.BatchNorm2d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.conv3 is None else self.conv3(x)))


def state_of(model: NetworkModule) -> dict[str, Tensor]:
    """The block's state dict without the block's own name."""
    return {name.removeprefix(f"{NAME}."): value for name, value in model.state_dict().items()}


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize(("channels_out", "stride", "projects"), [(3, 1, False), (6, 2, True)])
def test_the_d2l_block_written_by_hand_gives_the_same_bits(
    channels_out: int, stride: int, projects: bool, mode: Mode
) -> None:
    spec = BlockSpec(channels_out=channels_out, stride=stride, shortcut="projection" if projects else "identity")
    model = build_block(spec, seed=3)
    hand = HandWritten(3, channels_out, projects=projects, stride=stride).train(mode == "train")
    hand.load_state_dict({name.replace("downsample.0", "conv3"): value for name, value in state_of(model).items()})
    x = torch.rand(4, 3, 6, 6)
    with torch.no_grad():
        expected = hand(x).numpy()
    assert np.array_equal(run_block(model, x, mode=mode).out, expected)


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize(("channels_in", "channels_out", "stride"), [(64, 64, 1), (32, 64, 2)])
@pytest.mark.parametrize("kind", ["basic", "bottleneck"])
def test_torchvisions_blocks_give_the_same_bits(
    kind: Any, channels_in: int, channels_out: int, stride: int, mode: Mode
) -> None:
    projects = channels_in != channels_out
    spec = BlockSpec(
        type=kind,
        channels_in=channels_in,
        channels_out=channels_out,
        stride=stride,
        shortcut="projection" if projects else "identity",
        shortcut_norm=True,
        conv_bias=False,
    )
    model = build_block(spec, seed=1)
    downsample = None
    if projects:
        downsample = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
        )
    block = BasicBlock if kind == "basic" else Bottleneck
    theirs = block(channels_in, channels_out // block.expansion, stride, downsample).train(mode == "train")
    theirs.load_state_dict(state_of(model))
    x = torch.randn(2, channels_in, 9, 9)
    with torch.no_grad():
        expected = theirs(x).numpy()
    assert np.array_equal(run_block(model, x, mode=mode).out, expected)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_step_has_the_shape_of_the_plan_and_the_parts_add_up(spec: BlockSpec) -> None:
    x = make_input((2, spec.channels_in, 7, 6), seed=5)
    model = build_block(spec)
    found = run_block(model, x)
    plan = trace_block(spec, (7, 6)).plan
    assert {name: values.shape for name, values in found.steps.items()} == {
        row.layer: (2, *row.output_shape) for row in plan.layers
    }
    assert sum(p.numel() for p in model.parameters()) == plan.params
    assert np.array_equal(found.x, x.numpy())
    assert np.array_equal(found.out, found.steps[plan.layers[-1].layer])
    if found.total is None or found.shortcut is None:
        assert spec.shortcut == "none"
    elif spec.join == "concat":
        assert np.array_equal(found.total, np.concatenate([found.residual, found.shortcut], axis=1))
    else:
        assert np.array_equal(found.total, found.residual + found.shortcut)


def test_a_main_path_of_zeros_hands_on_what_the_shortcut_carries() -> None:
    x = make_input((4, 3, 6, 6))
    found = run_block(build_block(BlockSpec(), weights="zero"), x)
    assert not found.residual.any()
    assert np.array_equal(found.out, np.maximum(x.numpy(), 0))


def test_in_a_plain_block_the_main_path_ends_before_its_last_relu() -> None:
    found = run_block(build_block(BlockSpec(shortcut="none")), make_input((4, 3, 6, 6)))
    assert (found.residual < 0).any()
    assert np.array_equal(found.out, np.maximum(found.residual, 0))


def test_a_last_norm_of_zeros_leaves_the_shortcut_alone() -> None:
    found = run_block(build_block(BlockSpec(zero_init_residual=True)), make_input((4, 3, 6, 6)))
    assert not found.residual.any()


def test_blocks_that_are_compared_share_their_main_path() -> None:
    x = make_input((1, 3, 6, 6))
    changes: dict[str, Any] = {"channels_out": 6, "stride": 2}
    plain = build_block(BlockSpec(**changes, shortcut="none"), seed=2)
    found = [
        run_block(build_block(BlockSpec(**changes, shortcut=shortcut), seed=2, like=plain), x).residual
        for shortcut in ("projection", "padding")
    ]
    assert np.array_equal(found[0], found[1])


def test_weights_of_one_add_up_what_lies_under_the_window() -> None:
    spec = BlockSpec(type="single", channels_in=2, channels_out=1, norm="none", shortcut="none", last_relu=False)
    found = run_block(build_block(spec, weights="ones"), make_input((1, 2, 3, 3), numbers="counting"))
    assert found.out[0, 0, 1, 1] == sum(range(18))
    assert found.out[0, 0, 0, 0] == (0 + 1 + 3 + 4) + (9 + 10 + 12 + 13)


def test_the_input_counts_up_or_repeats_with_its_seed() -> None:
    counted = make_input((1, 2, 2, 2), numbers="counting")
    assert counted.flatten().tolist() == list(range(8))
    assert torch.equal(make_input((1, 2, 3, 3), seed=4), make_input((1, 2, 3, 3), seed=4))
    assert not torch.equal(make_input((1, 2, 3, 3), seed=4), make_input((1, 2, 3, 3), seed=5))
    assert make_input((1, 1, 2, 2), numbers="ones").unique().tolist() == [1]


def test_train_mode_takes_the_batchs_statistics_and_leaves_no_trace() -> None:
    model = build_block(BlockSpec())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    x = make_input((4, 3, 6, 6), numbers="counting")
    evaluated, trained = (run_block(model, x, mode=mode).residual for mode in ("eval", "train"))
    assert trained.mean(axis=(0, 2, 3)) == pytest.approx(np.zeros(3), abs=1e-5)
    assert not np.allclose(evaluated, trained)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_one_value_per_channel_is_refused_in_train_mode() -> None:
    with pytest.raises(InputSizeError, match="single value per channel"):
        run_block(build_block(BlockSpec()), make_input((1, 3, 1, 1)), mode="train")
