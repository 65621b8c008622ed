"""Some of a network's blocks, drawn at random again and again, and the mean of what they gave."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from scipy.special import stdtrit

_UPPER_END = 0.975  # of the distribution lies below it: 95 % are between both ends


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A mean with its 95 % interval.

    Attributes:
        mean: of the draws.
        low: lower end.
        high: upper end.
        draws: how many there are.
    """

    mean: float
    low: float
    high: float
    draws: int


def sets_of(blocks: int, count: int, draws: int) -> int:
    """How many sets ``drawn`` gives."""
    return min(draws, math.comb(blocks, count))


def drawn(blocks: Sequence[str], count: int, *, draws: int, seed: int) -> list[tuple[str, ...]]:
    """Sets of so many blocks: each drawn without a look at the others, or every set there is where these are fewer.

    Args:
        blocks: to draw from.
        count: blocks of a set.
        draws: how many sets.
        seed: equal seeds draw equal sets from equal blocks.
    """
    if math.comb(len(blocks), count) <= draws:
        return list(itertools.combinations(blocks, count))
    generator = random.Random(f"{seed} {count}")
    return [tuple(generator.sample(blocks, count)) for _ in range(draws)]


def mean_of(values: Sequence[float], *, complete: bool) -> Mean:
    """The mean with Student's interval of 95 %.

    Args:
        values: one of each draw, at least 2 unless they are complete.
        complete: whether every set there is was taken, so that the interval has no width.
    """
    mean = fmean(values)
    half = 0.0
    if not complete:
        half = float(stdtrit(len(values) - 1, _UPPER_END) * np.std(values, ddof=1)) / math.sqrt(len(values))
    return Mean(mean=mean, low=mean - half, high=mean + half, draws=len(values))
