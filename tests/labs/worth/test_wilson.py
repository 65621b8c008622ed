"""The interval is SciPy's."""

import pytest
from scipy.stats import binomtest

from explorer.labs.worth.wilson import wilson


@pytest.mark.parametrize(("hits", "of"), [(0, 1), (0, 40), (1, 3), (45, 90), (437, 450), (500, 500)])
def test_is_wilsons(hits: int, of: int) -> None:
    expected = binomtest(hits, of).proportion_ci(0.95, method="wilson")
    assert wilson(hits, of) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_a_share_lies_within_its_interval() -> None:
    for of in range(1, 200):
        for hits in range(of + 1):
            low, high = wilson(hits, of)
            assert 0 <= low <= hits / of <= high <= 1
