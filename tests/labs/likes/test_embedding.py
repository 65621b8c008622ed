"""Pictures as points along the depth, against scikit-learn and SciPy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from explorer import describe, preset, trace
from explorer.errors import LabError
from explorer.labs.likes.embedding import (
    alike_by_chance,
    embedded,
    features_by_depth,
    nearest_of,
    plane,
    turned,
)
from explorer.model import build
from explorer.model.probe import record
from tests.labs.nets import some_images

RANDOM = np.random.default_rng(5)


@pytest.mark.parametrize("shape", [(40, 7), (12, 300), (30, 1)])
def test_the_plane_is_that_of_scikit_learn_up_to_sign(shape) -> None:
    features = (RANDOM.normal(size=shape) * RANDOM.uniform(0.1, 5, shape[1]) + 3).astype(np.float32)
    points, explained = plane(features)
    kept = min(2, shape[1])
    theirs = PCA(n_components=kept, svd_solver="full").fit(features.astype(np.float64))
    scores = theirs.transform(features.astype(np.float64))
    scores *= np.sqrt(len(scores) / (scores**2).sum())
    signs = np.sign((points[:, :kept] * scores).sum(axis=0))
    assert points[:, :kept] == pytest.approx(scores * signs, abs=1e-5)
    assert explained == pytest.approx(theirs.explained_variance_ratio_.sum(), abs=1e-6)


def test_pictures_that_are_alike_have_no_plane() -> None:
    points, explained = plane(np.full((5, 3), 0.1, np.float32))
    assert not points.any()
    assert np.isnan(explained)


def test_a_plane_is_turned_as_scipy_turns_it() -> None:
    points, onto = RANDOM.normal(size=(2, 25, 2))
    assert turned(points, onto) == pytest.approx(orthogonal_procrustes(points, onto)[0])
    angle = 2.1
    mirror = np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])
    assert points @ turned(points, points @ mirror) == pytest.approx(points @ mirror)


def test_the_nearest_are_those_of_scikit_learn() -> None:
    features = RANDOM.normal(size=(60, 20)).astype(np.float32) + 100
    theirs = NearestNeighbors(n_neighbors=8).fit(features.astype(np.float64)).kneighbors(return_distance=False)
    assert np.array_equal(nearest_of(features, 8), theirs)
    assert nearest_of(features[:4], 8).shape == (4, 3)


def test_the_share_of_neighbours_of_the_same_class_is_that_of_a_table() -> None:
    # on a line: a a b | b … the nearest of each are 1, 0, 3, 2
    features = {"pixels": ("", np.array([[0.0], [1.0], [5.0], [5.5]], np.float32))}
    (found,) = embedded(features, [0, 0, 1, 0], nearest=1)
    assert found.neighbours[:, 0].tolist() == [1, 0, 3, 2]
    assert found.alike == 0.5
    assert alike_by_chance([0, 0, 1, 0]) == 0.5  # 3 of 6 pairs
    assert embedded(features, None)[0].alike is None


def test_depths_are_the_pixels_and_the_ends_of_stem_and_blocks() -> None:
    spec = preset("resnet18").replace(num_classes=7)
    images = some_images(10, channels=3, side=40)[..., :32]
    plan, model = trace(describe(spec), (40, 32)), build(describe(spec))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = features_by_depth(model, plan, lambda places: images[places.start : places.stop], 10)
    assert list(found) == ["pixels", "stem", *plan.blocks]
    # 40 rows of pixels are averaged to 32, 32 columns stay
    assert found["pixels"][1].shape == (10, 3 * 32 * 32)
    for name in ("stem", "layer2.0", "layer4.1"):
        row, features = found[name]
        assert features == pytest.approx(record(model, images, [row])[row].mean(dim=(2, 3)).numpy(), abs=1e-5)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())

    depths = embedded(found, np.arange(10) % 2)
    for one, following in pairwise(depths):
        assert (one.points**2).sum(axis=1).mean() == pytest.approx(1)
        # no other turn brings them closer
        assert turned(following.points, one.points) == pytest.approx(np.eye(2), abs=1e-6)


def test_two_pictures_are_too_few() -> None:
    spec = preset("resnet18")
    with pytest.raises(LabError, match="at least 3 pictures, and 2 are here"):
        features_by_depth(build(describe(spec)), trace(describe(spec), (32, 32)), lambda places: some_images(2), 2)
