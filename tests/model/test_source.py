"""The written source, imported: it takes the weights of its network, strictly, and puts out the same."""

import importlib.util
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import init

from explorer import ResNetSpec, StarGANSpec, presets, source
from explorer.architecture.block_spec import BLOCK_CHOICES, BLOCK_FLAGS, BlockSpec
from explorer.architecture.families import DescribedSpec, network_of
from explorer.architecture.one_block import NAME, block_network, trace_block
from explorer.architecture.tree import Network
from explorer.errors import ExplorerError
from explorer.model.build import BlurPool, NetworkModule, build
from explorer.views.export.source.elsewhere import elsewhere
from tests.model.networks import block_kinds, random_specs, short_name

PRESETS = {known.name: known.spec for known in presets()}
GENERATORS = {
    "stargan": StarGANSpec(),
    "no units": StarGANSpec(conv_dim=8, repeat_num=0),
    "one": StarGANSpec(conv_dim=8, c_dim=2, repeat_num=1),
}
UNUSUAL = (
    ResNetSpec(num_classes=0, widths=(8, 16, 24, 32), depths=(1, 1, 1, 1)),
    ResNetSpec(widths=(16,), depths=(2,), shortcut="C", stem="cifar"),
    ResNetSpec(block="basic", widths=(16, 16), depths=(1, 2), shortcut="D", norm="none", stem="deep"),
    ResNetSpec(block="basic", widths=(16, 17, 40), depths=(1, 1, 1), shortcut="A-both", stem="cifar", norm="group"),
)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large networks get their weights from elsewhere."""
    for draw in ("kaiming_uniform_", "kaiming_normal_", "uniform_"):
        monkeypatch.setattr(init, draw, lambda tensor, *_args, **_more: tensor)


def imported(text: str, folder: Path) -> ModuleType:
    file = folder / "net.py"
    file.write_text(text, encoding="utf-8")
    known = importlib.util.spec_from_file_location("net", file)
    assert known is not None
    assert known.loader is not None
    module = importlib.util.module_from_spec(known)
    known.loader.exec_module(module)
    return module


@cache
def some_numbers() -> Tensor:
    """Small ones of both signs, as many as the largest layer has."""
    return (torch.rand(10**7, generator=torch.Generator().manual_seed(0)) - 0.5) / 25


def filled(model: NetworkModule) -> NetworkModule:
    """Weights as after some training; large layers are views of the same numbers."""
    weights = {}
    for name, tensor in model.state_dict().items():
        numbers = some_numbers()[: tensor.numel()].view(tensor.shape)
        if name.endswith("num_batches_tracked"):
            numbers = torch.tensor(3)
        elif tensor.dim() == 1:
            numbers = (1.5 if name.endswith(("running_var", "weight")) else 0) + 25 * numbers
        weights[name] = numbers
    model.load_state_dict(weights, strict=True, assign=True)
    for module in model.modules():
        if isinstance(module, BlurPool):
            module.reset_filter()
    return model


@torch.no_grad()
def difference(ours: nn.Module, theirs: nn.Module, x: Tensor, *, modes: tuple[bool, ...] = (False, True)) -> float:
    """The largest, in evaluation and in training."""
    assert list(theirs.state_dict()) == list(ours.state_dict())
    most = 0.0
    for training in modes:
        theirs.load_state_dict(ours.state_dict(), strict=True, assign=True)
        mine, written = ours.train(training)(x), theirs.train(training)(x)
        assert torch.isfinite(mine).all()
        assert mine.abs().sum() > 0
        most = max(most, float((mine - written).abs().max()))
    return most


def made(spec: DescribedSpec | Network) -> NetworkModule:
    return filled(build(spec, device="meta").to_empty(device="cpu"))


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", [*PRESETS, *GENERATORS])
def test_every_named_network_is_the_same_from_its_source(name: str, tmp_path: Path) -> None:
    spec: DescribedSpec = PRESETS.get(name) or GENERATORS[name]
    x = torch.randn(1, spec.in_channels, 40, 33, generator=torch.Generator().manual_seed(1))
    assert difference(made(spec), imported(source(spec), tmp_path).build(), x, modes=(False,)) == 0


@pytest.mark.parametrize("spec", [*random_specs(), *block_kinds(), *UNUSUAL], ids=short_name)
def test_any_network_is_the_same_from_its_source_and_starts_as_ours(spec: ResNetSpec, tmp_path: Path) -> None:
    module = imported(source(spec), tmp_path)
    x = torch.randn(2, spec.in_channels, 65, 43, generator=torch.Generator().manual_seed(1))
    assert difference(made(spec), module.build(), x) == 0
    torch.manual_seed(7)
    assert_equal(module.build().state_dict(), build(spec, device="cpu", seed=7).state_dict())


def assert_equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert list(one) == list(other)
    assert all(torch.equal(one[name], other[name]) for name in one)


def drawn_blocks(count: int) -> Iterator[BlockSpec]:
    draw = random.Random(5)
    found = 0
    while found < count:
        values: dict[str, Any] = {name: draw.choice(options) for name, options in BLOCK_CHOICES.items()}
        values |= {name: draw.random() < 0.5 for name in BLOCK_FLAGS}
        try:
            spec = BlockSpec(
                **values,
                channels_in=draw.choice((4, 8, 9)),
                channels_out=draw.choice((8, 9, 16)),
                stride=draw.choice((1, 2, 3)),
                padding=draw.choice((0, 1, 1, 1)),
                shortcut_stride=draw.choice((0, 0, 1)),
                groups=draw.choice((1, 2)),
            )
            runs = trace_block(spec, (13, 11)).clash is None
        except ExplorerError:
            continue
        if runs:
            found += 1
            yield spec


@pytest.mark.parametrize(
    "spec", list(drawn_blocks(50)), ids=lambda spec: f"{spec.type}-{spec.order}-{spec.shortcut}-{spec.join}"
)
def test_a_block_alone_is_the_same_from_its_source(spec: BlockSpec, tmp_path: Path) -> None:
    ours = made(block_network(spec))
    theirs = imported(source(spec), tmp_path).build()
    x = torch.randn(2, spec.channels_in, 13, 11, generator=torch.Generator().manual_seed(1))
    assert difference(ours.get_submodule(NAME), theirs, x) == 0


@pytest.mark.parametrize(
    ("network", "block"), [("preact18", "layer2.0"), ("resnet50", "layer3.5"), ("stargan", "main.9")]
)
def test_a_block_of_a_network_can_be_had_alone(network: str, block: str, tmp_path: Path) -> None:
    ours = made(network_of(network)).get_submodule(block)
    x = torch.randn(2, {"preact18": 64, "resnet50": 1024, "stargan": 256}[network], 7, 9)
    assert difference(ours, imported(source(network, block=block), tmp_path).build(), x) == 0


@pytest.mark.parametrize(
    "spec",
    [
        *(ResNetSpec(num_classes=7, zero_init_residual=zero) for zero in (False, True)),
        ResNetSpec(block="basic", depths=(1, 2, 1, 1)),
        ResNetSpec(depths=(1, 1, 1, 1), groups=4, base_width=8, num_classes=3),
    ],
    ids=str,
)
def test_the_call_of_torchvision_gives_the_same_network_from_the_same_seed(spec: ResNetSpec) -> None:
    torch.manual_seed(3)
    theirs = eval(elsewhere(spec)["torchvision"], {"torchvision": torchvision})
    assert_equal(theirs.state_dict(), build(spec, device="cpu", seed=3).state_dict())


def test_what_torchvision_cannot_say_has_no_call_of_its() -> None:
    without: list[dict[str, Any]] = [
        {"in_channels": 1},
        {"order": "pre"},
        {"stride_on": "1x1"},
        {"norm": "group"},
        {"added_classes": 4},
        {"num_classes": 0},
        {"widths": (32, 64, 128, 256)},
        {"shortcut": "C"},
        {"depths": (1, 1), "widths": (8, 8)},
    ]
    assert not [change for change in without if "torchvision" in elsewhere(ResNetSpec(**change))]
