"""The front against its definition, point by point."""

from __future__ import annotations

import random

import pytest

from explorer.architecture.front import front


def is_beaten(costs: list[int], gains: list[int], at: int) -> bool:
    return any(
        costs[other] <= costs[at]
        and gains[other] >= gains[at]
        and (costs[other] < costs[at] or gains[other] > gains[at])
        for other in range(len(costs))
    )


@pytest.mark.parametrize("seed", range(200))
def test_the_front_is_what_no_point_beats(seed: int) -> None:
    draw = random.Random(seed)
    count = draw.randint(0, 12)
    costs, gains = ([draw.randint(0, 6) for _ in range(count)] for _ in range(2))
    found = front(costs, gains)
    assert sorted(found) == [at for at in range(count) if not is_beaten(costs, gains, at)]
    assert [costs[at] for at in found] == sorted(costs[at] for at in found)
