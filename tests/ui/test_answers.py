"""What a classifier answers: the softmax where outputs are classes, and no share where they are none."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.architecture.examples import CLOTHES_PICTURES, DIGIT_PICTURES, IMAGENET_PICTURES, TrainedOn
from explorer.model.answers import Answer, best_answers
from explorer.model.images import UNIT
from explorer.model.weights import Loaded
from explorer.ui.answers import heading, unlike, verdict
from explorer.ui.pictures import Chosen

ZIPPED = TrainedOn(kind=None, words="the pictures of a zip file")


def loaded(*classes: str, trained: bool = True, on: TrainedOn | None = None) -> Loaded:
    return Loaded(source="file", label="mine", trained=trained, preprocess=UNIT, classes=classes or None, trained_on=on)


def shown(kind=None, label: str | None = None) -> Chosen:
    return Chosen(name="x", title="x", picture=Image.new("L", (1, 1)), digest="x", note="", kind=kind, label=label)


def test_shares_are_those_of_torchs_softmax():
    outputs = np.array([0.3, 4.0, -2.0, 3.5, 1.0], dtype=np.float32)
    theirs = torch.softmax(torch.from_numpy(outputs).double(), 0)
    best = best_answers(loaded(*"abcde"), outputs, 3)
    assert [one.name for one in best] == ["b", "d", "e"]
    assert [one.share for one in best] == [f"{100 * theirs[place]:.1f}\u00a0%" for place in (1, 3, 4)]


def test_large_outputs_have_shares_too():
    best = best_answers(loaded(), np.array([5e4, -5e4, 0.0], dtype=np.float32), 3)
    assert best[0] == Answer(name="class 0", share="100.0\u00a0%")
    assert {one.share for one in best[1:]} == {"below 0.1\u00a0%"}


def test_one_output_is_shown_as_its_value_and_has_no_share():
    assert best_answers(loaded("cat"), np.array([-1.25]), 5) == (Answer(name="The one output:", share="−1.25"),)


def test_untrained_outputs_say_nothing():
    assert best_answers(loaded(trained=False), np.array([1.0, 2.0]), 5) == ()


@pytest.mark.parametrize(
    ("outputs", "words"), [(2, "Two classes"), (3, "Three classes"), (4, "Four classes"), (5, "Five best classes")]
)
def test_what_stands_above_counts_the_classes_that_there_are(outputs, words):
    assert heading(outputs) == words


def test_more_classes_than_are_named_are_the_best_ones():
    assert heading(1000) == "Five best classes"


def test_an_answer_is_held_against_the_label_of_a_picture_of_the_kind_that_was_learnt():
    reader = loaded(*"0123456789", on=DIGIT_PICTURES)
    four = Answer(name="4", share="99.0\u00a0%")
    assert verdict(reader, four, shown("digit", "4")) == "✓ Right, as its label says."
    assert verdict(reader, four, shown("digit", "9")) == "✗ Wrong: its label says 9."
    half = loaded(*"56789", on=DIGIT_PICTURES)
    assert verdict(half, Answer(name="5", share=""), shown("digit", "4")).endswith("4, is none of its classes.")
    for picture in (shown(), shown("photo"), shown("clothes", "Bag")):
        assert verdict(reader, four, picture) == ""
    assert verdict(loaded(*"0123456789"), four, shown("digit", "9")) == ""


@pytest.mark.parametrize(
    ("on", "kind", "is_unlike"),
    [
        (IMAGENET_PICTURES, "photo", False),
        (IMAGENET_PICTURES, None, False),  # a visitor's own picture is a photograph as a rule
        (IMAGENET_PICTURES, "digit", True),
        (DIGIT_PICTURES, "digit", False),
        (DIGIT_PICTURES, "photo", True),
        (DIGIT_PICTURES, None, True),
        (CLOTHES_PICTURES, "digit", True),
        (ZIPPED, "photo", True),
        (None, "clothes", False),
    ],
)
def test_a_picture_of_another_kind_gets_a_word(on, kind, is_unlike):
    said = unlike(loaded(on=on), shown(kind))
    assert "inverted" not in said
    assert bool(said) == is_unlike
    assert not said or said.startswith(f"This network was trained on {on.words}: ")


def ink(paper: int, drawn: int) -> Image.Image:
    """A stroke on a ground."""
    picture = Image.new("L", (28, 28), paper)
    picture.paste(drawn, (12, 4, 16, 24))
    return picture


@pytest.mark.parametrize("on", [DIGIT_PICTURES, CLOTHES_PICTURES])
def test_dark_on_bright_gets_a_hint_where_bright_on_black_was_learnt(on):
    dark, bright = (
        Chosen(name="x", title="x", picture=picture, digest="x", note="") for picture in (ink(250, 10), ink(5, 240))
    )
    assert unlike(loaded(on=on), dark).endswith("the border of this picture is bright; inverted, it may be recognised.")
    assert "inverted" not in unlike(loaded(on=on), bright)
    assert unlike(loaded(on=IMAGENET_PICTURES), dark) == ""
