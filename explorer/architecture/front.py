"""What is worth its cost: the Pareto front of costs against gains."""

from __future__ import annotations

from collections.abc import Sequence


def front(costs: Sequence[float], gains: Sequence[float]) -> tuple[int, ...]:
    """The points that no other is better than: at most as much cost, at least as much gain, and one of them truly so.

    Args:
        costs: of every point; less is better.
        gains: likewise; more is better.

    Returns:
        Their places, in the order of their costs; equal points stand there together.
    """
    found: list[int] = []
    for place in sorted(range(len(costs)), key=lambda at: (costs[at], -gains[at])):
        best = found[-1] if found else None
        if best is None or gains[place] > gains[best] or (costs[place], gains[place]) == (costs[best], gains[best]):
            found.append(place)
    return tuple(found)
