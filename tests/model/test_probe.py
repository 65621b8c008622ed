"""Recorded values against a second, independent computation, and the model after it against the model before."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer import ResNetSpec, describe, preset, trace
from explorer.errors import ExplorerError, InputSizeError
from explorer.model import build, record
from explorer.model.build import NetworkModule
from explorer.model.guard import Mode, exclusive
from explorer.model.probe import (
    block_parts,
    block_thumbnails,
    first_non_finite,
    layer_statistics,
    residual_ratios,
)
from tests.model.functional import every_output
from tests.model.networks import SMALL_SPEC, block_kinds, lively, pictures, random_specs, short_name, snapshot

MODES: tuple[Mode, ...] = ("eval", "train")


KINDS = [*block_kinds(), *random_specs()[:12]]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("spec", KINDS, ids=short_name)
def test_every_recorded_row_is_what_a_plain_recomputation_gives(spec: ResNetSpec, mode: Mode):
    model = lively(spec)
    size = (33, 40) if spec.stem != "cifar" or len(spec.depths) > 2 else (12, 15)
    images = pictures(spec, count=3, size=size)
    taps = record(model, images, mode=mode)
    with torch.no_grad():
        expected = every_output(spec, model.state_dict(), images, training=mode == "train")
    assert set(taps) == set(expected)
    assert list(taps) == [row.layer for row in trace(model.network, size).layers]
    for name, tensor in taps.items():
        assert_near(tensor, expected[name], name)


def test_recorded_tensors_are_copies_that_share_nothing():
    model = lively(preset("resnet20"))
    images = pictures(preset("resnet20"))
    taps = record(model, images)
    again = {name: tensor.clone() for name, tensor in taps.items()}
    addresses = [tensor.untyped_storage().data_ptr() for tensor in taps.values()]
    assert len(set(addresses)) == len(addresses)
    for name in taps:
        taps[name].fill_(7)
        assert all(torch.equal(taps[other], again[other]) for other in taps if other != name)
        taps[name].copy_(again[name])
    assert not any(tensor.requires_grad for tensor in taps.values())


def test_taps_are_one_line_in_a_console_and_a_table_in_a_notebook():
    model, images = lively(SMALL_SPEC), pictures(SMALL_SPEC)
    taps = record(model, images, ["bn1", "layer1.0.add"])
    assert repr(taps) == f"<Taps: 2 layers, batch of {len(images)}>"
    rows = taps._repr_html_().split("<tr>")[2:]
    for (name, values), row in zip(taps.items(), rows, strict=True):
        shape = "×".join(map(str, values.shape))
        for shown in (name, shape, f"{values.double().mean():.4g}", f"{values.double().std(correction=0):.4g}"):
            assert f">{shown}</td>" in row
    without_weights = record(build(SMALL_SPEC, device="meta"), images.to("meta"), ["bn1"])
    assert "bn1" in without_weights._repr_html_()
    assert repr(type(taps)()) == "<Taps: 0 layers, batch of 0>"


def test_only_the_rows_asked_for_come_back_in_the_order_of_the_plan():
    model = lively(SMALL_SPEC)
    taps = record(model, pictures(SMALL_SPEC), layers=["fc", "layer1.0.add", "conv1"])
    assert list(taps) == ["conv1", "layer1.0.add", "fc"]


def test_an_unknown_row_gets_one_sentence_with_the_names_close_to_it():
    model = lively(SMALL_SPEC)
    with pytest.raises(ExplorerError, match=r"no layer named layer1\.0\.bm2; close to it: layer1\.0\.bn2"):
        record(model, pictures(SMALL_SPEC), layers=["layer1.0.bm2"])
    with pytest.raises(ExplorerError, match=r"no block named layer9\.0"):
        block_parts(model, pictures(SMALL_SPEC), "layer9.0")


@pytest.mark.parametrize("shape", [(2, 1, 8, 8), (3, 8, 8), (0, 3, 8, 8)])
def test_pictures_of_another_shape_get_one_sentence(shape: tuple[int, ...]):
    with pytest.raises(InputSizeError, match="3 channels"):
        record(lively(SMALL_SPEC), torch.zeros(shape))


def test_pictures_of_another_number_type_are_taken_as_the_weights_need_them():
    model, images = lively(SMALL_SPEC), pictures(SMALL_SPEC)
    taps = record(model, images.double(), ["fc"])
    assert torch.equal(taps["fc"], record(model, images, ["fc"])["fc"])


def test_a_single_value_per_channel_is_refused_in_train_mode_with_the_layers_name():
    model = lively(SMALL_SPEC)
    with pytest.raises(InputSizeError, match=r"layer2\.0\.bn2 .* single value per channel"):
        record(model, pictures(SMALL_SPEC, count=1, size=(2, 2)), mode="train")
    assert record(model, pictures(SMALL_SPEC, count=2, size=(2, 2)), mode="train")
    assert record(model, pictures(SMALL_SPEC, count=1, size=(1, 1)))


def test_a_norm_that_would_see_one_value_is_refused_as_in_the_plan():
    spec = SMALL_SPEC.replace(norm="instance")
    with pytest.raises(InputSizeError, match="single value"):
        record(lively(spec), pictures(spec, size=(1, 1)), mode="train")


def test_rows_can_be_recorded_without_weights():
    model = build(describe(preset("resnet152")), device="meta")
    taps = record(model, torch.empty(1, 3, 64, 64))
    rows = trace(model.network, (64, 64)).layers
    assert [(row.layer, row.output_shape) for row in rows] == [(n, tuple(t.shape[1:])) for n, t in taps.items()]


# what a probe leaves behind


def with_a_past(spec: ResNetSpec = SMALL_SPEC) -> NetworkModule:
    """A model in the middle of something: some norms frozen, some weights too, gradients there, a hook of its owner."""
    model = lively(spec).train()
    model.get_submodule("layer1.0.bn1").eval()
    model.get_submodule("layer1.1").eval()
    model.get_parameter("conv1.weight").requires_grad_(False)
    bn = model.get_submodule("bn1")
    assert isinstance(bn, nn.BatchNorm2d)
    bn.momentum = None
    model(pictures(spec)).sum().backward()
    model.get_submodule("fc").register_forward_hook(lambda *_: None)
    return model


PROBES = {
    "record": lambda model, images: record(model, images),
    "record train": lambda model, images: record(model, images, mode="train"),
    "block_parts": lambda model, images: block_parts(model, images, "layer2.0"),
    "residual_ratios": residual_ratios,
    "layer_statistics": layer_statistics,
    "block_thumbnails": block_thumbnails,
    "first_non_finite": first_non_finite,
}


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_leaves_no_trace(name: str):
    model = with_a_past()
    before = snapshot(model)
    PROBES[name](model, pictures(SMALL_SPEC))
    assert snapshot(model) == before


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_that_raises_in_the_middle_leaves_no_trace(name: str):
    model = with_a_past()

    def fail(*_: object) -> None:
        raise RuntimeError("in the middle")

    model.get_submodule("layer2.1.relu2").register_forward_hook(fail)
    before = snapshot(model)
    with pytest.raises(RuntimeError, match="in the middle"):
        PROBES[name](model, pictures(SMALL_SPEC))
    assert snapshot(model) == before


def test_eight_threads_on_one_model_each_get_what_they_would_get_alone():
    model = with_a_past()
    model.get_submodule("fc")._forward_hooks.clear()
    batches = [pictures(SMALL_SPEC, seed=seed) for seed in range(16)]
    modes = [MODES[i % 2] for i in range(16)]
    alone = [record(model, images, mode=mode) for images, mode in zip(batches, modes, strict=True)]
    before = snapshot(model)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda job: record(model, job[0], mode=job[1]), zip(batches, modes, strict=True)))
    for one, other in zip(alone, together, strict=True):
        assert list(one) == list(other)
        assert all(torch.equal(one[name], other[name]) for name in one)
    assert snapshot(model) == before


def test_who_holds_a_model_may_probe_it_while_others_wait():
    model = lively(SMALL_SPEC)
    finished = threading.Event()

    def probe() -> None:
        record(model, pictures(SMALL_SPEC))
        finished.set()

    with exclusive(model):
        other = threading.Thread(target=probe)
        other.start()
        assert record(model, pictures(SMALL_SPEC))
        assert not finished.wait(0.2)
    other.join(timeout=30)
    assert finished.is_set()


def test_a_lock_is_given_back_when_a_probe_raises():
    model = lively(SMALL_SPEC)
    with suppress(ExplorerError):
        record(model, torch.zeros(1, 1, 8, 8))
    with suppress(ExplorerError):
        record(model, torch.zeros(1, 3, 1, 1), mode="train")
    other = threading.Thread(target=record, args=(model, pictures(SMALL_SPEC)))
    other.start()
    other.join(timeout=30)
    assert not other.is_alive()


# blocks


@pytest.mark.parametrize("spec", block_kinds(), ids=short_name)
def test_the_parts_of_a_block_are_those_of_the_recomputation(spec: ResNetSpec):
    model = lively(spec)
    images = pictures(spec)
    with torch.no_grad():
        rows = every_output(spec, model.state_dict(), images)
    last = 2 if spec.block == "basic" else 3
    for block, previous in (("layer2.0", "layer1.1"), ("layer2.1", "layer2.0")):
        parts = block_parts(model, images, block)
        end = "add" if spec.order == "pre" and not spec.is_plain else f"relu{last}"
        if spec.is_plain and spec.order == "pre":
            end = "se.mul" if spec.squeeze_excite else f"conv{last}"
        assert_near(parts.x, rows[f"{previous}.{end}"])
        assert_near(parts.out, rows[f"{block}.{end}"])
        if spec.is_plain:
            assert parts.shortcut is None
            assert parts.total is None
            assert torch.equal(parts.residual, parts.out)
            continue
        assert parts.shortcut is not None
        assert parts.total is not None
        assert torch.equal(parts.residual + parts.shortcut, parts.total)
        assert torch.equal(parts.out, torch.relu(parts.total) if spec.order == "post" else parts.total)
        if block == "layer2.1" and spec.shortcut != "C":
            assert torch.equal(parts.shortcut, parts.x)


def test_ratios_are_the_norms_of_the_parts_and_a_plain_net_has_none():
    model = lively(preset("resnet20"))
    images = pictures(preset("resnet20"))
    ratios = residual_ratios(model, images)
    assert [ratio.block for ratio in ratios] == [block.name for block in model.network.blocks()]
    for ratio in ratios:
        parts = block_parts(model, images, ratio.block)
        assert parts.shortcut is not None
        assert ratio.residual_norm == pytest.approx(np.linalg.norm(parts.residual.numpy()), rel=1e-5)
        assert ratio.shortcut_norm == pytest.approx(np.linalg.norm(parts.shortcut.numpy()), rel=1e-5)
        assert ratio.ratio == pytest.approx(ratio.residual_norm / ratio.shortcut_norm, rel=1e-5)
    assert residual_ratios(lively(preset("plain20")), images) == ()


# along the depth


@pytest.mark.parametrize("spec", [SMALL_SPEC, preset("resnet20"), SMALL_SPEC.replace(squeeze_excite=True)])
def test_statistics_of_every_row_are_those_of_the_recorded_values(spec: ResNetSpec):
    model = lively(spec)
    images = pictures(spec, count=3)
    taps = record(model, images)
    statistics = layer_statistics(model, images)
    assert [row.layer for row in statistics] == list(taps)
    for row in statistics:
        values = taps[row.layer].numpy().astype(np.float64)
        assert row.mean == pytest.approx(values.mean(), rel=1e-4, abs=1e-6)
        assert row.std == pytest.approx(values.std(), rel=1e-4, abs=1e-6)
        assert (row.minimum, row.maximum) == (values.min(), values.max())
        assert row.zeros == pytest.approx((values == 0).mean())
        assert row.finite
        per_channel = values.reshape(3, values.shape[1], -1)
        assert row.positions == per_channel.shape[2]
        np.testing.assert_array_equal(row.zero_positions, (per_channel == 0).sum(axis=(0, 2)))
        np.testing.assert_array_equal(row.silent_pictures, (per_channel == 0).all(axis=2).sum(axis=0))


def test_a_channel_whose_norm_pushes_it_below_zero_is_silent_after_the_relu_alone():
    model = lively(SMALL_SPEC)
    with torch.no_grad():
        model.get_parameter("layer1.0.bn1.weight")[3] = 0
        model.get_parameter("layer1.0.bn1.bias")[3] = -1
    rows = {row.layer: row for row in layer_statistics(model, pictures(SMALL_SPEC, count=4))}
    relu = rows["layer1.0.relu1"]
    assert 3 in relu.silent_channels
    assert (relu.pictures, relu.silent_pictures[3], relu.zero_positions[3]) == (4, 4, 4 * relu.positions)
    assert rows["layer1.0.bn1"].silent_channels == ()


def test_thumbnails_are_the_mean_absolute_activation_of_the_stem_and_every_block():
    model = lively(preset("resnet18").replace(widths=(8, 8, 16, 16)))
    images = pictures(preset("resnet18"), size=(64, 48))
    thumbnails = block_thumbnails(model, images)
    blocks = [block.name for block in model.network.blocks()]
    assert [thumbnail.name for thumbnail in thumbnails] == ["stem", *blocks]
    assert thumbnails[0].layer == "maxpool"
    taps = record(model, images)
    for thumbnail in thumbnails:
        assert_near(thumbnail.maps, taps[thumbnail.layer].abs().mean(1))
        assert thumbnail.maps.shape[0] == 2


def test_the_first_row_that_is_not_finite_is_named():
    model = lively(SMALL_SPEC)
    images = pictures(SMALL_SPEC)
    assert first_non_finite(model, images) is None
    with torch.no_grad():
        model.get_parameter("layer2.0.conv2.weight")[0, 0, 0, 0] = float("inf")
    assert first_non_finite(model, images) == "layer2.0.conv2"
    rows = {row.layer: row for row in layer_statistics(model, images)}
    assert rows["layer2.0.relu1"].finite
    assert not rows["layer2.0.conv2"].finite


def test_results_keep_no_model_alive():
    import gc
    import weakref

    model = lively(SMALL_SPEC)
    images = pictures(SMALL_SPEC)
    kept = [
        record(model, images),
        block_parts(model, images, "layer1.0"),
        layer_statistics(model, images),
        block_thumbnails(model, images),
        residual_ratios(model, images),
    ]
    alive = weakref.ref(model)
    del model
    gc.collect()
    assert alive() is None
    assert len(kept) == 5


def assert_near(first: Tensor, second: Tensor, name: str = "") -> None:
    torch.testing.assert_close(first, second, rtol=1e-3, atol=1e-4, msg=lambda difference: f"{name}: {difference}")
