"""How far a share may lie from the one that was counted."""

from __future__ import annotations

from math import sqrt

_DEVIATIONS = 1.959963984540054  # hold 95 % of a normal distribution


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share that was counted in a sample (Wilson 1927).

    Args:
        hits: how often it was so.
        of: how many were looked at, at least one.

    Returns:
        Its ends, both from 0 to 1.
    """
    squared = _DEVIATIONS**2
    middle = (hits + squared / 2) / (of + squared)
    reach = _DEVIATIONS / (of + squared) * sqrt(hits * (of - hits) / of + squared / 4)
    share = hits / of  # it lies within, and rounding shall not put it outside
    return min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach))
