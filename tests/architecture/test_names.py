"""Networks by their name: however it is spelled, and what is said of a wrong one."""

from __future__ import annotations

import pytest

from explorer import describe, preset, trace
from explorer.architecture.codec import NETWORK, from_json, from_params, to_params
from explorer.architecture.families import known_networks, named, network_of
from explorer.architecture.names import nearest, told_apart
from explorer.architecture.stargan import StarGANSpec
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import InputSizeError, SpecError

KNOWN = known_networks()
RESNET50_PARAMS = 25_557_032


@pytest.mark.parametrize("known", KNOWN, ids=[known.name for known in KNOWN])
def test_every_network_is_understood_by_name_and_title_however_it_is_spelled(known) -> None:
    for written in (known.name, known.title):
        spellings = {written, written.upper(), written.replace("-", " "), f" {written.replace('_', '-').lower()} "}
        for spelling in spellings:
            assert named(spelling) == known, spelling


@pytest.mark.parametrize("name", ["ResNet-50", "resnet-50", "ResNet50", "RESNET 50", "resnet_50", "ResNet–50"])
def test_the_usual_spellings_mean_resnet50_in_every_entrance(name: str) -> None:
    assert preset(name) == preset("resnet50")
    assert from_params({NETWORK: name}) == preset("resnet50")
    assert from_params({NETWORK: name, "num_classes": "10"}) == preset("resnet50").replace(num_classes=10)
    assert from_json(f'{{"network": "{name}"}}') == preset("resnet50")
    assert describe(name) == describe(preset("resnet50"))
    assert trace(name, 224).params == RESNET50_PARAMS
    # a link is written in one way
    assert to_params(from_params({NETWORK: name})) == {}


def test_a_gap_between_two_numbers_is_told_apart_from_none() -> None:
    assert named("RegNetY-1.6 GF").name == "regnet_y_1_6gf"
    assert named("RegNetY-16 GF").name == "regnet_y_16gf"
    with pytest.raises(SpecError, match="no network named"):
        named("wide_resnet502")


def test_a_classifier_of_torchvision_is_made_from_its_title_too() -> None:
    assert TorchvisionSpec(name="ViT-B/16") == TorchvisionSpec(name="vit_b_16")
    with pytest.raises(SpecError, match=r"choose one of vgg1[0-9]"):
        TorchvisionSpec(name="vgg15")


@pytest.mark.parametrize(
    ("wrong", "first"),
    [
        ("resnet19", "resnet18"),
        ("resnet500", "resnet50"),
        ("vgg15", "vgg1"),
        ("wide-resnet50", "wide_resnet50_2"),
        ("stargam", "stargan"),
    ],
)
def test_a_wrong_name_gets_the_nearest_ones_first(wrong: str, first: str) -> None:
    with pytest.raises(SpecError) as caught:
        named(wrong)
    said = str(caught.value)
    assert said.startswith(f"There is no network named '{wrong}'; nearest are {first}")
    assert said.endswith("stargan or a classifier of torchvision such as vgg16.")


@pytest.mark.parametrize("name", ["", "  ", "–", "x" * 5000, "☃", 50, None, ["resnet50"]])
def test_what_is_no_name_at_all_is_refused_with_the_known_ones(name) -> None:
    with pytest.raises(SpecError, match=r"There is no network named .*one of resnet18, resnet34"):
        preset(name)
    assert nearest(name, ["resnet50"]) == ()


# --- what describe and trace take ---


def test_trace_takes_a_tree_a_spec_or_a_name_and_one_number_for_a_square() -> None:
    spec = preset("resnet50")
    plans = [trace(describe(spec), (224, 224)), trace(spec, 224), trace("resnet50", (224, 224))]
    assert plans[0] == plans[1] == plans[2]
    assert trace(StarGANSpec(), 128) == trace("stargan", (128, 128))


@pytest.mark.parametrize("size", [3.5, True, "224", None, (224,), (1, 2, 3), 0])
def test_what_is_no_size_gets_the_sentence_of_the_size(size) -> None:
    with pytest.raises(InputSizeError, match="give height and width in whole pixels"):
        trace("resnet18", size)


@pytest.mark.parametrize("wrong", [50, None, {"depths": (1,)}, object()])
def test_what_is_no_network_gets_a_sentence(wrong) -> None:
    with pytest.raises(SpecError, match=r"is no network; give a spec, what describe returns, or a name"):
        network_of(wrong)
    with pytest.raises(SpecError, match=r"is no ResNetSpec; describe takes one, or a name such as resnet50"):
        describe(wrong)


def test_a_measured_network_has_no_plan_by_arithmetic_and_that_is_said() -> None:
    with pytest.raises(SpecError, match="VGG-16 is measured, not described"):
        trace("VGG-16", 224)
    with pytest.raises(SpecError, match="describe_stargan takes a StarGANSpec"):
        describe(StarGANSpec())  # type: ignore[arg-type]  # that is what is tried


def test_equal_labels_get_a_number_from_the_second_on() -> None:
    assert told_apart(["a", "b", "a", "a"]) == ["a", "b", "a (2)", "a (3)"]
