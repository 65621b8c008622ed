"""CKA against sums written out, against noise, rotations and scales, and against torchvision's own modules."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
import torch
from torchvision import models

from explorer.architecture.presets import preset
from explorer.errors import LabError
from explorer.labs.worth.cka import LEAST, alike, cka, gram_matrices, jackknife_variance
from explorer.model.build import build
from tests.labs.nets import some_images, tiny_spec
from tests.model.networks import snapshot


def _gram(features: np.ndarray) -> np.ndarray:
    return (features @ features.T)[None]


def _written_out(first: np.ndarray, second: np.ndarray) -> float:
    """CKA from the U-statistic of Song et al. 2012, over all ordered quadruples of different pictures."""

    def hsic(k: np.ndarray, m: np.ndarray) -> float:
        terms = [k[i, j] * (m[i, j] + m[q, r] - 2 * m[i, q]) for i, j, q, r in permutations(range(len(k)), 4)]
        return sum(terms) / len(terms)

    return hsic(first, second) / np.sqrt(hsic(first, first) * hsic(second, second))


def test_it_is_the_u_statistic_written_out() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(3, 1, (8, 5)), random.normal(-1, 2, (8, 3))
    y[:, 0] += 2 * x[:, 0]
    assert cka(_gram(x), _gram(y))[0, 0] == pytest.approx(_written_out(_gram(x)[0], _gram(y)[0]), abs=1e-12)


def test_one_with_itself_rotated_and_scaled_is_1() -> None:
    random = np.random.default_rng(1)
    x, y = random.normal(size=(80, 12)), random.normal(size=(80, 12)) ** 2
    rotation, _ = np.linalg.qr(random.normal(size=(12, 12)))
    assert cka(_gram(x), _gram(x))[0, 0] == pytest.approx(1, abs=1e-12)
    assert cka(_gram(x), _gram(7 * x @ rotation + 5))[0, 0] == pytest.approx(1, abs=1e-12)
    mixed = x[:, :6] + y[:, :6]
    assert cka(_gram(x @ rotation), _gram(0.01 * mixed)) == pytest.approx(cka(_gram(x), _gram(mixed)), abs=1e-12)


def test_independent_noise_is_0_on_average_and_negative_half_of_the_time() -> None:
    values = []
    for seed in range(200):
        random = np.random.default_rng(seed)
        values.append(cka(_gram(random.normal(size=(64, 20))), _gram(random.normal(size=(64, 30))))[0, 0])
    assert abs(np.mean(values)) < 3 * np.std(values, ddof=1) / np.sqrt(200)
    assert 60 < np.sum(np.array(values) < 0) < 140


def test_what_does_not_vary_has_no_cka() -> None:
    varied = np.random.default_rng(0).normal(size=(70, 4))
    grams = np.concatenate([_gram(varied), np.zeros((1, 70, 70)), np.full((1, 70, 70), 0.1), np.eye(70)[None]])
    found = alike(grams, grams, draws=4)
    assert np.isfinite(found.value).tolist() == [[True] + [False] * 3] + [[False] * 4] * 3
    assert not found.by_chance[1:].any()


def test_the_variance_is_that_of_all_subsamples() -> None:
    # over all subsamples the mean's delete-d variance is exactly s² / n
    values = np.random.default_rng(3).normal(size=9)
    means = np.array([values[list(kept)].mean() for kept in combinations(range(9), 6)])
    assert jackknife_variance(means, 9, 6) == pytest.approx(values.var(ddof=1) / 9, rel=1e-12)


def test_the_interval_is_that_of_subsamples_and_chance_that_of_pairings() -> None:
    random = np.random.default_rng(5)
    x = random.normal(size=(64, 6))
    y = np.maximum(x[:, :4], 0) + random.normal(size=(64, 4))
    first, second = _gram(x), _gram(y)
    found = alike(first, second, draws=1_500)
    drawn = []
    for _ in range(600):
        kept = random.choice(64, 48, replace=False)
        drawn.append(cka(_gram(x[kept]), _gram(y[kept]))[0, 0])
    spread = 1.96 * np.sqrt(48 / 16 * np.var(drawn))
    assert (found.high - found.low)[0, 0] / 2 == pytest.approx(spread, rel=0.1)
    assert (found.high + found.low)[0, 0] / 2 == pytest.approx(found.value[0, 0])
    paired = [cka(first, _gram(y[random.permutation(64)]))[0, 0] for _ in range(1_500)]
    assert found.chance_low[0, 0] == pytest.approx(np.quantile(paired, 0.025), abs=0.02)
    assert found.chance_high[0, 0] == pytest.approx(np.quantile(paired, 0.975), abs=0.02)
    assert not found.by_chance[0, 0]
    assert alike(first, _gram(random.normal(size=(64, 4)))).by_chance[0, 0]


@pytest.mark.parametrize("flattened", [False, True])
def test_features_are_those_of_hooks_on_torchvisions(flattened: bool) -> None:
    ours = build(preset("resnet18"), device="cpu", seed=1)
    theirs = models.resnet18().eval()
    theirs.load_state_dict(ours.state_dict())
    before = snapshot(ours)
    images = torch.randn(LEAST, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    seen: dict[str, np.ndarray] = {}
    for name in ("layer1.1", "layer3.0"):

        def keep(_module, _into, out, row=f"{name}.relu2") -> None:
            features = (out if flattened else out.mean(dim=(2, 3))).flatten(1).double()
            centred = features - features.mean(dim=0)
            seen[row] = (centred @ centred.T).numpy()

        theirs.get_submodule(name).register_forward_hook(keep)
    with torch.no_grad():
        theirs(images)
    found = gram_matrices(
        ours, ours.plan_at((32, 32)), lambda places: images[list(places)], LEAST, list(seen), flattened=flattened
    )
    for gram, row in zip(found, seen, strict=True):
        np.testing.assert_allclose(gram, seen[row], rtol=1e-4, atol=1e-4 * np.abs(seen[row]).max())
    assert snapshot(ours) == before


def test_fewer_than_64_pictures_are_refused_before_anything_runs() -> None:
    model = build(tiny_spec(), device="cpu")
    plan, images = model.plan_at((8, 8)), some_images(LEAST)

    def pictures(places: range) -> torch.Tensor:
        asked.append(places)
        return images[list(places)]

    asked: list[range] = []
    with pytest.raises(LabError, match="needs 64 pictures or more, and there are 63"):
        gram_matrices(model, plan, pictures, 63, ["conv1"])
    assert not asked
    assert gram_matrices(model, plan, pictures, 64, ["conv1"]).shape == (1, 64, 64)
