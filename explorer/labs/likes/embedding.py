"""All pictures as points, at every depth of a network: its features projected onto a plane by principal components.

The projection of a depth is linear and fixed by the pictures: the two directions in which they vary most. Planes of
neighbouring depths are turned, or mirrored, onto each other by orthogonal Procrustes (Schönemann 1966), which changes
no distance in them, so that a picture moves no further than its features make it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.errors import LabError
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.features import position_means
from explorer.model.forward import kept
from explorer.model.probe import part_ends

PIXELS = "pixels"
PIXELS_SIDE = 32
"""Larger pictures are averaged down to this side before they are compared pixel by pixel."""
NEAREST = 8
MOST_DEPTHS = 40
FEWEST = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Depth:
    """The pictures at one depth.

    Attributes:
        name: ``pixels``, ``stem`` or a block.
        row: the row that it ends with; empty for the pixels.
        points: ``(N, 2)``, their mean square distance from the middle 1; all 0 where the pictures are alike.
        explained: share of the variance that lies in the plane; NaN where there is none.
        neighbours: places of the nearest pictures of each, ``(N, k)``, by the distance between all features.
        alike: share of these that have the class of the picture; None without labels.
    """

    name: str
    row: str
    points: np.ndarray
    explained: float
    neighbours: np.ndarray
    alike: float | None


def features_by_depth(
    model: ObservableModule,
    plan: Plan,
    pictures: Callable[[range], Tensor],
    count: int,
    *,
    progress: Progress | None = None,
) -> dict[str, tuple[str, np.ndarray]]:
    """What the pictures are at every depth: their pixels, then the means over the positions where a part ends.

    Args:
        model: from ``build``, or wrapped.
        plan: of it, at the size of the pictures.
        pictures: the pictures of some places as the network gets them, ``(n, C, H, W)``.
        count: how many there are.
        progress: as for ``in_batches``.

    Returns:
        By name, ``pixels``, ``stem``, ``layer1.0`` …, the row and the features ``(count, features)``. Of more than 40
        parts an even selection with the first and the last.

    Raises:
        LabError: there are fewer than three pictures, or a value is NaN or infinite.
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    if count < FEWEST:
        raise LabError(f"A plane takes at least {FEWEST} pictures, and {count} {'is' if count == 1 else 'are'} here.")
    parts = list(part_ends(model).items())
    chosen = np.unique(np.linspace(0, len(parts) - 1, min(len(parts), MOST_DEPTHS)).round().astype(int))
    ends = dict(parts[place] for place in chosen)
    pixels: list[np.ndarray] = []

    def watched(places: range) -> Tensor:
        batch = pictures(places)
        height, width = (min(side, PIXELS_SIDE) for side in batch.shape[2:])
        pixels.append(kept(F.adaptive_avg_pool2d(batch, (height, width)).flatten(1)))
        return batch

    means = position_means(model, plan, watched, count, list(ends), progress=progress)
    found = {PIXELS: ("", np.concatenate(pixels)), **{name: (row, means[row]) for row, name in ends.items()}}
    for name, (_, features) in found.items():
        if not np.isfinite(features).all():
            raise LabError(f"{name} outputs NaN or infinity here: choose other weights.")
    return found


def embedded(
    features: Mapping[str, tuple[str, np.ndarray]], labels: Sequence[int] | np.ndarray | None, *, nearest: int = NEAREST
) -> tuple[Depth, ...]:
    """The pictures at every depth, each plane turned onto the one before.

    Args:
        features: from ``features_by_depth``.
        labels: the class of each picture; None where nobody has said it.
        nearest: how many neighbours of each are looked at, as far as there are others.
    """
    depths: list[Depth] = []
    for name, (row, values) in features.items():
        points, explained = plane(values)
        if depths:
            points = points @ turned(points, depths[-1].points)
        neighbours = nearest_of(values, nearest)
        alike = (
            None if labels is None else float((np.asarray(labels)[neighbours] == np.asarray(labels)[:, None]).mean())
        )
        depths.append(Depth(name=name, row=row, points=points, explained=explained, neighbours=neighbours, alike=alike))
    return tuple(depths)


def _alike(labels: np.ndarray, neighbours: np.ndarray) -> float:
    return float((labels[neighbours] == labels[:, None]).mean())


def plane(features: np.ndarray) -> tuple[np.ndarray, float]:
    """The pictures in the plane of the first two principal components.

    Args:
        features: ``(N, features)``.

    Returns:
        Points ``(N, 2)`` with a mean square distance of 1 from their middle, and the share of the variance that lies
        in the plane: 0 and NaN where the pictures are all alike.
    """
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    points = np.zeros((len(features), 2))
    # principal components from the smaller of both products: pictures by pictures, or features by features
    if len(centred) <= centred.shape[1]:
        variances, directions = np.linalg.eigh(centred @ centred.T)
        scores = directions[:, :-3:-1] * np.sqrt(np.clip(variances[:-3:-1], 0, None))
    else:
        variances, directions = np.linalg.eigh(centred.T @ centred)
        scores = centred @ directions[:, :-3:-1]
    points[:, : scores.shape[1]] = scores
    inside, total = float((points**2).sum()), float((centred**2).sum())
    # what rounding leaves of pictures that are alike is no variance
    if total <= 1e-12 * float((features.astype(np.float64) ** 2).sum()):
        return np.zeros_like(points), float("nan")
    return points * np.sqrt(len(points) / inside), inside / total


def turned(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """The rotation or reflection ``(2, 2)`` that brings points closest to others: orthogonal Procrustes.

    Args:
        points: ``(N, 2)``; they are multiplied by it from the right.
        onto: ``(N, 2)``.
    """
    left, _, right = np.linalg.svd(points.T @ onto)
    return left @ right


def nearest_of(features: np.ndarray, count: int) -> np.ndarray:
    """The nearest other pictures by the Euclidean distance between their features.

    Args:
        features: ``(N, features)``.
        count: how many of each, at most N − 1.

    Returns:
        Their places ``(N, count)``, the nearest first, equally near ones as they come.
    """
    values = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    squares = (values**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * values @ values.T
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, : min(count, len(values) - 1)]


def alike_by_chance(labels: Sequence[int] | np.ndarray) -> float:
    """The share of all pairs of different pictures that share a class."""
    _, counts = np.unique(np.asarray(labels), return_counts=True)
    total = int(counts.sum())
    return float((counts * (counts - 1)).sum() / (total * (total - 1)))
