"""What a position can see, against gradients: a pixel is in the field exactly when it has one.

The oracle is the built module in float64 with positive weights, so that no two ways cancel, without ReLUs and norms on
kept statistics, and with average pools for max pools: what is left depends on every pixel that can change a value.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn

from explorer import ResNetSpec, StarGANSpec, describe, describe_stargan, preset, trace
from explorer.architecture.block_spec import BLOCK_CHOICES, BlockSpec
from explorer.architecture.one_block import block_network, trace_block
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.seen import Way, seen
from explorer.architecture.tree import Network
from explorer.errors import InputSizeError, ShapesError, SpecError
from explorer.model.build import Add, Concat, NetworkModule, build
from tests.model.networks import dilated_kinds, random_specs, short_name


class ShortcutAlone(nn.Module):
    """An addition, or two maps side by side, to which the main path brings nothing."""

    def __init__(self, join: nn.Module) -> None:
        super().__init__()
        self.join = join

    def forward(self, main: Tensor, shortcut: Tensor) -> Tensor:
        joined: Tensor = self.join(torch.zeros_like(main), shortcut)
        return joined


def linear_twin(network: Network, way: Way = "longest") -> NetworkModule:
    """The module whose gradients say what can change what."""
    model = build(network, device="cpu", seed=0).double().eval()
    draw = torch.Generator().manual_seed(1)
    for name, module in list(model.named_modules()):
        match module:
            case nn.ReLU() | nn.BatchNorm2d() | nn.InstanceNorm2d() | nn.Tanh():
                _replace(model, name, nn.Identity())
            case nn.MaxPool2d():
                _replace(model, name, nn.AvgPool2d(module.kernel_size, module.stride, module.padding))
            case Add() | Concat() if way == "shortest":
                _replace(model, name, ShortcutAlone(module))
    with torch.no_grad():
        for parameter in model.parameters():
            fan_in = parameter[0].numel() if parameter.dim() > 1 else 1
            parameter.uniform_(0.5, 1.5, generator=draw).div_(fan_in)
    return model


def _replace(model: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, leaf = name.rpartition(".")
    setattr(model.get_submodule(parent), leaf, module)


class Oracle:
    """One pass of a module, and the box of what changes any of its values."""

    def __init__(self, plan: Plan, way: Way) -> None:
        self.outputs: dict[str, Tensor] = {}
        draw = torch.Generator().manual_seed(2)
        shape = (1, plan.network.in_channels, *plan.input_size)
        self.picture = torch.rand(shape, generator=draw, dtype=torch.float64).requires_grad_()
        linear_twin(plan.network, way)(self.picture, lambda name, _, output: self.outputs.update({name: output}))

    def box(self, row: Layer, y: int, x: int) -> tuple[range, range]:
        """Rows and columns of the smallest rectangle that holds every pixel with a gradient."""
        output = self.outputs[row.layer]
        values = output[0, :, y, x] if output.dim() == 4 else output[0]
        weights = torch.linspace(0.5, 1.5, values.numel(), dtype=torch.float64)
        (gradient,) = torch.autograd.grad((values * weights).sum(), self.picture, retain_graph=True, allow_unused=True)
        there = torch.zeros(self.picture.shape[2:], dtype=torch.bool) if gradient is None else gradient[0].any(0)
        return _extent(there.any(1)), _extent(there.any(0))


def _extent(there: Tensor) -> range:
    places = there.nonzero().flatten().tolist()
    return range(places[0], places[-1] + 1) if places else range(0)


def positions(row: Layer, draw: random.Random) -> Iterator[tuple[int, int]]:
    """Corners, the middle and two anywhere; the only one of a row without positions."""
    height, width = row.output_shape[1:] if len(row.output_shape) == 3 else (1, 1)
    yield from {
        (0, 0),
        (height - 1, width - 1),
        (0, width - 1),
        (height // 2, width // 2),
        (draw.randrange(height), draw.randrange(width)),
        (draw.randrange(height), draw.randrange(width)),
    }


def check(plan: Plan, rows: Sequence[Layer], draw: random.Random) -> None:
    for way in get_args(Way):
        oracle = Oracle(plan, way)
        for row in rows:
            for y, x in positions(row, draw):
                rows_seen, columns_seen = seen(plan, row, y, axis=0, way=way), seen(plan, row, x, axis=1, way=way)
                sees = (rows_seen, columns_seen) if rows_seen and columns_seen else (range(0), range(0))
                assert sees == oracle.box(row, y, x), (row.layer, y, x, way)


@pytest.mark.parametrize("spec", [*random_specs()[:14], *dilated_kinds()[::3]], ids=short_name)
@pytest.mark.parametrize("size", [(64, 64), (75, 43)], ids=str)
def test_a_pixel_has_a_gradient_exactly_when_it_lies_in_the_field(spec: ResNetSpec, size: tuple[int, int]) -> None:
    plan = trace(describe(spec), size)
    draw = random.Random(0)
    check(plan, draw.sample(plan.layers, min(12, len(plan.layers))), draw)


def test_every_value_behind_a_gate_sees_the_whole_picture() -> None:
    spec = ResNetSpec(block="basic", depths=(1, 1), widths=(16, 32), squeeze_excite=True)
    plan = trace(describe(spec), (96, 96))
    row = plan.rows["layer1.0.add"]
    assert seen(plan, row, 0, axis=0) == seen(plan, row, 11, axis=1) == range(96)
    assert row.receptive_field == 96
    check(plan, [row, plan.rows["layer1.0.bn2"], plan.rows["layer2.0.conv1"]], random.Random(0))


def test_the_field_of_a_generator_differs_by_position_behind_its_transposed_convolutions() -> None:
    plan = trace(describe_stargan(StarGANSpec()), (256, 256))
    row = plan.rows["main.18"]
    assert [seen(plan, row, place, axis=1) for place in (100, 101, 102, 103)] == [
        range(42, 158),  # 116 pixels
        range(42, 162),  # 120
        range(42, 162),
        range(46, 162),
    ]
    assert (row.smallest_field, row.receptive_field) == (116, 120)
    small = trace(describe_stargan(StarGANSpec(conv_dim=2, c_dim=1, repeat_num=1)), (64, 52))
    check(small, small.layers, random.Random(0))


def test_where_neither_way_contains_the_other_the_addition_sees_both() -> None:
    spec = BlockSpec(
        type="single", stride=5, shortcut="pooled", order="pre", norm="none", channels_in=4, channels_out=4
    )
    plan = trace_block(spec, (168, 168)).plan
    add = plan.rows["layer1.0.add"]
    assert add.receptive_field == 6
    assert seen(plan, add, 3, axis=0) == range(14, 20)
    check(plan, plan.layers, random.Random(0))


def random_blocks(count: int) -> list[BlockSpec]:
    draw = random.Random(5)
    found: list[BlockSpec] = []
    while len(found) < count:
        changes: dict[str, Any] = {name: draw.choice(values) for name, values in BLOCK_CHOICES.items()}
        changes |= {"stride": draw.randint(1, 6), "padding": draw.choice((0, 1, 1, 1, 2, 4))}
        try:
            found.append(BlockSpec(channels_in=4, channels_out=4, squeeze_excite=draw.random() < 0.2, **changes))
        except SpecError:
            continue
    return found


def test_fields_of_blocks_of_every_kind_are_those_of_the_gradients() -> None:
    draw, checked = random.Random(0), 0
    for spec in random_blocks(200):
        size = draw.randint(1, 40), draw.randint(1, 40)
        try:
            plan = trace(block_network(spec), size)
        except (ShapesError, InputSizeError):
            continue
        check(plan, plan.layers, draw)
        checked += 1
    assert checked > 40


def test_the_field_of_the_last_maps_of_resnet50_is_the_published_one() -> None:
    """427 pixels, Araujo, Norris and Sim 2019; in a large picture it lies on it, at 224 it is cut."""
    plan = trace(describe(preset("resnet50")), (896, 896))
    assert len(seen(plan, plan.rows["layer4.2.add"], 14, axis=0)) == 427
    assert seen(trace(describe(preset("resnet50")), (224, 224)), plan.rows["layer4.2.add"], 3, axis=0) == range(224)
    assert len(seen(plan, plan.rows["layer4.2.add"], 14, axis=0, way="shortest")) == 11
