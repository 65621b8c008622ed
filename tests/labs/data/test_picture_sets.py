"""A set gives networks what training gives them, and knows which pictures they learned from."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from explorer.labs.data.data import load_data
from explorer.labs.data.picture_sets import PictureSet, picture_set, unlabelled


def test_digits_are_what_training_gives() -> None:
    data, pictures = load_data("digits"), picture_set("digits")
    tested = pictures.tested
    made = pictures.inputs(tested, size=(8, 8), in_channels=1, preprocess=data.preprocess)
    torch.testing.assert_close(made, data.as_input(data.test_pixels))
    assert pictures.labels is not None
    assert np.array_equal(pictures.labels[tested], data.test_labels.numpy())
    assert len(pictures) == len(load_digits().target)
    assert len(tested) == 450


@pytest.mark.parametrize("name", ["clothes", "photos"])
def test_others_are_all_unlearned(name: str) -> None:
    pictures = picture_set(name)
    assert len(pictures.tested) == len(pictures) == {"clothes": 100, "photos": 24}[name]
    assert pictures.some([3, 1]).pixels[1] is pictures.pixels[1]


def test_clothes_have_the_labels_of_their_samples() -> None:
    from explorer.model.samples import describe_sample, sample

    pictures = picture_set("clothes")
    assert pictures.labels is not None
    for place in (0, 17, 99):
        name = next(
            f"clothes-{n}"
            for n in range(100)
            if np.array_equal(np.asarray(sample(f"clothes-{n}")), pictures.pixels[place])
        )
        assert pictures.classes[pictures.labels[place]] == describe_sample(name).label


def test_pictures_that_nobody_learned_from_are_drawn_first() -> None:
    pictures = picture_set("digits")
    drawn = pictures.drawn(500)
    assert set(pictures.tested) < set(drawn.tolist())
    assert len(set(drawn.tolist())) == len(drawn) == 500
    assert drawn.tolist() == sorted(drawn)
    assert set(pictures.drawn(100)) < set(pictures.tested)
    assert np.array_equal(pictures.drawn(100), pictures.drawn(100))
    assert len(pictures.drawn(10_000)) == len(pictures)


def test_labels_are_found_among_a_networks_outputs_by_their_names() -> None:
    two = PictureSet(
        name="two",
        title="Two",
        pixels=[np.zeros((4, 4), np.uint8)] * 3,
        labels=np.array([0, 1, 1]),
        learned=np.zeros(3, dtype=bool),
        classes=("cat", "dog"),
    )
    labels = two.labels_among(("dog", "fish", "cat"), 3)
    assert labels is not None
    assert labels.tolist() == [2, 0, 0]
    assert two.labels_among(("dog", "fish"), 2) is None
    assert two.labels_among(None, 2) is two.labels
    assert two.labels_among(None, 1000) is None
    assert unlabelled("none", "None", two.pixels).labels_among(("cat", "dog"), 2) is None
