"""The numbers of the mover ``projection``."""

from __future__ import annotations

from typing import Any

import numpy as np

_CLASSES = (((0, -1, -1.1), 20), ((0, -1, 1.1), 20), ((0, 3, 0), 12))
"""Centre and number of the points of each; the first two part in the direction that varies least."""
_SPREAD = (3, 1.2, 0.35)


def data() -> dict[str, Any]:
    """Points of three classes by their three principal components, the strongest first, and the class of each."""
    random = np.random.RandomState(0)
    cloud = np.concatenate([random.normal(centre, _SPREAD, (count, 3)) for centre, count in _CLASSES])
    cloud -= cloud.mean(axis=0)
    components = np.linalg.svd(cloud, full_matrices=False)[2]
    labels = [place for place, (_, count) in enumerate(_CLASSES) for _ in range(count)]
    return {"points": (cloud @ components.T).round(3).tolist(), "labels": labels}
