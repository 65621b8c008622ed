"""A probe is scikit-learn's own pipeline on what torchvision's hooks see, and is never tested with what it learned."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torchvision.models import resnet18

from explorer.architecture.families import network_of
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.errors import LabError
from explorer.labs.data.picture_sets import PictureSet, picture_set
from explorer.labs.training.sets import digit_net
from explorer.labs.worth.probe import (
    PENALTIES,
    Read,
    blocks_read,
    halves,
    pixel_features,
    pixels_read,
    settled,
)
from explorer.model.families import model_family
from explorer.model.images import IMAGENET
from explorer.model.probe import part_ends

SIZE = (32, 32)


def expected(features: np.ndarray, pictures: PictureSet, learned: np.ndarray, tested: np.ndarray) -> int:
    """Correct answers of scikit-learn's own pipeline."""
    probe = make_pipeline(StandardScaler(), RidgeClassifierCV(alphas=PENALTIES))
    assert pictures.labels is not None
    probe.fit(features[: len(learned)].astype(np.float64), pictures.labels[learned])
    return round(probe.score(features[len(learned) :].astype(np.float64), pictures.labels[tested]) * len(tested))


def test_blocks_are_read_as_scikit_learn_reads_torchvisions_own() -> None:
    torch.manual_seed(0)
    peer = resnet18(num_classes=10).eval()
    spec = preset("resnet18").replace(num_classes=10)
    model = model_family(spec).build(device="cpu").eval()
    model.load_state_dict(peer.state_dict())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    pictures = picture_set("digits")
    parts = halves(pictures, 20)

    def inputs(places: np.ndarray) -> torch.Tensor:
        return pictures.inputs(places, size=SIZE, in_channels=3, preprocess=IMAGENET)

    read = blocks_read(model, trace(network_of(spec), SIZE), pictures, parts, inputs)

    seen: dict[str, torch.Tensor] = {}
    taken = {"stem": peer.maxpool} | {
        f"layer{s}.{b}": peer.get_submodule(f"layer{s}.{b}") for s in range(1, 5) for b in range(2)
    }
    for name, module in taken.items():
        module.register_forward_hook(lambda _m, _i, output, name=name: seen.__setitem__(name, output.mean((2, 3))))
    with torch.no_grad():
        peer(inputs(parts.places))
    assert [one.part for one in read] == list(taken)
    for one in read:
        features = seen[one.part].numpy()
        assert one.features == features.shape[1]
        assert one.correct is not None
        # features differ in the last digits, which may turn a picture over
        assert abs(one.correct - expected(features, pictures, parts.learned, parts.tested)) <= 1, one.part
    assert len({one.correct for one in read}) > 3
    assert not model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())


def test_pixels_are_read_one_by_one() -> None:
    pictures = picture_set("digits")
    parts = halves(pictures, 50)
    features = np.stack([pictures.pixels[place].ravel() / 255 for place in parts.places])
    assert np.allclose(pixel_features(pictures, parts.places), features)
    assert pixels_read(pictures, parts).correct == expected(features, pictures, parts.learned, parts.tested)


def test_larger_pictures_are_averaged() -> None:
    picture = np.arange(56 * 84 * 3, dtype=np.int64).reshape(56, 84, 3).astype(np.uint8)
    pictures = PictureSet(
        name="one", title="One", pixels=[picture], labels=np.zeros(1, np.int64), learned=np.zeros(1, bool)
    )
    averaged = picture.reshape(28, 2, 28, 3, 3).mean((1, 3)).ravel() / 255
    assert np.abs(pixel_features(pictures, np.array([0]))[0] - averaged).max() < 1.01 / 255  # rounded to 8 bits


@pytest.mark.parametrize("name", ["digits", "clothes"])
@pytest.mark.parametrize("per_class", [5, 10_000])
def test_what_is_tested_was_never_learned_from(name: str, per_class: int) -> None:
    pictures = picture_set(name)
    parts = halves(pictures, per_class)
    assert pictures.labels is not None
    assert not set(parts.learned) & set(parts.tested)
    assert len(set(parts.places)) == len(parts.places)
    assert not pictures.learned[parts.tested].any()
    counts = np.bincount(pictures.labels[parts.learned])
    assert counts.max() <= per_class
    assert parts.per_class == counts.min()
    assert set(pictures.labels[parts.tested]) == set(range(10))


def test_pictures_without_labels_are_refused() -> None:
    with pytest.raises(LabError, match="needs pictures with labels"):
        halves(picture_set("photos"), 50)


def test_a_block_that_overflows_is_not_read() -> None:
    spec = digit_net(8)
    model = model_family(spec).build(device="cpu").eval()
    with torch.no_grad():
        model.get_parameter("layer2.0.conv1.weight").fill_(float("inf"))
    pictures = picture_set("digits")
    read = blocks_read(
        model,
        trace(network_of(spec), (8, 8)),
        pictures,
        halves(pictures, 5),
        lambda places: pictures.inputs(places, size=(8, 8), in_channels=1, preprocess=IMAGENET),
    )
    assert [one.correct is None for one in read] == [False, False, True, True]
    assert settled(read) is None
    assert list(part_ends(model).values()) == [one.part for one in read]


def line(*correct: int) -> tuple[Read, ...]:
    return tuple(
        Read(part=f"layer1.{n}", row="", stage="layer1", features=8, correct=hits, tested=100, penalty=1.0)
        for n, hits in enumerate(correct)
    )


@pytest.mark.parametrize(
    ("correct", "place"),
    [
        ((50, 70, 90, 91, 90), 2),  # 90 of 100 may be 83 to 94 of 100
        ((50, 60, 70, 80, 95), 4),
        ((90, 90, 90), 0),
        ((90, 50, 40), 0),
        ((84, 50, 91, 50), 2),  # 84 reach 90 at most
        ((100, 100), 0),
    ],
)
def test_accuracy_has_settled_where_no_later_block_is_beyond_the_interval(correct: tuple[int, ...], place: int) -> None:
    assert settled(line(*correct)) == place
