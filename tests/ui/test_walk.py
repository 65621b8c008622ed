"""A picture's walk under AppTest: opened and closed, what it holds for every kind of network, and where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.architecture.examples import EXAMPLES
from explorer.architecture.weights import WeightsChoice
from explorer.model.images import prepare
from explorer.model.samples import sample
from explorer.model.weights import load
from tests.ui.app import open_app, sentences, url

SMALL = {"network": "resnet18", "size": "64", "weights": "fresh"}


def opened(page: str | None = None, **query: str) -> AppTest:
    at = open_app(page, walk="yes", **query)
    assert not at.exception
    return at


def walks(at: AppTest) -> list[dict[str, Any]]:
    drawn = [one.proto for one in at.get("bidi_component")]
    return [json.loads(one.json) for one in drawn if one.component_name == "walk"]


def stops(walk: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The first stop of each title."""
    return {stop["title"]: stop for stop in reversed(walk["stops"])}


@pytest.mark.parametrize("page", ["architecture", "feature_maps"])
def test_play_opens_the_walk_from_the_picture_on_and_closing_it_leaves_the_page_as_it_was(page: str) -> None:
    at = open_app(page, **SMALL)
    before = url(at)
    assert not walks(at)
    at.button("walk_play").click().run()
    assert not at.exception
    assert url(at) == {**before, "walk": "yes"}
    (walk,) = walks(at)
    assert (walk["start"], walk["play"]) == (0, True)
    at.button("walk_close").click().run()
    assert not walks(at)
    assert url(at) == before


def test_who_has_chosen_no_weights_gets_those_of_the_network_and_the_address_says_which() -> None:
    at = open_app()
    at.button("walk_play").click().run()
    assert url(at) == {"walk": "yes", "weights": "random"}
    (walk,) = walks(at)
    assert walk["title"] == "ResNet-50"
    assert walk["stops"][-1]["words"].startswith("No classes are named: the weights are random")
    assert [button.label for button in at.button if "trained" in button.label]


def test_an_address_with_a_row_stands_there_and_one_without_plays() -> None:
    (walk,) = walks(opened(**SMALL, row="layer2.0"))
    assert (walk["start"], walk["play"]) == (stops(walk)["layer2.0"]["time"], False)
    (walk,) = walks(opened(**SMALL))
    assert (walk["start"], walk["play"]) == (0, True)


def test_at_the_end_stand_the_answers_of_the_network() -> None:
    name, example = next(iter(EXAMPLES.items()))
    model, loaded = load(example.spec, WeightsChoice.from_text(name), device="cpu")
    at = opened("feature_maps")
    (walk,) = walks(at)
    picture = prepare(
        sample(example.pictures.sample), size=example.input_size, in_channels=1, preprocess=loaded.preprocess
    )
    with torch.no_grad():
        shares = model(picture.tensor)[0].softmax(0)
    best = shares.argsort(descending=True)[:5].tolist()
    assert loaded.classes is not None
    assert [one["name"] for one in walk["answers"]] == [loaded.classes[place] for place in best]
    assert [one["portion"] for one in walk["answers"]] == pytest.approx([float(shares[place]) for place in best])
    seen: list[torch.Tensor] = []
    hook = model.get_submodule("layer2.1.add").register_forward_hook(
        lambda _module, arriving, _out: seen.extend(arriving)
    )
    with torch.no_grad():
        model(picture.tensor)
    hook.remove()
    ratio = float(seen[0].norm() / seen[1].norm())
    said = [stop["words"] for stop in walk["stops"] if stop["title"] == "layer2.1"][-1]
    assert f"F(x), {ratio:.3g} times as strong as x, is added" in said
    assert (
        walk["stops"][-1]["words"] == f"The answer: {loaded.classes[best[0]]}, 99.9\u00a0%. ✓ Right, as its label says."
    )


@pytest.mark.parametrize(
    ("query", "title", "words"),
    [
        ({"network": "plain20", "size": "32"}, "layer1.0", "A plain block: it has one way only"),
        (
            {"network": "resnet18", "shortcut": "A", "size": "32"},
            "layer2.0",
            "adds channels of zeros, because the size",
        ),
        ({"network": "resnet18", "norm": "none", "size": "32"}, "layer1.0", "carries x on as it is"),
        ({"network": "d2l_resnet18", "size": "96"}, "conv1", "the size halves and 1 channel becomes 64"),
        ({"network": "preact18", "size": "32"}, "layer1.1", "carries x on as it is"),
        ({"network": "resnet50", "size": "1"}, "layer1.0", "because 64 channels become 256"),
        ({"network": "resnet18", "size": "33x1"}, "layer1.0", "carries x on as it is"),
        ({"network": "resnet20", "size": "8"}, "layer3.0", "the size halves and 32 channels become 64"),
        ({"network": "seresnet50", "size": "32"}, "fc", "2,048 numbers become 1,000 outputs"),
        (
            {"network": "resnet18", "num_classes": "0", "size": "32"},
            "avgpool",
            "Each of the 512 maps becomes one number",
        ),
        ({"network": "stargan", "conv_dim": "8", "repeat_num": "2", "size": "32"}, "main.0", "size and channels stay"),
    ],
)
def test_every_kind_of_network_is_walked(query: dict[str, str], title: str, words: str) -> None:
    at = opened(weights="fresh", **query)
    (walk,) = walks(at)
    assert words in stops(walk)[title]["words"]
    assert bool(walk["result"]) == (query["network"] == "stargan")
    assert not sentences(at)


def test_what_is_measured_says_in_a_sentence_why_it_is_not_walked() -> None:
    at = opened(network="squeezenet1_1", size="64")
    assert not walks(at)
    assert "was measured, not described" in at.info[0].value
    at.button("walk_close").click().run()
    assert "walk_play" not in [button.key for button in at.button]
