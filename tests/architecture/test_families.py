"""Every family answers the same questions, and comes back from a link and a file."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from explorer import ResNetSpec, StarGANSpec, preset
from explorer.architecture.codec import NETWORK, from_json, from_params, to_json, to_params
from explorer.architecture.families import Spec, family_of, known_networks, known_of, network_of, title_of, usual_size
from explorer.architecture.tokens import spec_of, token_of
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import SpecError

OTHERS: list[Spec] = [
    StarGANSpec(),
    StarGANSpec(conv_dim=32),
    StarGANSpec(c_dim=8, repeat_num=0),
    TorchvisionSpec(name="vgg16"),
    TorchvisionSpec(name="vit_b_16"),
    TorchvisionSpec(name="efficientnet_b0", num_classes=5),
]


@pytest.mark.parametrize("spec", OTHERS, ids=title_of)
def test_a_network_of_another_family_comes_back_from_link_and_file(spec: Spec) -> None:
    assert from_params(to_params(spec)) == spec
    assert from_json(to_json(spec)) == spec
    assert spec_of(token_of(spec)) == spec


def test_names_are_unique_and_every_named_network_is_found_again() -> None:
    known = known_networks()
    assert len({k.name for k in known}) == len(known) == len({k.spec for k in known})
    for k in known:
        assert known_of(k.spec) == k
        assert title_of(k.spec) == k.title
        assert usual_size(k.spec) == k.input_size
        assert from_params({NETWORK: k.name}) == k.spec


def test_a_generator_of_ones_own_says_its_numbers() -> None:
    assert title_of(StarGANSpec(conv_dim=32)) == "StarGAN generator 32 / 5 / 6"
    assert network_of(StarGANSpec(conv_dim=32)).title == "StarGAN generator 32 / 5 / 6"
    assert network_of(preset("resnet18")).title == "ResNet-18"


def test_a_classifier_says_its_classes_where_they_are_not_imagenets() -> None:
    five = TorchvisionSpec(name="efficientnet_b0").replace(num_classes=np.int64(5))
    assert title_of(five) == "EfficientNet-B0, 5 classes"
    assert title_of(five.replace(num_classes=1)) == "EfficientNet-B0, 1 class"
    assert title_of(five.replace(num_classes=1_000_000)) == "EfficientNet-B0, 1,000,000 classes"
    assert to_params(five) == {"network": "efficientnet_b0", "num_classes": "5"}
    assert json.loads(to_json(five)) == {"network": "efficientnet_b0", "num_classes": 5}
    assert token_of(five) == "network~efficientnet_b0~num_classes~5"
    assert known_of(five) is None
    assert family_of(five).outputs == 5


def test_the_addresses_and_files_of_classifiers_are_as_they_were() -> None:
    usual = TorchvisionSpec(name="efficientnet_b0")
    assert to_params(usual) == json.loads(to_json(usual)) == {"network": "efficientnet_b0"}
    assert token_of(usual) == "efficientnet_b0"
    assert from_params({"network": "efficientnet_b0", "num_classes": "1000"}) == usual


@pytest.mark.parametrize("wrong", [0, -1, 1_000_001, 2.5, True, "5", None])
def test_a_wrong_number_of_classes_is_refused_in_a_sentence(wrong: object) -> None:
    words = f"num_classes is {wrong!r}; it must be a whole number from 1 to 1,000,000."
    with pytest.raises(SpecError, match=f"^{re.escape(words)}$"):
        TorchvisionSpec(name="vgg16").replace(num_classes=wrong)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"network": "stargan", "depths": "2,2"}, "A StarGAN generator has no field 'depths'"),
        (
            {"network": "vgg16", "c_dim": "3"},
            "A classifier of torchvision has no field 'c_dim'; all that can be chosen is num_classes.",
        ),
        ({"network": "resnet18", "c_dim": "3"}, "A network has no field 'c_dim'"),
        ({"network": "stargan", "c_dim": "many"}, "c_dim is 'many'"),
        ({"network": "vgg17"}, "no network named 'vgg17'"),
    ],
)
def test_a_link_that_mixes_families_is_refused_in_a_sentence(params: dict[str, str], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        from_params(params)


@pytest.mark.parametrize("text", ['{"network": 3}', '{"network": ["vgg16"]}', '{"network": {}}'])
def test_a_file_whose_network_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="it must be the name of a network"):
        from_json(text)


def test_the_network_of_the_textbook_is_a_resnet_of_the_same_fields() -> None:
    spec = from_params({NETWORK: "d2l_resnet18"})
    assert isinstance(spec, ResNetSpec)
    assert (spec.in_channels, spec.num_classes, spec.conv_bias, spec.shortcut_norm) == (1, 10, True, False)
