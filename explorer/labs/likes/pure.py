"""How often the pictures that a channel likes share a class, for all channels of a row."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.labs.likes.strongest import NINE, Maxima

_DRAWS = 10_000
_LEAST = 10  # pictures, for the share among a percentage of all to say something


@dataclass(frozen=True, eq=False, kw_only=True)
class Purity:
    """Of every channel the share of the commonest class among its strongest pictures.

    Attributes:
        nine: among the nine strongest, ``(channels,)``.
        by_chance: among nine that are drawn by chance, on average.
        wide: how many pictures the strongest ``percent`` of all are.
        percent: 1, or 10 where these are fewer than ten pictures.
        of_wide: among these, ``(channels,)``; of fewer than ten pictures it says little.
    """

    nine: np.ndarray
    by_chance: float
    wide: int
    percent: int
    of_wide: np.ndarray


def purity(measured: Maxima, labels: np.ndarray) -> Purity:
    """How pure the strongest pictures of every channel are.

    Args:
        measured: of a row.
        labels: the class of every picture, ``(pictures,)``.
    """
    percent = 1 if math.ceil(len(labels) / 100) >= _LEAST else 10
    wide = math.ceil(len(labels) * percent / 100)
    return Purity(
        nine=measured.purity(labels),
        by_chance=purity_by_chance(labels, min(NINE, len(labels))),
        wide=wide,
        percent=percent,
        of_wide=measured.purity(labels, wide),
    )


def purity_by_chance(labels: np.ndarray, count: int, *, seed: int = 0) -> float:
    """How pure so many pictures are that are drawn by chance: the mean of 10,000 draws without replacement.

    Args:
        labels: of all pictures, ``(N,)``.
        count: how many are drawn, at most N.
        seed: of the draws.
    """
    _, of_each = np.unique(labels, return_counts=True)
    drawn = np.random.default_rng(seed).multivariate_hypergeometric(of_each, count, size=_DRAWS)
    return float(drawn.max(axis=1).mean() / count)


def in_order(measured: Maxima, pure: Purity | None) -> tuple[int, ...]:
    """All channels, the purest first; of equal ones, and without labels, the one with the largest output."""
    keys = [-measured.values.max(axis=0)]
    if pure is not None:
        keys += [-pure.of_wide, -pure.nine]
    return tuple(np.lexsort(keys).tolist())
