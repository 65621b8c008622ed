"""The sample pictures are scikit-learn's, under names that stay."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageOps
from safetensors import safe_open
from sklearn.datasets import load_digits, load_sample_image
from torchvision.datasets import FashionMNIST

from explorer.architecture.examples import CLOTHES_READER
from explorer.errors import ImageError
from explorer.labs.data.packed import packed_folder, read_packed
from explorer.model.samples import (
    DIGIT_COUNT,
    describe_sample,
    digit_images,
    digit_labels,
    sample,
    sample_batch,
    sample_names,
)


def test_the_names_are_stable_because_links_carry_them() -> None:
    photos, digits = ("china", "flower"), tuple(f"digit-{index}" for index in range(10))
    assert sample_names() == (*photos, *digits, *(f"clothes-{index}" for index in range(0, 100, 10)))
    assert sample_names("digit")[:12] == (*digits, *photos)
    assert sample_names("clothes") == (*(f"clothes-{index}" for index in range(100)), *photos, *digits)


@pytest.mark.parametrize("name", ["china", "flower"])
def test_photographs_are_those_of_scikit_learn(name: str) -> None:
    picture = sample(name)
    assert (picture.mode, picture.size) == ("RGB", (640, 427))
    assert np.array_equal(np.asarray(picture), load_sample_image(f"{name}.jpg"))
    assert "CC BY 2.0" in describe_sample(name).source


def test_digits_are_those_of_scikit_learn_scaled_to_eight_bits() -> None:
    theirs = load_digits()
    assert digit_images().shape == (DIGIT_COUNT, 8, 8)
    assert np.array_equal(digit_labels(), theirs.target)
    assert np.abs(digit_images() / 255 - theirs.images / 16).max() <= 0.5 / 255 + 1e-9
    assert np.array_equal(np.rint(digit_images() * (16 / 255)), theirs.images)


@pytest.mark.parametrize("index", [0, 7, 1000, 1796])
def test_any_digit_can_be_chosen_by_its_index(index: int) -> None:
    picture = sample(f"digit-{index}")
    assert (picture.mode, picture.size) == ("L", (8, 8))
    assert np.array_equal(np.asarray(picture), digit_images()[index])
    described = describe_sample(f"digit-{index}")
    assert described.kind == "digit"
    assert described.title.startswith(f"Digit {load_digits().target[index]} ")


def test_the_offered_digits_are_one_of_each_class() -> None:
    assert [describe_sample(name).title[6] for name in sample_names()[2:12]] == list("0123456789")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "dog",
        "digit-",
        "digit-1797",
        "digit--1",
        "digit-1e3",
        "digit-²",
        "digit-" + "9" * 5000,
        "clothes-100",
        "../china",
    ],
)
def test_unknown_names_get_one_sentence(name: str) -> None:
    for function in (sample, describe_sample):
        with pytest.raises(
            ImageError, match=r"choose china, flower, digit-0 to digit-1796, or clothes-0 to clothes-99\.$"
        ) as caught:
            function(name)
        assert len(str(caught.value)) < 180


def test_changing_a_sample_does_not_change_the_next_one() -> None:
    for name in ("china", "digit-3"):
        sample(name).paste(0, (0, 0, 4, 4))
        assert np.asarray(sample(name)).any()
    with pytest.raises(ValueError, match="read-only"):
        digit_images()[0] = 0


def test_the_batch_of_photographs_has_both_and_their_mirror_images() -> None:
    batch = [np.asarray(picture) for picture in sample_batch("photo", count=24)]
    assert np.array_equal(batch[0], np.asarray(sample("china")))
    assert np.array_equal(batch[3], np.asarray(ImageOps.mirror(sample("flower"))))
    assert len({picture.tobytes() for picture in batch}) == 24
    assert min(min(picture.shape[:2]) for picture in batch) >= 200


def test_the_batch_of_digits_has_every_class_equally_often() -> None:
    batch = sample_batch("digit", count=40)
    index_of = {image.tobytes(): index for index, image in enumerate(digit_images())}
    classes = [int(digit_labels()[index_of[np.asarray(picture).tobytes()]]) for picture in batch]
    assert classes == list(range(10)) * 4


def test_a_batch_is_the_same_every_time_and_a_smaller_one_its_beginning() -> None:
    for kind in ("photo", "digit"):
        small, large = sample_batch(kind, count=5), sample_batch(kind, count=9)
        assert [a.tobytes() for a in small] == [b.tobytes() for b in large[:5]]


@pytest.mark.parametrize(("kind", "count"), [("photo", 0), ("photo", 25), ("digit", 1798)])
def test_more_pictures_than_there_are_get_a_sentence(kind: str, count: int) -> None:
    with pytest.raises(ImageError, match="choose from 1 to"):
        sample_batch(kind, count=count)  # type: ignore[arg-type]


def test_samples_are_read_without_importing_scikit_learn() -> None:
    code = (
        "import sys; from explorer.model.samples import sample, sample_batch; sample('china'); sample_batch('digit');"
        "sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2]).returncode == 0


# --- clothes ---

# of the pixels of all hundred, in the order of their names
CLOTHES_SHA256 = "e2d60c6cfd95a6d523b2b5ba416ac3ca2ba9d79cb03f64444df0e8182ad97b2d"


def test_clothes_are_ten_of_each_class_under_their_labels() -> None:
    described = [describe_sample(f"clothes-{index}") for index in range(100)]
    assert [one.label for one in described] == [label for label in FashionMNIST.classes for _ in range(10)]
    assert {one.kind for one in described} == {"clothes"}
    assert described[93].title == "Ankle boot (28×28, 4 of 10)"
    assert "MIT" in described[0].source


def test_clothes_are_the_pictures_that_were_recorded() -> None:
    pixels = b"".join(sample(f"clothes-{index}").tobytes() for index in range(100))
    assert hashlib.sha256(pixels).hexdigest() == CLOTHES_SHA256


def test_clothes_are_those_of_the_sets_test_part_with_its_labels() -> None:
    folder = packed_folder()
    if folder is None:
        return  # the recorded sum holds them
    images, labels = read_packed(folder, "t10k")
    with safe_open(CLOTHES_READER.file, "pt") as file:
        places = json.loads(file.metadata()["samples"])
    for index, place in enumerate(places):
        assert np.array_equal(np.asarray(sample(f"clothes-{index}")), images[place, :, :, 0])
        assert describe_sample(f"clothes-{index}").label == FashionMNIST.classes[labels[place]]


def test_a_batch_of_clothes_takes_the_classes_in_turn() -> None:
    batch = sample_batch("clothes", count=12)
    expected = [*range(0, 100, 10), 1, 11]
    assert [one.tobytes() for one in batch] == [sample(f"clothes-{index}").tobytes() for index in expected]
    assert len(sample_batch("clothes", count=100)) == 100
