"""The choice of weights as a value, as text in a link, and what there is to choose from."""

import dataclasses
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.architecture.examples import DIGIT_READER, EXAMPLES
from explorer.architecture.hub import place_of
from explorer.architecture.presets import preset
from explorer.architecture.weights import MAX_SEED, WeightsChoice, best_here, by_preference, published, sources_for
from explorer.errors import LinkError

SEEDED = st.builds(WeightsChoice, source=st.sampled_from(["random", "fresh"]), seed=st.integers(0, MAX_SEED))
OTHERS = st.sampled_from(
    [
        WeightsChoice(source="example"),
        WeightsChoice(source="example", example="clothes"),
        WeightsChoice(source="published", tag="IMAGENET1K_V1"),
        WeightsChoice(source="published", tag="IMAGENET1K_V2"),
    ]
)


@given(SEEDED | OTHERS)
def test_a_choice_comes_back_from_its_link(choice):
    text = choice.to_text()
    assert text is not None
    assert WeightsChoice.from_text(text) == choice


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        (WeightsChoice(), "random"),
        (WeightsChoice(seed=7), "random-7"),
        (WeightsChoice(source="fresh"), "fresh"),
        (WeightsChoice(source="published", tag="IMAGENET1K_V1"), "IMAGENET1K_V1"),
        (WeightsChoice(source="example"), "digits"),
        (WeightsChoice(source="example", example="clothes"), "clothes"),
        (WeightsChoice(source="file", digest="ab" * 32), None),
    ],
)
def test_the_text_of_a_choice_is_short_and_a_file_has_none(choice, text):
    assert choice.to_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "random-",
        "random--1",
        "random-99999999999",
        f"random-{MAX_SEED + 1}",
        "RANDOM",
        "file",
        "IMAGENET1K_V3",
        "random-\u0667",
    ],
)
def test_a_link_to_weights_that_do_not_exist_gets_one_sentence(text):
    with pytest.raises(LinkError, match="which do not exist") as caught:
        WeightsChoice.from_text(text)
    assert str(caught.value).count(". ") == 0


def test_choices_that_mean_the_same_are_equal_and_can_be_a_key():
    assert WeightsChoice(source="example", seed=3, tag="x", digest="y") == WeightsChoice(source="example")
    assert len({WeightsChoice(seed=1), WeightsChoice(seed=1), WeightsChoice(seed=2)}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        WeightsChoice().seed = 1  # type: ignore[misc]


def _open(spec):
    return {source.choice.to_text() for source in sources_for(spec, published(spec)) if source.reason is None}


def test_every_network_has_random_weights_a_file_and_the_examples_and_resnet50_both_published_sets():
    assert _open(preset("resnet50")) == {"random", "fresh", "IMAGENET1K_V1", "IMAGENET1K_V2", *EXAMPLES, None}
    assert _open(DIGIT_READER.spec) == {"random", "fresh", *EXAMPLES, None}


@pytest.fixture
def disk(monkeypatch, tmp_path):
    """A folder of torch.hub, into which a test puts files that look like published ones."""
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path))

    def put(weights, *, share=1.0):
        place_of(weights).parent.mkdir(exist_ok=True)
        with place_of(weights).open("wb") as file:
            file.truncate(int(weights.file_mib * 2**20 * share))

    return put


def test_what_is_on_this_disk_is_marked_and_what_must_be_fetched_says_its_size(disk):
    first, second = published(preset("resnet50"))
    disk(first)
    disk(second, share=0.5)
    said = {source.label: source.note for source in sources_for(preset("resnet50"), (first, second))}
    assert said["published, ImageNet V1"] == "on disk"
    assert said["published, ImageNet V2"] == "98 MB"  # the file is not whole


def test_the_newest_that_are_on_this_disk_are_preferred_and_swags_last(disk):
    first, second = published(preset("resnet50"))
    assert best_here((first, second)) is None
    disk(first)
    assert best_here((first, second)) == first
    disk(second)
    assert best_here((first, second)) == second
    swag = replace(second, tag="IMAGENET1K_SWAG_E2E_V1")
    assert by_preference((first, second, swag)) == [second, first, swag]


def test_what_does_not_apply_says_why():
    reasons = {
        changed: [source.reason for source in sources_for(spec, published(spec)) if source.choice.source == "published"]
        for changed, spec in {
            "classes": preset("resnet50").replace(num_classes=10, in_channels=1),
            "network": preset("resnet50").replace(depths=(2, 2, 2, 2)),
        }.items()
    }
    assert reasons == {
        "classes": [
            "The published weights of ResNet-50 are for 1,000 classes and 3 input channels, not 10 and 1.",
        ],
        "network": [
            "torchvision publishes weights for its ten residual networks, not for ResNet-26: bottleneck, 2-2-2-2.",
        ],
    }
