"""The named networks are all there, the known ones first, each with its source."""

from __future__ import annotations

import pytest

from explorer import preset, presets
from explorer.architecture.presets import DEPTHS, preset_of
from explorer.architecture.title import title
from explorer.errors import SpecError
from tests.architecture.plans import PRESETS, REFERENCE, TORCHVISION, plan_of

WANTED = [
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "wide_resnet50_2",
    "wide_resnet101_2",
    "d2l_resnet18",
    "plain18",
    "plain34",
    "resnet20",
    "resnet32",
    "resnet44",
    "resnet56",
    "resnet110",
    "resnet1202",
    "plain20",
    "plain32",
    "plain44",
    "plain56",
    "plain110",
    "preact18",
    "preact34",
    "preact50",
    "preact101",
    "preact152",
    "resnet50c",
    "resnet50d",
    "resnet18d",
    "seresnet50",
    "resnetblur18",
    "resnetblur50",
    "resnetblur50d",
    "resnetblur101d",
    "resnet50v1",
    "resnet101v1",
    "resnet152v1",
]


def test_every_network_that_has_a_name_is_there_once() -> None:
    assert sorted(PRESETS) == sorted(WANTED)
    assert len({named.spec for named in presets()}) == len(WANTED)
    assert len({named.title for named in presets()}) == len(WANTED)


def test_the_eight_that_people_know_stand_first() -> None:
    first = [named.name for named in presets()[:8]]
    assert first == ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", *first[5:]]
    assert {named.group for named in presets()[:8]} == {"Best known"}
    assert "Best known" not in {named.group for named in presets()[8:]}


@pytest.mark.parametrize("name", PRESETS)
def test_every_network_says_where_it_comes_from_and_what_is_special(name: str) -> None:
    named = PRESETS[name]
    assert "arXiv" in named.source or "section" in named.source
    assert named.special.endswith(".")
    assert preset_of(named.spec) == named
    assert title(named.spec) == named.title
    assert plan_of(name).network.title == named.title


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_networks_have_its_blocks_groups_and_widths(name: str) -> None:
    spec, reference = preset(name), TORCHVISION[name]
    assert {"basic": "BasicBlock", "bottleneck": "Bottleneck"}[spec.block] == reference["block_type"]
    assert list(spec.depths) == reference["blocks_per_stage"]
    assert spec.expansion == reference["expansion"]
    if spec.block == "bottleneck":
        assert (spec.groups, spec.base_width) == (reference["groups"], reference["base_width"])


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110, 1202])
def test_cifar_networks_have_the_papers_blocks(depth: int) -> None:
    n = REFERENCE["paper"]["cifar_architecture"]["n"][str(depth)]
    spec = preset(f"resnet{depth}")
    assert spec.depths == (n, n, n)
    assert list(spec.widths) == REFERENCE["paper"]["cifar_architecture"]["filters"]
    assert spec.shortcut == "A"


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_depth_in_a_name_is_the_number_of_weighted_layers(depth: int) -> None:
    for family in ("resnet", "preact"):
        assert plan_of(f"{family}{depth}").weighted_layers == depth == preset(f"{family}{depth}").nominal_depth


def test_a_network_without_a_name_is_called_by_depth_block_and_stages() -> None:
    assert title(preset("resnet50").replace(depths=(2, 2, 2, 2))) == "ResNet-26: bottleneck, 2-2-2-2"
    assert title(preset("plain18").replace(depths=(1, 1, 1, 1))) == "Plain-10: basic, 1-1-1-1"


@pytest.mark.parametrize("name", ["resnet51", "", "resnet5", "x" * 1000])
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(SpecError, match=r"There is no network named .*resnet18, resnet34") as caught:
        preset(name)
    assert len(str(caught.value)) < 600
