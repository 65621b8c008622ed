"""The histogram of a channel's outputs says what NumPy counts."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.views.likes import maxima_figure

VALUES = np.random.default_rng(2).gamma(2.0, size=300)


def test_bars_are_the_shares_of_all_pictures_and_of_the_class_before_them() -> None:
    own = np.arange(300) % 4 == 0
    drawn = maxima_figure(VALUES, own, name="Coat", weakest=5.0, stage="layer1", theme="light")
    everything, coats = drawn.data
    counts, edges = np.histogram(VALUES, bins=32)
    assert np.asarray(everything.y) == pytest.approx(counts / 300)
    assert np.asarray(everything.x) == pytest.approx((edges[1:] + edges[:-1]) / 2)
    assert np.asarray(coats.y) == pytest.approx(np.histogram(VALUES[own], bins=edges)[0] / 75)
    (line,) = drawn.layout.shapes
    assert line.x0 == line.x1 == 5.0


@pytest.mark.parametrize("values", [np.zeros(5), np.full(3, 3e8), np.array([1.0])])
def test_equal_values_are_one_bar(values: np.ndarray) -> None:
    drawn = maxima_figure(values, np.zeros(len(values), dtype=bool), name="", weakest=None, stage="stem", theme="dark")
    (bars,) = drawn.data
    assert np.asarray(bars.y).sum() == pytest.approx(1)
