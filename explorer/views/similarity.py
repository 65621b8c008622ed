"""How alike layers are, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False, kw_only=True)
class Alike:
    """How alike the rows of one network are to those of another, or to each other.

    All arrays are ``(rows, rows of the other)``; NaN where CKA is not defined.

    Attributes:
        value: the CKA.
        low: lower end of its 95 % interval.
        high: the upper end.
        chance_low: where 95 % of the CKAs begin whose pictures are paired at random.
        chance_high: where they end.
        pictures: how many there were.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    chance_low: np.ndarray
    chance_high: np.ndarray
    pictures: int

    @property
    def by_chance(self) -> np.ndarray:
        """Which values lie within what random pairing gives."""
        return (self.value >= self.chance_low) & (self.value <= self.chance_high)

    @property
    def nbytes(self) -> int:
        """Of all arrays."""
        return 5 * self.value.nbytes
