"""The wrong preprocessing: what it costs is what the network itself says to pictures that were normalised by hand."""

from __future__ import annotations

from dataclasses import replace

import torch

from explorer.labs.identity.trained import trained_example
from explorer.labs.transfer.preprocessings import under_each
from explorer.model.images import HALF, Preprocess

PICTURES = 60


def test_each_preprocessing_is_worth_what_the_network_says_to_pictures_normalised_by_hand() -> None:
    trained = trained_example()
    model = trained.model()
    data = replace(
        trained.data, test_pixels=trained.data.test_pixels[:PICTURES], test_labels=trained.data.test_labels[:PICTURES]
    )
    pixels = data.test_pixels.to(torch.float32)
    mean, std = sum((0.485, 0.456, 0.406)) / 3, sum((0.229, 0.224, 0.225)) / 3
    by_hand = {
        "0 to 1": pixels / 255,
        "ImageNet mean and standard deviation": (pixels / 255 - mean) / std,
        "−1 to 1": pixels / 127.5 - 1,
        "0 to 255, not divided": pixels,
    }
    found = under_each(model, data, title="0 to 1")
    assert [one.title for one in found] == list(by_hand)
    assert [one.is_right for one in found] == [True, False, False, False]
    for one in found:
        with torch.no_grad():
            right = (model(by_hand[one.title]).argmax(1) == data.test_labels).sum().item()
        assert one.pictures == PICTURES
        # on the edge between two classes the last digits may decide
        assert abs(one.right - right) <= 1
    assert found[0].accuracy > 0.9
    assert max(one.accuracy for one in found[1:]) < 0.5


def test_a_preprocessing_that_does_the_same_is_not_called_wrong() -> None:
    trained = trained_example()
    own = Preprocess(name="mine", mean=HALF.mean, std=HALF.std)
    few = replace(trained.data, test_pixels=trained.data.test_pixels[:4], test_labels=trained.data.test_labels[:4])
    titles = [one.title for one in under_each(trained.model(), replace(few, preprocess=own), title="mine")]
    assert titles == ["mine", "ImageNet mean and standard deviation", "0 to 255, not divided"]
