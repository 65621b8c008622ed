"""Learn: the numbers of the chapters on articles 002, 003 and 004, against the reference, torch and torchvision."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.labs.transfer.ways import transfer
from explorer.ui.learn import example
from explorer.ui.learn.chapters import (
    addition,
    bottleneck,
    epsilon,
    idle_blocks,
    instance_norm,
    matrix_on_skip,
    not_only_vanishing,
    plain_to_residual,
    preprocessing,
    solid_and_dashed,
    standardised_input,
    stargan_trunk,
    thousand_layers,
    training_and_depth,
    transfer_ways,
    weight_decay,
    what_breaks,
)
from explorer.ui.params import LAB_EXAMPLE

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text(encoding="utf-8")
)


# --- StarGAN's units ---


def test_f_is_at_least_half_as_strong_as_the_shortcut_and_falls_within_a_stage():
    ratios = example.ratios()
    assert len(ratios) == 9
    assert min(ratios.values()) >= 0.5
    for stage in ("layer1", "layer2", "layer3"):
        own = [ratio for block, ratio in ratios.items() if block.startswith(stage)]
        assert own == sorted(own, reverse=True)
        assert 0.8 < own[0] < 1.2


def test_the_generator_has_the_parameters_of_its_source():
    assert f"**{REFERENCE['stargan']['generator_params']:,}**" in stargan_trunk.CHAPTER.text


def test_in_the_first_unit_f_has_mean_0_and_deviation_1_and_the_sum_goes_below_0():
    values = stargan_trunk.unit_values(0)
    assert values["x"].min() == 0
    assert values["F(x)"].mean() == pytest.approx(0, abs=1e-3)
    assert values["F(x)"].std() == pytest.approx(1, abs=1e-3)
    assert np.allclose(values["x"] + values["F(x)"], values["x + F(x)"], atol=1e-5)
    assert (values["x + F(x)"] < 0).mean() > 0.3


def test_statistics_of_the_two_norms_are_torchs():
    x = torch.tensor(LAB_EXAMPLE, dtype=torch.float64).view(2, 2, 2, 2)
    written = instance_norm.rows()
    batch, first, second = (tuple(map(float, row[1].split(" and "))) for row in written)
    assert batch == tuple(x.mean(dim=(0, 2, 3)).tolist())
    assert [first, second] == [tuple(row) for row in x.mean(dim=(2, 3)).tolist()]
    variances = [tuple(map(float, row[2].split(" and "))) for row in written]
    assert variances[0] == pytest.approx(x.var(dim=(0, 2, 3), correction=0).tolist())
    assert np.allclose(variances[1:], x.var(dim=(2, 3), correction=0))
    for kind, row in ((nn.BatchNorm2d, written[0]), (nn.InstanceNorm2d, written[1])):
        norm = kind(2, track_running_stats=True).double()
        norm(x)
        assert norm.running_mean is not None
        assert row[3] == " and ".join(f"{value:.4g}" for value in norm.running_mean.tolist())


def test_identity_blocks_change_no_logit():
    as_trained, *deeper = idle_blocks.idle_blocks()
    assert as_trained.right / as_trained.pictures > 0.95
    assert [one.depth - as_trained.depth for one in deeper] == [2 * one.more for one in deeper]
    assert all(one.largest == 0 and one.right == as_trained.right for one in deeper)


# --- blocks, norms, transfer learning ---


def test_a_bottleneck_has_17_sixteenths_of_c_squared_and_a_basic_block_18():
    weights = [sum(row.params for row in block.trace.plan.layers if row.kind == "conv") for block in bottleneck.BLOCKS]
    assert weights == [18 * 256**2, 17 * 256**2 // 16]
    made = torchvision.models.resnet.Bottleneck(256, 64)
    assert weights[1] == sum(p.numel() for name, p in made.named_parameters() if "conv" in name)
    assert 16.5 < weights[0] / weights[1] < 17.5


def test_parameters_of_whole_networks_are_torchvisions():
    for name in ("resnet34", "resnet50"):
        params = REFERENCE["torchvision_models"]["models"][name]["params_total"]
        assert f"{params / 1e6:.1f}" in bottleneck.CHAPTER.text
    assert (
        f"{REFERENCE['torchvision_models']['models']['resnet34']['params_total']:,}" in plain_to_residual.CHAPTER.text
    )


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_dashed_are_the_blocks_that_torchvision_gives_a_projection(depth):
    model = getattr(torchvision.models, f"resnet{depth}")
    with torch.device("meta"):
        made = model()
    plan = trace(describe(preset(f"resnet{depth}")), (224, 224))
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        dashed = made.get_submodule(f"{stage}.0").downsample is not None
        assert solid_and_dashed.first_block(plan, stage).startswith("dashed" if dashed else "solid")
    shapes = REFERENCE["torchvision_models"]["models"][f"resnet{depth}"]["shapes"]["224x224"]
    assert solid_and_dashed.first_block(plan, "layer2").endswith("×".join(map(str, shapes["layer2"][1:])))


def test_channels_heap_up_by_concatenation_and_stay_by_addition():
    assert addition.channels_behind("add", 8) == [64] * 9
    assert addition.channels_behind("concat", 8) == [64 * (n + 1) for n in range(9)]


def test_deviations_behind_a_norm_are_torchs():
    for arriving, leaving in epsilon.deviations():
        assert leaving == pytest.approx(arriving / math.sqrt(arriving**2 + nn.BatchNorm2d(1).eps), rel=1e-6)
    norm = nn.BatchNorm2d(1)
    assert (norm.weight.item(), norm.bias.item()) == (1, 0)
    assert norm(torch.full((2, 1, 3, 3), 7.0)).abs().max() < 1e-4


def test_the_scale_of_the_input_leaves_the_factor_per_layer():
    raw, unit, standardised = (flow.forward for flow in standardised_input.flows().values())
    assert raw is not None
    assert unit is not None
    assert standardised is not None
    assert raw.per_layer == pytest.approx(unit.per_layer, rel=1e-5)
    assert standardised.per_layer == pytest.approx(unit.per_layer, rel=0.02)
    spreads = [flow.convolutions[0].spread for flow in standardised_input.flows().values()]
    assert spreads[0] / spreads[1] == pytest.approx(255, rel=1e-4)


def test_errors_by_depth_are_those_of_table_6():
    said = REFERENCE["paper"]["table6_cifar10_test_error"]
    assert {depth: said[f"ResNet-{depth}"][2] for depth in thousand_layers.TABLE_6} == thousand_layers.TABLE_6
    exact = REFERENCE["cifar_exact"]["models"]
    for depth in thousand_layers.TABLE_6:
        assert thousand_layers.parameters(depth) == exact[f"resnet{depth}"]["A_10classes_params"]
    assert round(thousand_layers.parameters(1202) / thousand_layers.parameters(110)) == 11
    for error in (thousand_layers.TABLE_6[1202], thousand_layers.TABLE_6[110]):
        assert f"{error} %" in thousand_layers.CHAPTER.text


def test_the_three_ways_have_the_numbers_of_the_reference():
    case = REFERENCE["transfer_learning"]["cases"][f"resnet18_{transfer_ways.CLASSES}classes"]
    modes = {
        "all": "mode1_finetune_all",
        "layer4": "mode2_train_layer4_and_fc",
        "head": "mode2_train_fc_only",
        "added": "mode3_keep_1000_fc_add_Linear(1000,n)",
    }
    assert modes.keys() == transfer_ways.WAYS.keys()
    for way, mode in modes.items():
        trained = f"{case[mode]['trainable']:,}"
        assert transfer_ways.row(way)[2:4] == (trained, f"{case[mode].get('frozen', 0):,}")
    assert transfer_ways.row("head")[1] == str(case["loadable_state_dict_tensors_if_fc_is_replaced"])
    assert transfer(preset("resnet18"), "added", classes=5).total == case[modes["added"]]["total"]


def test_another_preprocessing_is_no_better_than_guessing_until_the_norms_take_the_batchs_statistics():
    own, *others = preprocessing.given().values()
    assert own.right / own.pictures > 0.95
    assert all(one.right / one.pictures < 0.15 for one in others)
    assert all(one.right_in_train / one.pictures > 0.95 for one in (own, *others))
    assert own.mean == pytest.approx(0.303, abs=0.002)


def test_the_printed_block_fails_for_its_padding_and_for_its_conv3d():
    unpadded, printed, mended = (what_breaks.attempt_of(case) for case in what_breaks.SHOWN.values())
    assert unpadded.added == ((4, 64, 52, 52), (4, 64, 56, 56))
    assert "must match" in unpadded.error
    assert printed.failed is not None
    assert printed.failed.name == "conv3"
    assert mended.verdict == "right"


# --- why residual networks work ---


def test_after_a_few_steps_the_deeper_plain_network_is_behind_and_the_residual_ones_ahead():
    found = training_and_depth.losses()
    assert list(found["plain"]) == sorted(found["plain"])
    assert found["plain"][-1] > 1.9
    assert max(found["residual"]) < found["plain"][0]


def test_weights_in_front_of_a_norm_can_shrink_and_without_one_they_count():
    found = weight_decay.changes()
    assert max(found["train"]) < 0.01
    assert found["no-norm"][0] == 0
    assert list(found["no-norm"]) == sorted(found["no-norm"])
    assert found["no-norm"][-1] > 0.3


def test_a_1x1_convolution_is_a_matrix_on_the_channels():
    assert matrix_on_skip.largest_difference() < 1e-5
    shortcut = next(
        row for row in matrix_on_skip.BLOCKS[0].trace.plan.layers if row.path == "shortcut" and row.kind == "conv"
    )
    assert shortcut.params == 256 * 128


def test_without_norm_the_gradient_vanishes_and_with_it_not():
    bare, plain, residual = (flow.backward for flow in not_only_vanishing.flows().values())
    assert bare is not None
    assert plain is not None
    assert residual is not None
    assert bare.overall < 1e-3
    assert plain.overall > 100
    assert 0.1 < residual.overall < 100 < plain.overall
