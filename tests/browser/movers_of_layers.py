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


def alike(shared: float, features: int, pictures: int) -> Read:
    """What is expected of both estimates, within four standard deviations of the unbiased one for noise."""
    expected = shared + (1 - shared) * features / (features + pictures)
    reach = 4 * 2**0.5 / pictures + 0.005

    def around(value: float) -> Callable[[str], bool]:
        return lambda words: abs(float(words.replace("−", "-")) - value) <= reach

    return {"biased": around(expected), "expected": f"{expected:.2f}", "unbiased": around(shared)}


CASES: list[tuple[str, Moved, Read | Callable[[], Read]]] = [
    ("projection", {}, partial(projection, 0, 0)),
    ("projection", {"tilt": 90}, partial(projection, 90, 0)),
    ("projection", {"tilt": 40, "turn": 125}, partial(projection, 40, 125)),
    ("alike", {"features": 5, "pictures": 4}, partial(alike, 0, 256, 128)),
    ("alike", {"features": 4, "pictures": 5, "again": 1}, partial(alike, 0, 128, 256)),
    ("alike", {"shared": 0.6, "features": 5, "pictures": 5}, partial(alike, 0.6, 256, 256)),
]
"""As in ``test_movers``."""
