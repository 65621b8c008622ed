"""What each way loads, draws, freezes and trains, held against reference/ and against the built networks."""

from __future__ import annotations

import re
from typing import Any

import pytest

from explorer import ResNetSpec, describe, preset
from explorer.errors import LabError, SpecError
from explorer.labs.training.sets import digit_net
from explorer.labs.training.state import learning
from explorer.labs.transfer.ways import transfer, ways
from explorer.model import build
from explorer.model.batchnorm import norm_modules
from tests.architecture.plans import REFERENCE
from tests.model.networks import block_kinds, random_specs, short_name

CASES: dict[str, Any] = REFERENCE["transfer_learning"]["cases"]
MODES = {
    "all": "mode1_finetune_all",
    "head": "mode2_train_fc_only",
    "layer4": "mode2_train_layer4_and_fc",
    "added": "mode3_keep_1000_fc_add_Linear(1000,n)",
}
NETS = (
    *random_specs(20),
    *block_kinds()[::5],
    digit_net(20),
    digit_net(20, norm="none"),
    digit_net(20).replace(added_classes=4),
)


@pytest.mark.parametrize("way", MODES)
@pytest.mark.parametrize("case", CASES)
def test_parameters_are_those_of_the_reference(case: str, way: str) -> None:
    name, classes = re.fullmatch(r"(\w+)_(\d+)classes", case).groups()  # type: ignore[union-attr]
    found = transfer(preset(name), way, classes=int(classes))
    expected = CASES[case][MODES[way]]
    assert found.total == expected["total"]
    assert found.trained == expected["trainable"]
    assert found.frozen == expected.get("frozen", 0)
    if way != "added":
        assert len(found.loaded) == CASES[case]["loadable_state_dict_tensors_if_fc_is_replaced"]
        assert len(found.loaded) + len(found.drawn) == CASES[case]["state_dict_tensors"]
        assert found.left_out == found.drawn == ("fc.weight", "fc.bias")


def test_the_reference_has_every_case() -> None:
    assert len(CASES) == 10
    assert all(set(MODES.values()) <= case.keys() for case in CASES.values())


@pytest.mark.parametrize("source", NETS, ids=short_name)
def test_every_way_agrees_with_the_built_networks(source: ResNetSpec) -> None:
    old = build(describe(source), device="meta").state_dict()
    for way in ways(source):
        found = transfer(source, way, classes=7)
        model = build(describe(found.spec), device="meta")
        new = model.state_dict()
        assert {*found.loaded, *found.drawn} == set(new)
        assert {*found.loaded, *found.left_out} == set(old)
        assert all(old[name].shape == new[name].shape for name in found.loaded)
        assert len(found.loaded) + len(found.drawn) == len(new)
        assert len(found.loaded) + len(found.left_out) == len(old)
        assert sum(parameter.numel() for parameter in learning(model, found.trainable)) == found.trained
        assert sum(parameter.numel() for parameter in model.parameters()) == found.total
        assert found.frozen == found.total - found.trained
        norms = norm_modules(model)
        still = [name for name, norm in norms.items() if not any(p.requires_grad for p in norm.parameters())]
        assert sum(section.norms for section in found.sections) == len(norms)
        assert sum(section.norms_frozen for section in found.sections) == len(still)
        assert found.spec.outputs == 7
        named = {section.name: section for section in found.sections}
        for name, parameters in _by_section(model).items():
            assert named[name].params == sum(p.numel() for p in parameters)
            assert named[name].trained == sum(p.numel() for p in parameters if p.requires_grad)


def test_the_ways_stand_in_order_and_name_the_stages_as_the_paper_does() -> None:
    assert list(ways(preset("resnet18"))) == ["scratch", "all", "layer1", "layer2", "layer3", "layer4", "head", "added"]
    assert ways(digit_net(20))["layer3"] == "From conv4_x · layer3 on"
    trained = [transfer(preset("resnet18"), way, classes=10).trained for way in list(ways(preset("resnet18")))[:-1]]
    assert trained == sorted(trained, reverse=True)


@pytest.mark.parametrize("source", [preset("preact18"), digit_net(20)], ids=["pre", "post"])
def test_from_the_first_stage_on_nothing_is_frozen_but_the_stem(source: ResNetSpec) -> None:
    found = transfer(source, "layer1", classes=10)
    stem, *others = found.sections
    assert found.frozen == stem.frozen == stem.params > 0
    assert [section.frozen for section in others] == [0] * len(others)
    assert transfer(source, "head", classes=10).trainable == ("fc",)


def test_from_scratch_takes_nothing_and_trains_everything() -> None:
    found = transfer(digit_net(20), "scratch", classes=5)
    assert found.loaded == ()
    assert found.trainable is None
    assert found.trained == found.total
    assert len(found.left_out) == len(found.drawn) == len(build(describe(digit_net(20)), device="meta").state_dict())


def test_the_added_layer_keeps_the_old_classes_and_trains_alone() -> None:
    found = transfer(preset("resnet18"), "added", classes=5)
    assert (found.spec.num_classes, found.spec.added_classes) == (1000, 5)
    assert found.left_out == ()
    assert found.drawn == ("added.weight", "added.bias")
    assert found.trainable == ("added",)
    assert len(found.loaded) == 122


def test_a_layer_that_was_added_before_is_replaced() -> None:
    source = preset("resnet18").replace(added_classes=5)
    again = transfer(source, "added", classes=3)
    assert (again.spec.num_classes, again.spec.added_classes) == (1000, 3)
    assert again.left_out == ("added.weight", "added.bias")
    head = transfer(source, "head", classes=3)
    assert (head.spec.num_classes, head.spec.added_classes) == (3, 0)
    assert head.left_out == ("fc.weight", "fc.bias", "added.weight", "added.bias")


@pytest.mark.parametrize("way", ["layer5", "layer0", "fc", "", "x" * 500])
def test_what_is_no_way_is_refused_in_one_sentence(way: str) -> None:
    with pytest.raises(LabError, match=r"is no way .* choose one of scratch, all, layer1,.* added\.$") as caught:
        transfer(preset("resnet18"), way, classes=5)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("way", ["all", "added"])
@pytest.mark.parametrize("classes", [0, -1, 10**7])
def test_a_count_of_classes_that_no_network_has_is_refused(way: str, classes: int) -> None:
    with pytest.raises(SpecError, match="classes is"):
        transfer(preset("resnet18"), way, classes=classes)


def _by_section(model: Any) -> dict[str, list[Any]]:
    stages = {name for name, _ in model.named_parameters() if name.startswith("layer")}
    found: dict[str, list[Any]] = {name: [] for name in ("stem", *sorted({s.split(".")[0] for s in stages}), "head")}
    for name, parameter in model.named_parameters():
        first = name.split(".")[0]
        where = first if first in found else "head" if first in ("fc", "added", "norm") else "stem"
        found[where].append(parameter)
    return found
