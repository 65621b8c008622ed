"""The tables against published and counted figures, and against their own columns."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pandas as pd
import pytest
import torchvision.models

from explorer import describe, preset, trace
from explorer.architecture.published import RECIPES
from explorer.architecture.spec import ResNetSpec
from explorer.errors import ExplorerError
from explorer.views.tables import (
    LAYER_COLUMNS,
    QUANTITIES,
    all_networks,
    block_table,
    child_table,
    compare,
    kind_table,
    layer_table,
    searched,
    shortcut_counts,
    side_by_side,
    stage_table,
)
from tests.architecture.plans import PRESETS, REFERENCE, TORCHVISION, plan_of


def cells(frame: pd.DataFrame, key: Any) -> dict[str, Any]:
    """One row of a frame by its index."""
    return frame.loc[key].to_dict()


@pytest.mark.parametrize("name", PRESETS)
def test_layer_table_says_of_every_row_what_the_plan_says(name: str) -> None:
    plan = plan_of(name)
    frame = layer_table(plan)
    assert tuple(frame.columns) == LAYER_COLUMNS
    assert len(frame) == len(plan.layers)
    for column in LAYER_COLUMNS:
        values = [getattr(row, column) for row in plan.layers]
        if column.endswith("_shape"):
            values = ["×".join(str(side) for side in shape) for shape in values]
        assert [None if value is pd.NA else value for value in frame[column]] == values


def test_layer_table_has_one_clean_type_per_column() -> None:
    frame = layer_table(plan_of("resnet50"))
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    text = ("layer", "kind", "stage", "block", "path", "input_shape", "output_shape")
    nullable = ("kernel", "stride", "padding", "dilation", "groups")
    assert {types.pop(name) for name in text} == {"str"}
    assert {types.pop(name) for name in nullable} == {"Int64"}
    assert set(types.values()) == {"int64"}


@pytest.mark.parametrize("name", PRESETS)
def test_columns_of_every_table_add_up_to_the_plan(name: str) -> None:
    plan = plan_of(name)
    for frame in (layer_table(plan), stage_table(plan), kind_table(plan), child_table(plan)):
        for quantity in QUANTITIES:
            assert frame[quantity].sum() == getattr(plan, quantity)
    for frame in (stage_table(plan), kind_table(plan), child_table(plan)):
        assert frame["params_share"].sum() == pytest.approx(1)
        assert frame["macs_share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("name", TORCHVISION)
def test_children_hold_the_parameters_and_the_work_that_torchvision_counts(name: str) -> None:
    frame = child_table(plan_of(name)).set_index("child")
    expected = TORCHVISION[name]["params_by_child"]
    assert set(frame.index) == {*expected, "flatten"}
    for child, params in expected.items():
        assert frame.loc[child, "params"] == params
        assert frame.loc[child, "macs"] == TORCHVISION[name]["macs_224"]["by_child"].get(child, 0)


@pytest.mark.parametrize("name", TORCHVISION)
def test_kinds_hold_the_parameters_the_work_and_the_calls_that_torchvision_counts(name: str) -> None:
    frame = kind_table(plan_of(name)).set_index("kind")
    reference = TORCHVISION[name]
    params, macs, calls = (reference[key] for key in ("params_by_kind", "macs_224", "call_counts_one_forward"))
    assert frame.loc["conv", "params"] == params["conv_weight"]
    assert frame.loc["norm", "params"] == params["bn_affine"]
    assert frame.loc["linear", "params"] == params["fc_weight"] + params["fc_bias"]
    assert frame.loc["conv", "macs"] == macs["by_kind"]["conv"]
    assert frame.loc["linear", "macs"] == macs["by_kind"]["linear"]
    for kind, module in (("conv", "Conv2d"), ("norm", "BatchNorm2d"), ("relu", "ReLU"), ("maxpool", "MaxPool2d")):
        assert frame.loc[kind, "calls"] == calls[module]
    assert frame.loc["add", "calls"] == reference["residual_additions_per_forward"]


@pytest.mark.parametrize("name", TORCHVISION)
def test_blocks_have_the_shortcuts_of_torchvision(name: str) -> None:
    frame = block_table(plan_of(name))
    reference = TORCHVISION[name]
    assert len(frame) == reference["residual_blocks"]
    assert (frame["shortcut"] == "projection").sum() == reference["projection_shortcuts"]
    assert (frame["shortcut"] == "identity").sum() == reference["identity_shortcuts"]
    projections = frame[frame["shortcut"] == "projection"]
    assert list(projections["block"]) == [block["block"] for block in reference["projection_blocks"]]
    kinds = reference["params_by_kind"]
    expected = kinds["of_which_projection_conv_weight"] + kinds["of_which_projection_bn_affine"]
    assert frame["shortcut_params"].sum() == expected
    assert frame["shortcut_macs"].sum() == reference["macs_224"]["by_kind"]["conv_of_which_projection"]


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("resnet50", {"identity": 12, "projection": 4, "padding": 0, "none": 0}),
        ("resnet20", {"identity": 7, "projection": 0, "padding": 2, "none": 0}),
        ("plain34", {"identity": 0, "projection": 0, "padding": 0, "none": 16}),
    ],
)
def test_shortcuts_are_counted_by_their_kind(name: str, counts: dict[str, int]) -> None:
    assert shortcut_counts(plan_of(name)) == counts


def test_option_c_projects_every_block() -> None:
    plan = trace(describe(preset("resnet34").replace(shortcut="C")), (224, 224))
    assert set(block_table(plan)["shortcut"]) == {"projection"}
    projected = shortcut_counts(trace(describe(preset("resnet34")), (224, 224)))["projection"]
    assert shortcut_counts(plan)["projection"] - projected == 13  # "13 more than B", Section 4.1 of arXiv 1512.03385


@pytest.mark.parametrize("depth", ["18", "34", "50", "101", "152"])
def test_stage_table_is_table_1_of_the_paper(depth: str) -> None:
    paper = REFERENCE["paper"]["table1"]
    frame = stage_table(plan_of(f"resnet{depth}")).set_index("paper_name")

    def as_printed(structure: str) -> str:
        return structure.replace("×", "x").replace(", ", ",").replace(" x ", " x")

    stages = [f"conv{i}_x" for i in (2, 3, 4, 5)]
    assert [as_printed(str(frame.loc[stage, "structure"])) for stage in stages] == [
        text.replace(", ", ",") for text in paper["stages"][depth]
    ]
    for stage in (*stages, "head"):
        assert frame.loc[stage, "output_size"] == paper["output_sizes"][stage].replace("x", "×")
    assert frame.loc["conv1", "output_size"] == "112×112 → 56×56"
    assert frame.loc["conv1", "structure"] == "7×7, 64, stride 2; 3×3 max pool, stride 2"
    assert frame.loc["head", "structure"] == "average pool, 1000-d fc"


@pytest.mark.parametrize(
    ("name", "stage", "structure"),
    [
        ("resnext50_32x4d", "layer2", "[1×1, 256; 3×3, 256, C=32; 1×1, 512] × 4"),
        ("seresnet50", "layer1", "[1×1, 64; 3×3, 64; 1×1, 256; fc, [16, 256]] × 3"),
        ("resnet50d", "stem", "3×3, 32, stride 2; 3×3, 32; 3×3, 64; 3×3 max pool, stride 2"),
        ("resnet1202", "layer3", "[3×3, 64; 3×3, 64] × 200"),
        ("resnet20", "stem", "3×3, 16"),
        ("preact50", "head", "average pool, 1000-d fc"),
        ("plain18", "layer1", "[3×3, 64; 3×3, 64] × 2"),
    ],
)
def test_structure_names_what_a_stage_is_made_of(name: str, stage: str, structure: str) -> None:
    assert stage_table(plan_of(name)).set_index("stage").loc[stage, "structure"] == structure


def test_output_sizes_of_a_wide_input_name_height_first() -> None:
    frame = stage_table(trace(describe(preset("resnet18")), (192, 320)))
    assert list(frame["output_size"]) == ["96×160 → 48×80", "48×80", "24×40", "12×20", "6×10", "1×1"]


def test_compare_sets_the_second_network_against_the_first_stage_by_stage() -> None:
    frame = compare([plan_of("resnet18"), plan_of("resnet50")]).set_index(["stage", "network"])
    a, b = (TORCHVISION[name] for name in ("resnet18", "resnet50"))
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        row = cells(frame, (stage, "ResNet-50"))
        first, second = a["params_by_child"][stage], b["params_by_child"][stage]
        assert (row["params"], row["params_difference"]) == (second, second - first)
        assert row["params_ratio"] == pytest.approx(second / first)
        assert row["macs_difference"] == b["macs_224"]["by_child"][stage] - a["macs_224"]["by_child"][stage]
    total = cells(frame, ("total", "ResNet-50"))
    assert total["params_difference"] == 25_557_032 - 11_689_512
    assert total["macs_ratio"] == pytest.approx(4_089_184_256 / 1_814_073_344)
    assert total["blocks"] == 16


def test_compare_aligns_networks_with_different_stages() -> None:
    plans = {name: plan_of(name) for name in ("resnet20", "resnet50")}
    frame = compare(plans)
    assert list(dict.fromkeys(frame["stage"])) == ["stem", "layer1", "layer2", "layer3", "layer4", "head", "total"]
    absent = frame[(frame["stage"] == "layer4") & (frame["network"] == "resnet20")].iloc[0]
    assert (absent["params"], absent["macs"], absent["blocks"], absent["output_size"]) == (0, 0, 0, "")
    unmatched = frame[(frame["stage"] == "layer4") & (frame["network"] == "resnet50")].iloc[0]
    assert unmatched["params_difference"] == TORCHVISION["resnet50"]["params_by_child"]["layer4"]
    assert pd.isna(unmatched["params_ratio"])


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_differences_of_the_stages_add_up_to_the_difference_of_the_totals(quantity: str) -> None:
    frame = compare([plan_of(name) for name in ("resnet50", "resnet20", "preact18", "resnext50_32x4d")])
    total = frame["stage"] == "total"
    for column in (quantity, f"{quantity}_difference"):
        by_stage = frame[~total].groupby("network", sort=False)[column].sum()
        assert list(by_stage) == list(frame.loc[total, column])


@pytest.mark.parametrize("count", [0, 1, 7])
def test_fewer_than_two_or_more_than_six_networks_are_no_comparison(count: int) -> None:
    with pytest.raises(ExplorerError, match="two to six"):
        compare([plan_of("resnet18")] * count)


def test_six_equal_networks_keep_six_names() -> None:
    frame = compare([plan_of("resnet18")] * 6)
    assert frame["network"].nunique() == 6
    assert set(frame["params_difference"]) == {0}


def test_one_network_at_two_sizes_is_told_apart_by_its_size() -> None:
    network = describe(preset("resnet18"))
    frame = compare([trace(network, (224, 224)), trace(network, (96, 96))])
    assert list(dict.fromkeys(frame["network"])) == ["ResNet-18 at 224×224", "ResNet-18 at 96×96"]


def test_side_by_side_has_a_column_per_network_and_the_total_last() -> None:
    wide = side_by_side([plan_of("resnet18"), plan_of("resnet50")], "params").set_index("stage")
    assert list(wide.index)[-1] == "total"
    assert list(wide.loc["total", ["ResNet-18", "ResNet-50", "ResNet-50 difference"]]) == [
        11_689_512,
        25_557_032,
        13_867_520,
    ]
    structures = side_by_side([plan_of("resnet18"), plan_of("resnet50")], "structure")
    assert list(structures["stage"]) == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert structures["ResNet-50"][1] == "[1×1, 64; 3×3, 64; 1×1, 256] × 3"


def test_all_networks_lists_every_described_network_with_its_totals() -> None:
    frame = all_networks().set_index("name")
    assert list(frame.index) == [*PRESETS, "stargan"]
    generator = cells(frame, "stargan")
    assert (generator["params"], generator["input_size"]) == (8_430_528, "128×128")
    for name, reference in TORCHVISION.items():
        row = cells(frame, name)
        fc = reference["params_by_child"]["fc"]
        assert row["params"] == reference["params_total"]
        assert row["params_without_classifier"] == reference["params_total"] - fc
        assert row["macs"] == reference["macs_224"]["total"]
        assert row["weights_bytes"] == reference["state_dict_fp32_bytes"]
        assert row["weighted_layers"] == reference["weighted_layers_main_path"]
    assert frame.loc["resnet20", "input_size"] == "32×32"


def test_all_networks_has_the_published_accuracy_of_v1_beside_v2() -> None:
    frame = all_networks().set_index("name")
    for name, reference in TORCHVISION.items():
        row = cells(frame, name)
        for version in ("V1", "V2"):
            weights = reference["weights"].get(f"IMAGENET1K_{version}")
            found = [row[f"acc1_{version.lower()}"], row[f"acc5_{version.lower()}"]]
            if weights is None:
                assert all(pd.isna(value) for value in found)
                assert row[f"recipe_{version.lower()}"] == ""
                assert row[f"recipe_url_{version.lower()}"] == ""
            else:
                assert found == [weights["acc@1"], weights["acc@5"]]
                assert row[f"recipe_{version.lower()}"] in RECIPES
                enum = torchvision.models.get_model_weights(name)[f"IMAGENET1K_{version}"]
                assert row[f"recipe_url_{version.lower()}"] == enum.meta["recipe"]
    assert frame["acc1_v1"].notna().sum() == 10
    assert frame["acc1_v1"].dtype == "Float64"
    assert next(iter(frame.sort_values("acc1_v2", ascending=False).index)) == "resnext101_32x8d"


def test_search_keeps_rows_in_which_every_word_occurs() -> None:
    frame = layer_table(plan_of("resnet18"))
    assert list(searched(frame, "DOWNSAMPLE 64x56x56")["layer"]) == ["layer2.0.downsample.0"]
    assert len(searched(frame, "")) == len(frame)
    assert searched(frame, "no such layer").empty
    assert set(searched(frame, "7x7", kinds=["conv"], stages=["stem"])["layer"]) == {"conv1"}


def test_filters_keep_kinds_and_stages() -> None:
    frame = layer_table(plan_of("resnet50"))
    kept = searched(frame, kinds=["conv", "linear"], stages=["layer1", "head"])
    expected = [
        row.layer
        for row in plan_of("resnet50").layers
        if row.kind in ("conv", "linear") and row.stage in ("layer1", "head")
    ]
    assert list(kept["layer"]) == expected


def test_a_network_without_norms_or_pooling_still_has_all_tables() -> None:
    spec = ResNetSpec(block="basic", depths=(1,), widths=(1,), stem="cifar", norm="none", num_classes=1, in_channels=1)
    plan = trace(describe(spec), (1, 1))
    assert len(stage_table(plan)) == 3
    assert layer_table(plan)["params"].sum() == plan.params
    assert layer_table(plan)["padding"].dtype == "Int64"


def test_tables_need_no_torch() -> None:
    code = (
        "import sys; from explorer import *; from explorer.views.tables import *;"
        "layer_table(trace(describe(preset('resnet152')), (224, 224)));"
        "print([name for name in ('torch', 'streamlit', 'torchinfo') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
