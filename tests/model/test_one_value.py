"""One value taken apart: its parts come to what the layer put out, for every kind, at corners and in the middle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import describe, trace
from explorer.architecture.operations import Op
from explorer.architecture.plan import Plan
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec, describe_stargan
from explorer.architecture.tree import Network, Residual, Section
from explorer.errors import ExplorerError
from explorer.model import build, record
from explorer.model.build import NetworkModule
from explorer.model.call import Call, call_of
from explorer.model.one_value import one_value, parts_of
from explorer.views.one_value.parts import Applied, Joined, Normalised, Taken, WeightedSum, Window
from tests.model.networks import SMALL, SMALL_SPEC, lively, pictures, snapshot

# together: every kind of row, norm, shortcut and order; groups, strides, biases, gates
SHALLOW = SMALL | {"depths": (1, 1)}
SPECS = {
    "plain bottleneck": SMALL_SPEC.replace(depths=(1, 1)),
    "groups and gates": ResNetSpec().replace(
        **SHALLOW | {"stem": "imagenet"}, groups=2, base_width=32, shortcut="D", squeeze_excite=True
    ),
    "zeros on both sides": ResNetSpec().replace(**SHALLOW, block="basic", shortcut="A-both"),
    "option A, group norm": ResNetSpec().replace(**SHALLOW, block="basic", shortcut="A", norm="group"),
    "instance norm, pre": ResNetSpec().replace(**SHALLOW, block="basic", norm="instance", order="pre", conv_bias=True),
    "no norm, deep stem": ResNetSpec().replace(**SHALLOW | {"stem": "deep"}, norm="none", conv_bias=True),
}
SIZE = (21, 26)


@cache
def model_of(name: str) -> NetworkModule:
    return lively(SPECS[name])


def places(shape: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    """First and last channel at the four corners, and one in the middle."""
    channels, height, width = (*shape, 1, 1)[:3]
    for channel in sorted({0, channels - 1}):
        for y in sorted({0, height - 1}):
            for x in sorted({0, width - 1}):
                yield channel, y, x
    yield channels // 2, height // 2, width // 2


def check_everywhere(model: NetworkModule, plan: Plan, images: Tensor, **how: Any) -> set[type]:
    """Hold every row against what ``record`` gives, and return the kinds of parts that were met."""
    recorded = record(model, images, mode=how.get("mode", "eval"))
    met: set[type] = set()
    for row in plan.layers:
        call = call_of(model, images, row.layer, **how)
        output = recorded[row.layer][how.get("picture", 0)]
        for channel, y, x in places(row.output_shape):
            found = one_value(model, call, channel, y=y, x=x)
            expected = output[(channel, y, x)[: output.dim()]].item()
            assert found.put_out == expected
            assert found.parts.value == pytest.approx(expected, rel=1e-5, abs=2e-6 * max(1, found.parts.reach))
            assert found.is_rounding
            met.add(type(found.parts))
    return met


# --- real networks ---


@pytest.mark.parametrize("name", SPECS)
def test_the_parts_come_to_what_is_recorded_in_every_row(name: str) -> None:
    spec = SPECS[name]
    images = pictures(spec, size=SIZE)
    met = check_everywhere(model_of(name), trace(describe(spec), SIZE), images, picture=1)
    assert {WeightedSum, Window, Joined, Applied, Taken} <= met


def test_the_parts_of_the_generator_come_to_what_is_recorded() -> None:
    network = describe_stargan(StarGANSpec(conv_dim=8, c_dim=2, repeat_num=1))
    model = build(network, device="cpu", seed=3)
    images = torch.randn(2, 5, 16, 24, generator=torch.Generator().manual_seed(0))
    met = check_everywhere(model, trace(network, (16, 24)), images)
    assert met == {WeightedSum, Normalised, Applied, Joined}


@pytest.mark.parametrize("name", ["plain bottleneck", "instance norm, pre", "option A, group norm"])
def test_in_train_mode_norms_are_taken_apart_with_the_statistics_that_they_use(name: str) -> None:
    spec = SPECS[name]
    check_everywhere(model_of(name), trace(describe(spec), SIZE), pictures(spec, size=SIZE), mode="train", picture=1)


def test_a_concatenation_takes_from_the_main_path_first() -> None:
    conv = Op(kind="conv", name="conv1", channels_in=2, channels_out=3, kernel=3, padding=1)
    block = Residual("cat.0", (), (conv,), (), Op(kind="concat", name="cat", channels_in=3, channels_out=5), ())
    network = Network("concatenation", 2, (Section("cat", (block,)),))
    model = build(network, device="cpu")
    images = torch.randn(1, 2, 5, 6, generator=torch.Generator().manual_seed(0))
    check_everywhere(model, trace(network, (5, 6)), images)
    call = call_of(model, images, "cat.0.cat")
    parts = one_value(model, call, 4, y=1, x=2).parts
    assert isinstance(parts, Taken)
    assert parts.origin == (1, 1, 1, 2)
    assert parts.value == images[0, 1, 1, 2].item()


# --- against torch's own functions, with settings that no network of ours has ---


def call_for(module: nn.Module, x: Tensor) -> Call:
    with torch.no_grad():
        output = module(x)
    return Call(layer="it", mode="eval", arriving=(x[0].numpy(),), output=output[0].numpy(), batch=None)


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def everywhere(module: nn.Module, x: Tensor) -> np.ndarray:
    """Every value of a module's output, put together from its parts."""
    call = call_for(module, x)
    found = np.empty(call.output.shape)
    with torch.no_grad():
        for place in np.ndindex(*found.shape):
            found[place] = parts_of(module, call, *(*place, 0, 0)[:3]).value
    return found


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel_size": 3},
        {"kernel_size": 3, "stride": 2, "padding": 1, "groups": 2},
        {"kernel_size": (1, 5), "stride": (1, 2), "padding": (0, 2)},
        {"kernel_size": 3, "padding": 2, "dilation": 2, "groups": 4, "bias": False},
    ],
    ids=str,
)
def test_every_value_of_a_convolution_is_torchs(settings: dict[str, Any]) -> None:
    module = nn.Conv2d(4, 8, **settings).double()
    x = draw(1, 4, 7, 9)
    rest = {name: value for name, value in settings.items() if name not in ("kernel_size", "bias")}
    expected = F.conv2d(x, module.weight, module.bias, **rest)[0]
    np.testing.assert_allclose(everywhere(module, x), expected.detach().numpy(), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel_size": 4, "stride": 2, "padding": 1},
        {"kernel_size": 3, "stride": 3, "output_padding": 1, "groups": 2},
        {"kernel_size": (2, 3), "stride": (1, 2), "padding": (0, 1), "dilation": 2, "bias": False},
    ],
    ids=str,
)
def test_every_value_of_a_transposed_convolution_is_torchs(settings: dict[str, Any]) -> None:
    module = nn.ConvTranspose2d(4, 6, **settings).double()
    x = draw(1, 4, 4, 5)
    rest = {name: value for name, value in settings.items() if name not in ("kernel_size", "bias")}
    expected = F.conv_transpose2d(x, module.weight, module.bias, **rest)[0]
    np.testing.assert_allclose(everywhere(module, x), expected.detach().numpy(), rtol=0, atol=1e-12)


def test_every_value_of_a_pool_is_torchs() -> None:
    x = draw(1, 2, 7, 10) - 5  # all below 0: a padding that took part would win
    pools: list[tuple[nn.Module, Tensor]] = [
        (nn.MaxPool2d(3, 2, 1), F.max_pool2d(x, 3, 2, 1)),
        (nn.MaxPool2d(3, 2, ceil_mode=True), F.max_pool2d(x, 3, 2, ceil_mode=True)),
        (nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False), F.avg_pool2d(x, 2, 2, 0, True, False)),
        (nn.AvgPool2d(3, 2, 1), F.avg_pool2d(x, 3, 2, 1)),
        (nn.AvgPool2d(3, 2, 1, ceil_mode=True), F.avg_pool2d(x, 3, 2, 1, True)),
        (nn.AvgPool2d((3, 2), 3, ceil_mode=True), F.avg_pool2d(x, (3, 2), 3, 0, True)),
        (nn.AdaptiveAvgPool2d((1, 1)), x.mean((2, 3), keepdim=True)),
        (nn.AdaptiveAvgPool2d((3, 4)), F.adaptive_avg_pool2d(x, (3, 4))),
    ]
    for module, expected in pools:
        np.testing.assert_allclose(everywhere(module, x), expected[0].numpy(), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "module", [nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.ReLU6(), nn.SiLU(), nn.GELU(), nn.Hardsigmoid(), nn.Hardswish()]
)
def test_every_value_of_an_activation_is_torchs(module: nn.Module) -> None:
    x = torch.tensor([-900.0, -3.2, -1.0, 0.0, 0.7, 2.5, 6.5, 900.0], dtype=torch.float64).reshape(1, 1, 2, 4)
    np.testing.assert_allclose(everywhere(module, x), module(x)[0].numpy(), rtol=1e-12, atol=1e-12)


def test_a_linear_layer_adds_one_product_per_feature() -> None:
    module = nn.Linear(6, 4).double()
    x = draw(1, 6)
    np.testing.assert_allclose(everywhere(module, x), F.linear(x, module.weight, module.bias)[0].detach().numpy())


# --- what the parts say ---


def first_conv(channel: int, y: int, x: int) -> WeightedSum:
    model = model_of("groups and gates")
    call = call_of(model, pictures(SPECS["groups and gates"], size=SIZE), "conv1")
    parts = one_value(model, call, channel, y=y, x=x).parts
    assert isinstance(parts, WeightedSum)
    return parts


def test_padding_is_marked_and_what_lies_under_the_kernel_is_the_picture() -> None:
    parts = first_conv(5, 0, 4)  # 7×7 / 2, padding 3: rows −3 to 3, columns 5 to 11
    assert parts.rows == (None, None, None, 0, 1, 2, 3)
    assert parts.columns == (5, 6, 7, 8, 9, 10, 11)
    assert not parts.patch[:, :3].any()
    picture = pictures(SPECS["groups and gates"], size=SIZE)[0].numpy()
    np.testing.assert_array_equal(parts.patch[:, 3:], picture[:, :4, 5:12])
    weight = model_of("groups and gates").get_parameter("conv1.weight")
    np.testing.assert_array_equal(parts.kernel, weight[5].detach().numpy())


def test_a_grouped_convolution_sees_the_channels_of_its_group_only() -> None:
    model = model_of("groups and gates")
    call = call_of(model, pictures(SPECS["groups and gates"], size=SIZE), "layer1.0.conv2")
    channels, seen = len(call.output), len(call.arriving[0]) // 2
    starts = []
    for channel in (0, channels - 1):
        parts = one_value(model, call, channel).parts
        assert isinstance(parts, WeightedSum)
        assert len(parts.sums) == seen
        starts.append(parts.first_channel)
    assert starts == [0, seen]


def test_a_transposed_convolution_says_which_rows_meet() -> None:
    module = nn.ConvTranspose2d(1, 1, 4, stride=2, padding=1)
    call = call_for(module.float(), torch.randn(1, 1, 3, 3))
    with torch.no_grad():
        parts = parts_of(module, call, 0, 0, 3)
    assert isinstance(parts, WeightedSum)
    assert parts.rows == (None, 0, None, None)  # row 0 meets kernel row 1 alone; kernel row 3 would meet row −1
    assert parts.columns == (2, None, 1, None)
    assert int(parts.meets.sum()) == 2


def test_the_largest_contribution_stands_first_and_all_of_them_add_up() -> None:
    parts = first_conv(2, 3, 3)
    sizes = [abs(parts.sums[place]) for place in parts.largest_first]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(parts.sums) == pytest.approx(parts.value)
    origin = parts.origin(parts.largest_first[0])
    assert origin is not None
    _, channel, y, x = origin
    products = np.abs(parts.products[channel])
    assert products[parts.rows.index(y), parts.columns.index(x)] == products.max()


def test_a_norm_says_where_its_mean_is_from() -> None:
    spec = SPECS["plain bottleneck"]
    model, images = model_of("plain bottleneck"), pictures(spec, size=SIZE)
    running = one_value(model, call_of(model, images, "bn1"), 3, y=1, x=1).parts
    batch = one_value(model, call_of(model, images, "bn1", mode="train"), 3, y=1, x=1).parts
    assert isinstance(running, Normalised)
    assert isinstance(batch, Normalised)
    assert (running.source, running.count) == ("running", 0)
    assert running.mean == model.get_buffer("bn1.running_mean")[3].item()
    assert (batch.source, batch.count) == ("batch", 2 * 21 * 26)
    arriving = record(model, images, ["conv1"])["conv1"][:, 3].double()
    assert batch.mean == pytest.approx(arriving.mean().item(), abs=1e-6)


def test_the_maximum_is_where_it_stands_in_the_map() -> None:
    model = model_of("groups and gates")
    call = call_of(model, pictures(SPECS["groups and gates"], size=SIZE), "maxpool")
    parts = one_value(model, call, 1, y=0, x=2).parts
    assert isinstance(parts, Window)
    _, channel, y, x = parts.origin()
    assert call.arriving[0][channel, y, x] == parts.value == call.output[1, 0, 2]


def test_the_value_that_was_not_a_number_is_none_here_either() -> None:
    model = build(describe(SMALL_SPEC), device="cpu")
    with torch.no_grad():
        model.get_parameter("conv1.weight").fill_(math.nan)
    call = call_of(model, pictures(SMALL_SPEC), "conv1")
    found = one_value(model, call, 0, y=2, x=2)
    assert math.isnan(found.put_out)
    assert math.isnan(found.parts.value)
    assert found.difference == 0
    assert math.isnan(one_value(model, call_of(model, pictures(SMALL_SPEC), "relu"), 0).parts.value)


# --- no trace, and what cannot be asked ---


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_the_model_is_as_it_was(mode: Any) -> None:
    model = lively(SMALL_SPEC)
    before = snapshot(model)
    one_value(model, call_of(model, pictures(SMALL_SPEC), "layer1.0.bn2", mode=mode), 1, y=1, x=1)
    assert snapshot(model) == before


@pytest.mark.parametrize(
    ("layer", "place", "sentence"),
    [
        ("conv1", (8, 0, 0), "conv1 has channel 0 to 7, not 8."),
        ("conv1", (0, 12, 0), "conv1 has y 0 to 11, not 12."),
        ("conv1", (0, 0, -1), "conv1 has x 0 to 14, not -1."),
        ("fc", (5, 0, 0), "fc has channel 0 to 4, not 5."),
        ("fc", (0, 1, 0), "fc has y 0 to 0, not 1."),
    ],
)
def test_a_place_that_does_not_exist_is_said(layer: str, place: tuple[int, int, int], sentence: str) -> None:
    model = model_of("plain bottleneck")
    call = call_of(model, pictures(SMALL_SPEC), layer)
    channel, y, x = place
    with pytest.raises(ExplorerError) as caught:
        one_value(model, call, channel, y=y, x=x)
    assert str(caught.value) == sentence


def test_a_row_or_picture_that_does_not_exist_is_said() -> None:
    model = model_of("plain bottleneck")
    with pytest.raises(ExplorerError, match=r"no layer named layer1\.0\.conv9; close to it"):
        call_of(model, pictures(SMALL_SPEC), "layer1.0.conv9")
    with pytest.raises(ExplorerError, match="The batch has pictures 0 to 1, not 2"):
        call_of(model, pictures(SMALL_SPEC), "conv1", picture=2)


def test_a_layer_whose_values_have_no_such_parts_is_said() -> None:
    module = nn.Softmax(dim=1).double()
    with pytest.raises(ExplorerError, match="it is a Softmax: its values are not taken apart here"):
        parts_of(module, call_for(module, draw(1, 2, 3, 3)), 0, 0, 0)
