"""The choice of weights as a value, as text in a link, and what there is to choose from."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.architecture.presets import preset
from explorer.architecture.weights import (
    MAX_SEED,
    WeightsChoice,
    example_input_size,
    example_spec,
    fits_example,
    published,
    sources_for,
)
from explorer.errors import LinkError

SEEDED = st.builds(WeightsChoice, source=st.sampled_from(["random", "fresh"]), seed=st.integers(0, MAX_SEED))
OTHERS = st.sampled_from(
    [
        WeightsChoice(source="example"),
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


def test_resnet50_can_have_both_published_sets_but_not_the_example():
    assert _open(preset("resnet50")) == {"random", "fresh", "IMAGENET1K_V1", "IMAGENET1K_V2", None}


def test_the_examples_network_can_have_the_example_but_nothing_published():
    assert _open(example_spec()) == {"random", "fresh", "digits", None}
    assert fits_example(example_spec().replace(zero_init_residual=True))
    assert example_input_size() == (32, 32)


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


def test_the_seed_goes_into_random_and_fresh():
    assert [source.choice.seed for source in sources_for(preset("resnet18"), (), seed=5)][:2] == [5, 5]
