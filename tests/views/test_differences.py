"""What is said of networks as wholes, against the reference figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torchvision

from explorer import ResNetSpec, describe, preset, presets, trace
from explorer.architecture.plan import Plan
from explorer.views.differences import (
    IN_THE_PAPER,
    TOTAL_QUANTITIES,
    block_kind,
    catalogue,
    headline,
    paper_figure,
    recipes_compared,
    totals,
)

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text(encoding="utf-8")
)
TORCHVISION: dict[str, Any] = REFERENCE["torchvision_models"]["models"]
PAPER: dict[str, Any] = REFERENCE["paper"]


def plans(*names: str) -> dict[str, Plan]:
    return {name: trace(describe(preset(name)), (224, 224)) for name in names}


def test_totals_are_the_references_with_differences_and_ratios_against_the_first() -> None:
    frame = totals(plans(*TORCHVISION)).set_index("network")
    first = TORCHVISION["resnet18"]
    for name, reference in TORCHVISION.items():
        row = frame.loc[name]
        assert row["params"] == reference["params_total"]
        assert row["params_difference"] == reference["params_total"] - first["params_total"]
        assert row["params_ratio"] == pytest.approx(reference["params_total"] / first["params_total"])
        assert row["macs"] == reference["macs_224"]["total"]
        assert row["weights_bytes"] == reference["state_dict_fp32_bytes"]
        assert row["weighted_layers"] == reference["weighted_layers_main_path"]
        assert row["blocks"] == reference["residual_blocks"]
        assert row["identity"] == reference["identity_shortcuts"]
        assert row["projection"] == reference["projection_shortcuts"]
        assert row["block_kind"] == {"BasicBlock": "basic", "Bottleneck": "bottleneck"}[reference["block_type"]]
    for quantity in TOTAL_QUANTITIES:
        assert frame.loc["resnet18", f"{quantity}_difference"] == 0
        assert frame.loc["resnet18", f"{quantity}_ratio"] == 1


def test_headline_sets_the_second_of_two_against_the_first() -> None:
    difference, where = headline(plans("resnet18", "resnet50"))
    assert difference == (
        "resnet50 has 2.19 times the parameters and 2.25 times the work (MACs) of resnet18: "
        "16 bottleneck blocks against 8 basic blocks."
    )
    layer4 = TORCHVISION["resnet50"]["params_by_child"]["layer4"] / 25_557_032
    work = TORCHVISION["resnet50"]["macs_224"]["by_child"]["layer4"] / 4_089_184_256
    assert (
        where == f"In resnet50 conv5_x holds {100 * layer4:.0f}\u00a0% of the parameters "
        f"and does {100 * work:.0f}\u00a0% of the work."
    )


def test_headline_of_many_sets_the_largest_against_the_smallest() -> None:
    difference, _ = headline(plans("resnet50", "resnet18", "resnet152"))
    assert difference.startswith("resnet152 has 5.15 times the parameters and 6.35 times the work (MACs) of resnet18")


def test_headline_says_what_is_equal() -> None:
    difference, _ = headline(plans("resnet50v1", "resnet50"))
    assert difference == (
        "resnet50 has exactly the parameters and 1.06 times the work (MACs) of resnet50v1: 16 bottleneck blocks each."
    )


def test_headline_of_one_block_is_singular() -> None:
    spec = ResNetSpec(block="basic", depths=(1,), widths=(8,))
    difference, _ = headline({"a": trace(describe(spec), (32, 32)), "b": trace(describe(preset("resnet18")), (32, 32))})
    assert difference.endswith("8 basic blocks against 1 basic block.")


@pytest.mark.parametrize("named", presets(), ids=lambda named: named.name)
def test_block_kind_is_the_specs(named: Any) -> None:
    assert block_kind(trace(describe(named.spec), (32, 32))) == named.spec.block


@pytest.mark.parametrize("depth", ["18", "34", "50", "101", "152"])
def test_paper_figure_is_table_1s_and_its_exact_value_is_the_papers_own_network(depth: str) -> None:
    name = f"resnet{depth}"
    figure = paper_figure(preset(name), plans(name)[name])
    assert figure is not None
    assert figure.printed.startswith(f"{PAPER['table1']['flops'][depth] / 1e9:.1f} ")
    computed = PAPER["table1"]["computed_comparison"][depth]
    exact = computed.get("v1") or computed.get("optionA") or computed["optionA_or_plain"]
    assert figure.value == pytest.approx(exact * 1e9, abs=0.5)


def test_the_paper_has_no_figure_for_other_networks_and_sizes() -> None:
    assert paper_figure(preset("preact50"), plans("preact50")["preact50"]) is None
    assert paper_figure(preset("resnet50"), trace(describe(preset("resnet50")), (192, 192))) is None


def test_errors_in_the_paper_are_the_papers() -> None:
    table2, table3 = PAPER["table2_top1_10crop_val"], PAPER["table3_10crop_val"]
    expected = {f"plain{depth}": error for depth, error in table2["plain"].items()}
    expected |= {"resnet34": table3["ResNet-34 B"][0]}
    expected |= {f"resnet{depth}v1": table3[f"ResNet-{depth}"][0] for depth in (50, 101, 152)}
    expected |= {
        f"resnet{depth}": PAPER["table6_cifar10_test_error"][f"ResNet-{depth}"][2]
        for depth in (20, 32, 44, 56, 110, 1202)
    }
    assert set(IN_THE_PAPER) == set(expected)
    for name, error in expected.items():
        assert f"error {error:.2f}\u00a0%" in IN_THE_PAPER[name]


def test_both_recipes_stand_for_seven_of_torchvisions_ten_networks() -> None:
    networks = [name for name in torchvision.models.list_models(torchvision.models) if "resne" in name]
    top1 = [
        [weights.meta["_metrics"]["ImageNet-1K"]["acc@1"] for weights in torchvision.models.get_model_weights(name)]
        for name in networks
    ]
    gains = [both[1] - both[0] for both in top1 if len(both) == 2]
    assert recipes_compared(catalogue()) == (
        f"torchvision has both for {len(gains)} of its {len(networks)} residual networks: the new recipe gains "
        f"{min(gains):.1f} to {max(gains):.1f} percentage points."
    )
    assert (len(gains), len(networks)) == (7, 10)


def test_catalogue_has_every_described_network() -> None:
    assert list(catalogue()["name"]) == [*(named.name for named in presets()), "stargan"]
