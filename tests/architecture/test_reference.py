"""The plans against every figure of the reference that speaks of their networks."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest

from explorer import ResNetSpec, describe, preset, trace
from explorer.architecture.block_spec import StrideOn
from explorer.architecture.operations import FLOAT_BYTES
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.presets import DEPTHS
from tests.architecture.plans import PRESETS, REFERENCE, TORCHVISION, plan_of, planned, size_of

CIFAR: dict[str, Any] = REFERENCE["cifar_exact"]["models"]
OPTIONS: dict[str, Any] = REFERENCE["imagenet_shortcut_options"]["models"]
VARIANTS: dict[str, Any] = REFERENCE["variants"]
FIELDS: dict[str, Any] = REFERENCE["receptive_fields"]
D2L = preset("resnet18").replace(conv_bias=True, shortcut_norm=False, in_channels=1, num_classes=10)
TIMM = {"resnetv2_50": "preact50", **{name: name for name in ("resnet18d", "resnet50c", "resnet50d", "seresnet50")}}


def last_of(plan: Plan, child: str) -> Layer:
    """The row that a direct child of torchvision's module ends with."""
    return next(row for row in reversed(plan.layers) if row.layer.split(".")[0] == child)


def total(plan: Plan, kind: str, attribute: str, path: str | None = None) -> int:
    return sum(getattr(row, attribute) for row in plan.layers if row.kind == kind and path in (None, row.path))


@pytest.mark.parametrize("name", TORCHVISION)
def test_parameters_and_buffers_are_torchvisions(name: str) -> None:
    plan, reference = plan_of(name), TORCHVISION[name]
    kinds, buffers = reference["params_by_kind"], reference["buffers"]
    assert plan.params == reference["params_total"]
    assert plan.params * FLOAT_BYTES == reference["params_fp32_bytes"]
    assert plan.weights_bytes == reference["state_dict_fp32_bytes"]
    assert total(plan, "conv", "params") == kinds["conv_weight"]
    assert total(plan, "norm", "params") == kinds["bn_affine"]
    assert total(plan, "conv", "params", "shortcut") == kinds["of_which_projection_conv_weight"]
    assert total(plan, "norm", "params", "shortcut") == kinds["of_which_projection_bn_affine"]
    assert total(plan, "linear", "params") == kinds["fc_weight"] + kinds["fc_bias"]
    norms = [row for row in plan.layers if row.kind == "norm"]
    assert len(norms) == buffers["num_batches_tracked_tensors"]
    assert sum(row.op.channels_out for row in norms) == buffers["running_mean_elements"]
    for child, params in reference["params_by_child"].items():
        assert sum(row.params for row in plan.layers if row.layer.split(".")[0] == child) == params


@pytest.mark.parametrize("name", TORCHVISION)
def test_calls_and_blocks_are_torchvisions(name: str) -> None:
    plan, reference = plan_of(name), TORCHVISION[name]
    blocks = list(plan.network.blocks())
    kinds = [block.shortcut_kind for block in blocks]
    assert len(blocks) == reference["residual_blocks"]
    assert kinds.count("projection") == reference["projection_shortcuts"]
    assert kinds.count("identity") == reference["identity_shortcuts"]
    assert [
        {
            "block": block.name,
            "in": block.shortcut[0].channels_in,
            "out": block.shortcut[0].channels_out,
            "stride": [block.shortcut[0].stride] * 2,
        }
        for block in blocks
        if block.shortcut
    ] == reference["projection_blocks"]
    modules = {"Conv2d": "conv", "BatchNorm2d": "norm", "Linear": "linear", "ReLU": "relu", "MaxPool2d": "maxpool"}
    calls = reference["call_counts_one_forward"]
    for module, kind in (*modules.items(), ("AdaptiveAvgPool2d", "avgpool")):
        assert sum(row.kind == kind for row in plan.layers) == calls[module]
    assert sum(row.kind == "add" for row in plan.layers) == reference["residual_additions_per_forward"]
    convolutions = sum(row.kind in ("conv", "linear") for row in plan.layers)
    assert plan.weighted_layers == reference["weighted_layers_main_path"]
    assert convolutions == reference["weighted_layers_all_convs_and_fc"]
    assert PRESETS[name].spec.nominal_depth == reference["weighted_layers_main_path"]
    assert [PRESETS[name].spec.depths[i] for i in range(4)] == reference["blocks_per_stage"]
    for stage, width in reference["width_inside_block"].items():
        inner = [op.channels_out for op in blocks_of(plan, stage)[0].main if op.kind == "conv"][-2]
        assert inner == width
        assert blocks_of(plan, stage)[0].main[-1].channels_out == reference["stage_out_channels"][stage]


def blocks_of(plan: Plan, stage: str) -> list[Any]:
    return [block for block in plan.network.blocks() if block.name.startswith(f"{stage}.")]


@pytest.mark.parametrize("name", TORCHVISION)
def test_shapes_and_macs_are_torchvisions_at_every_size(name: str) -> None:
    reference = TORCHVISION[name]
    network = describe(preset(name))
    assert len(reference["shapes"]) == len(reference["macs_by_size"]) == 17
    for text, children in reference["shapes"].items():
        plan = trace(network, size_of(text))
        assert plan.macs == reference["macs_by_size"][text]
        for child, shape in children.items():
            assert last_of(plan, child).output_shape == tuple(shape[1:]), (text, child)


@pytest.mark.parametrize("name", TORCHVISION)
def test_macs_by_child_and_kind_are_torchvisions(name: str) -> None:
    plan, reference = plan_of(name), TORCHVISION[name]["macs_224"]
    assert plan.macs == reference["total"] == reference["flop_counter_over_2"]
    assert total(plan, "conv", "macs") == reference["by_kind"]["conv"]
    assert total(plan, "conv", "macs", "shortcut") == reference["by_kind"]["conv_of_which_projection"]
    assert total(plan, "linear", "macs") == reference["by_kind"]["linear"]
    for child, macs in reference["by_child"].items():
        assert sum(row.macs for row in plan.layers if row.layer.split(".")[0] == child) == macs


@pytest.mark.parametrize("name", TORCHVISION)
@pytest.mark.parametrize("size", [(1, 1), (31, 33), (63, 64), (65, 97), (224, 1), (500, 333)])
def test_sides_halve_and_round_up_at_every_step(name: str, size: tuple[int, int]) -> None:
    plan = plan_of(name, size)
    for child, step in (("conv1", 2), ("maxpool", 4), ("layer1", 4), ("layer2", 8), ("layer3", 16), ("layer4", 32)):
        assert last_of(plan, child).output_shape[1:] == tuple(ceil(side / step) for side in size)


@pytest.mark.parametrize("text", REFERENCE["torchvision_models"]["in_channels_num_classes"])
def test_other_channels_and_classes_change_the_parameters_as_in_torchvision(text: str) -> None:
    name, channels, classes = text.split("_")
    spec = preset(name).replace(
        in_channels=int(channels.removeprefix("in")), num_classes=int(classes.removeprefix("classes"))
    )
    assert planned(spec).params == REFERENCE["torchvision_models"]["in_channels_num_classes"][text]


@pytest.mark.parametrize("name", REFERENCE["torchvision_models"]["with_cifar_stem_10classes"])
def test_the_cifar_stem_on_an_imagenet_network(name: str) -> None:
    plan = planned(preset(name).replace(stem="cifar", num_classes=10), 32)
    assert {"params": plan.params, "macs": plan.macs} == REFERENCE["torchvision_models"]["with_cifar_stem_10classes"][
        name
    ]


@pytest.mark.parametrize("name", CIFAR)
@pytest.mark.parametrize("shortcut", ["none", "A", "B"])
@pytest.mark.parametrize("classes", [10, 100])
def test_cifar_networks_are_exact_with_every_shortcut(name: str, shortcut: Any, classes: int) -> None:
    reference = CIFAR[name]
    plan = planned(preset(name).replace(shortcut=shortcut, num_classes=classes), 32)
    option = "plain" if shortcut == "none" else shortcut
    assert plan.params == reference[f"{option}_{classes}classes_params"]
    assert plan.macs == reference.get(f"{option}_{classes}classes_macs_32x32", plan.macs)
    assert plan.weighted_layers == reference["weighted_layers"]
    assert len(plan.blocks) == reference["residual_blocks"] == 3 * reference["n"]


@pytest.mark.parametrize("name", CIFAR)
def test_cifar_parameters_follow_the_closed_form(name: str) -> None:
    reference = CIFAR[name]
    plan = plan_of(name)
    assert plan.params == 97_216 * reference["n"] - 21_926
    assert sum(row.kind == "conv" for row in plan.layers) == reference["conv_layers_option_A"]
    assert sum(row.kind == "pad" for row in plan.layers) == 2


@pytest.mark.parametrize("name", [name for name in CIFAR if name in REFERENCE["cifar_exact"]["breakdown"]])
def test_cifar_parameters_by_kind_and_with_preactivation(name: str) -> None:
    reference = REFERENCE["cifar_exact"]["breakdown"][name]
    plan = plan_of(name)
    assert total(plan, "conv", "params") == reference["conv_weights"]
    assert total(plan, "norm", "params") == reference["bn_affine"]
    assert total(plan, "linear", "params") == reference["fc"]
    for option in ("A", "B"):
        spec = preset(name).replace(order="pre", shortcut=option, shortcut_norm=False)
        assert planned(spec, 32).params == reference[f"preact_option{option}_total"]


@pytest.mark.parametrize(
    ("depth", "option"), [(depth, option) for depth, options in OPTIONS.items() for option in options]
)
def test_shortcut_options_and_the_place_of_the_stride_are_exact(depth: str, option: str) -> None:
    shortcut, _, layout = option.partition("_")
    changes: dict[str, Any] = {"shortcut": "none" if shortcut == "plain" else shortcut}
    if layout:
        changes["stride_on"] = "1x1" if layout.startswith("v1_") else "3x3"
    plan = planned(preset(f"resnet{depth}").replace(**changes))
    assert {"params": plan.params, "macs_224": plan.macs} == OPTIONS[depth][option]


@pytest.mark.parametrize("name", VARIANTS["timm"]["models"])
def test_variants_are_timms(name: str) -> None:
    plan, reference = plan_of(TIMM[name]), VARIANTS["timm"]["models"][name]
    assert plan.params == reference["params"]
    assert plan.macs == reference["macs_224"]
    convolutions = [row for row in plan.layers if row.kind == "conv"]
    if name.startswith("resnetv2"):  # there timm's classifier is a convolution and its stem has another name
        assert len(convolutions) + 1 == reference["conv2d"]
    else:
        assert len(convolutions) == reference["conv2d"]
        assert convolutions[0].layer == reference["first_conv"]


@pytest.mark.parametrize("name", [name for name in VARIANTS["preactivation"]["models"] if "stemBN=True" not in name])
def test_preactivation_networks_are_exact(name: str) -> None:
    reference = VARIANTS["preactivation"]["models"][name]
    plan = planned(preactivation(name), 32 if "cifar" in name else 224)
    assert plan.params == reference["params"]
    assert plan.macs == reference.get("macs_224", reference.get("macs_32"))


def preactivation(name: str) -> ResNetSpec:
    """The spec of a pre-activation network of the reference, by its name there."""
    depth = int(name.split("_")[1].removeprefix("resnet"))
    if "cifar" in name:
        n = VARIANTS["preactivation"]["models"][name].get("n", (depth - 2) // 6)
        return ResNetSpec(
            block="bottleneck" if "bottleneck" in name else "basic",
            depths=(n, n, n),
            widths=(16, 32, 64),
            stem="cifar",
            shortcut="A" if "optionA" in name else "B",
            order="pre",
            shortcut_norm=False,
            num_classes=10,
        )
    block, depths = DEPTHS.get(depth, ("bottleneck", (3, 24, 36, 3)))
    stride: StrideOn = "1x1" if "conv1" in name else "3x3"
    return ResNetSpec(block=block, depths=depths, order="pre", shortcut_norm=False, stride_on=stride)


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_moving_the_stride_changes_the_work_and_not_the_parameters(depth: int) -> None:
    paper, ours = plan_of(f"resnet{depth}v1"), plan_of(f"resnet{depth}")
    reference = VARIANTS["stride_placement"]
    assert {"v1": paper.macs, "v1.5": ours.macs} == reference[f"resnet{depth}"]
    assert ours.macs - paper.macs == reference["difference_macs"]
    assert ours.params == paper.params


def test_gates_and_the_deep_stem_cost_what_their_closed_forms_say() -> None:
    gates, stem = VARIANTS["closed_forms"]["se"], VARIANTS["closed_forms"]["deep_stem"]
    for name in ("resnet50", "resnet18"):
        extra = planned(preset(name).replace(squeeze_excite=True)).params - plan_of(name).params
        key = "seresnet50_extra_params_with_bias_r16" if name == "resnet50" else "seresnet18_extra_params_r16"
        assert extra == gates[key]
    gated = plan_of("seresnet50")
    biases = sum(row.op.channels_out for row in gated.layers if row.path == "gate" and row.kind == "conv")
    without = sum(row.params for row in gated.layers if row.path == "gate") - biases
    assert without == gates["seresnet50_extra_params_without_bias"]
    for name in ("resnet50c", "resnet50d"):
        assert plan_of(name).params - plan_of("resnet50").params == stem["extra_params_incl_bn"]
        assert plan_of(name).macs - plan_of("resnet50").macs == stem["extra_macs_224"]
    convolutions = [row.params for row in plan_of("resnet50c").stages["stem"] if row.kind == "conv"]
    assert sum(convolutions) == stem["deep_stem_32_32_64_conv"]


@pytest.mark.parametrize("name", REFERENCE["blocks"]["blocks"])
def test_single_blocks_are_torchvisions(name: str) -> None:
    reference = REFERENCE["blocks"]["blocks"][name]
    plan = plan_of("resnet18" if name.startswith("basic") else "resnet50")
    rows = next(
        rows
        for rows in plan.blocks.values()
        if rows[0].input_shape == tuple(reference["in"][1:]) and rows[-1].output_shape == tuple(reference["out"][1:])
    )
    assert sum(row.params for row in rows) == reference["params"]
    assert sum(row.params for row in rows if row.kind == "conv") == reference["conv_weights"]
    assert sum(row.params for row in rows if row.kind == "norm") == reference["bn_affine"]
    assert sum(row.params for row in rows if row.path == "shortcut") == reference["projection_params"]
    assert sum(row.macs for row in rows) == reference["macs"]


@pytest.mark.parametrize(
    ("key", "name"),
    [("resnet18", "resnet18"), ("resnet34", "resnet34"), ("resnet50_v1.5", "resnet50"), ("resnet50_v1", "resnet50v1")],
)
def test_receptive_fields_jumps_and_starts_are_exact(key: str, name: str) -> None:
    plan = plan_of(name)
    for child, expected in FIELDS[key].items():
        if child == "gradient_check":
            continue
        row = last_of(plan, child)
        assert row.receptive_field == expected["rf"] == FIELDS[key]["gradient_check"][child]
        assert row.jump == expected["jump"]
        assert row.receptive_start == -expected["left_padding_in_input_px"]
        assert not row.whole_map_at


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110])
def test_receptive_fields_of_cifar_networks_are_exact(depth: int) -> None:
    expected = FIELDS[f"cifar_resnet{depth}"]
    for family in ("resnet", "plain"):
        plan = plan_of(f"{family}{depth}")
        assert last_of(plan, "conv1").receptive_field == expected["conv1"]
        for stage in (1, 2, 3):
            assert last_of(plan, f"layer{stage}").receptive_field == expected[f"stage{stage}"]


@pytest.mark.parametrize("depth", [50, 101, 152, 200])
def test_receptive_fields_of_v1_are_the_published_ones(depth: int) -> None:
    table = FIELDS["distill_table_google_research_receptive_field_f12ae8e"][f"resnet_v1_{depth}"]
    block, depths = DEPTHS.get(depth, ("bottleneck", (3, 24, 36, 3)))
    plan = planned(ResNetSpec(block=block, depths=depths, stride_on="1x1"))
    for stage in (1, 2, 3, 4):
        assert last_of(plan, f"layer{stage}").receptive_field == table[f"block{stage}"]


@pytest.mark.parametrize("size", list(REFERENCE["d2l_resnet18"]["macs"]))
def test_the_networks_with_biases_and_a_bare_projection_is_exact(size: str) -> None:
    reference = REFERENCE["d2l_resnet18"]
    plan = trace(describe(D2L), size_of(size.removeprefix("1x1x")))
    assert plan.params == reference["params_total"]
    assert plan.macs == reference["macs"][size]
    sections = {"b1": "stem", "b2": "layer1", "b3": "layer2", "b4": "layer3", "b5": "layer4", "fc": "head"}
    for section, stage in sections.items():
        assert sum(row.params for row in plan.stages[stage]) == reference["params_by_section"][section]
        shape = next(shape for name, _, shape in reference["shapes"][size] if name == section)
        assert plan.stages[stage][-1].output_shape == tuple(shape[1:])
    kinds = reference["params_by_kind"]
    assert total(plan, "conv", "params") == kinds["conv_weight"] + kinds["conv_bias"]
    assert total(plan, "norm", "params") == kinds["bn_affine"]
    projection = kinds["of_which_projection_weight"] + kinds["of_which_projection_bias"]
    assert total(plan, "conv", "params", "shortcut") == projection
    assert sum(row.buffer_bytes for row in plan.layers) == 7808 * 4 + 17 * 8


@pytest.mark.parametrize("name", REFERENCE["d2l_resnet18"]["variants"])
def test_variants_of_the_network_with_biases_are_exact(name: str) -> None:
    channels, classes = name.split("_")[:2]
    spec = D2L.replace(
        in_channels=int(channels.removeprefix("in")),
        num_classes=int(classes.removesuffix("classes")),
        depths=(3, 4, 6, 3) if "resnet34" in name else (2, 2, 2, 2),
    )
    assert planned(spec).params == REFERENCE["d2l_resnet18"]["variants"][name]["params"]


@pytest.mark.parametrize("network", ["resnet18", "cifar_resnet20_optionA"])
def test_every_input_that_works_in_eval_mode_is_traced_to_the_same_output(network: str) -> None:
    described = describe(preset("resnet18" if network == "resnet18" else "resnet20"))
    for text, modes in REFERENCE["input_limits"][network].items():
        assert modes["eval_batch1"]["ok"]
        assert trace(described, size_of(text)).layers[-1].output_shape == tuple(modes["eval_batch1"]["shape"][1:])
