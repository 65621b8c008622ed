"""What the movers of channels and of layers alike shall answer, worked out by scikit-learn and closed forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from sklearn.neighbors import NearestNeighbors

from explorer.ui.learn.moving import values
from tests.browser.movers_of_depth import Moved, Read


def percent(expected: float) -> Callable[[str], bool]:
    return lambda words: abs(float(words.removesuffix(" %")) - 100 * expected) <= 0.51


def projection(tilt: float, turn: float) -> Read:
    """What a plane shows of the cloud, the plane found as what is at right angles to the direction of sight."""
    cloud, labels = (np.array(values("projection")[name]) for name in ("points", "labels"))
    t, f = np.radians([tilt, turn])
    sight = np.array([np.sin(t) * np.cos(f), np.sin(t) * np.sin(f), np.cos(t)])
    plane = cloud - np.outer(cloud @ sight, sight)
    near, seen = (NearestNeighbors(n_neighbors=5).fit(points).kneighbors()[1] for points in (cloud, plane))
    kept = np.mean([len(set(one) & set(other)) / 5 for one, other in zip(near, seen, strict=True)])
    alike = [float((labels[found] == labels[:, None]).mean()) for found in (near, seen)]
    return {
        "explained": percent(plane.var(axis=0).sum() / cloud.var(axis=0).sum()),
        "kept": percent(float(kept)),
        "own": percent(alike[1]),
        "said": lambda words: f"{100 * alike[0]:.0f} %" in words,
    }


def alike(shared: float, features: int, pictures: int, draw: int = 1) -> Read:
    """Both estimates of CKA for the mover's draw: from products of features, and by HSIC as Song et al. write it."""
    numbers = _normal(draw, 2 * pictures * features).reshape(2, pictures, features)
    layers = numbers[0], np.sqrt(shared) * numbers[0] + np.sqrt(1 - shared) * numbers[1]
    x, y = (layer - layer.mean(axis=0) for layer in layers)
    biased = np.linalg.norm(x.T @ y) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))
    common, first, second = (_hsic(layers[one], layers[other]) for one, other in ((0, 1), (0, 0), (1, 1)))
    return {
        "biased": close(float(biased)),
        "expected": f"{shared + (1 - shared) * features / (features + pictures):.2f}",
        "unbiased": close(float(common / np.sqrt(first * second))),
    }


def close(expected: float) -> Callable[[str], bool]:
    return lambda words: abs(float(words.replace("−", "-")) - expected) <= 0.0051


def _hsic(first: np.ndarray, second: np.ndarray) -> float:
    """HSIC without bias, up to a factor: Song et al. 2012, equation 5."""
    n = len(first)
    one, other = (layer @ layer.T * (1 - np.eye(n)) for layer in (first, second))
    sums = one.sum() * other.sum() / (n - 1) / (n - 2)
    return float((one * other).sum() + sums - 2 / (n - 2) * (one @ other).sum())


def _normal(seed: int, count: int) -> np.ndarray:
    """Standard normal numbers from mulberry32 by Box and Muller, as the mover draws them."""
    state, drawn = seed, np.empty(2 * count)
    for place in range(2 * count):
        state = (state + 0x6D2B79F5) % 2**32
        mixed = (state ^ state >> 15) * (1 | state) % 2**32
        mixed ^= (mixed + (mixed ^ mixed >> 7) * (61 | mixed)) % 2**32
        drawn[place] = (mixed ^ mixed >> 14) / 2**32
    return np.sqrt(-2 * np.log(1 - drawn[::2])) * np.cos(2 * np.pi * drawn[1::2])


CASES: list[tuple[str, Moved, Read | Callable[[], Read]]] = [
    ("projection", {}, partial(projection, 0, 0)),
    ("projection", {"tilt": 90}, partial(projection, 90, 0)),
    ("projection", {"tilt": 40, "turn": 125}, partial(projection, 40, 125)),
    ("alike", {"features": 4, "pictures": 0}, partial(alike, 0, 128, 8)),
    ("alike", {"features": 3, "pictures": 1, "again": 1}, partial(alike, 0, 64, 16, draw=2)),
    ("alike", {"shared": 0.6, "features": 2, "pictures": 4}, partial(alike, 0.6, 32, 128)),
]
"""As in ``test_movers``."""
