"""Names at points: inside the chart, and on nothing."""

from __future__ import annotations

import random

import pytest

from explorer.views.charts.labels import LABEL_PIXELS
from explorer.views.charts.point_labels import Named, point_labels

WIDE, HIGH = 300, 400
BEFORE = {"right": 1.0, "center": 0.5, "left": 0.0}
BELOW = {"top": 1.0, "middle": 0.5, "bottom": 0.0}


def boxes(points: list[Named]) -> list[tuple[float, float, float, float]]:
    found = []
    for note in point_labels(points, across=(0, 1), up=(0, 1), pixels=(WIDE, HIGH)):
        wide = 6.2 * len(note["text"])
        left = WIDE * note["x"] + note["xshift"] - BEFORE[note["xanchor"]] * wide
        low = HIGH * note["y"] + note["yshift"] - BELOW[note["yanchor"]] * LABEL_PIXELS
        found.append((left, low, left + wide, low + LABEL_PIXELS))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_names_cover_neither_each_other_nor_a_point_nor_leave_the_chart(seed: int) -> None:
    draw = random.Random(seed)
    points = [Named(draw.random(), draw.random(), f"network {place}") for place in range(25)]
    placed = boxes(points)
    assert placed
    for place, (left, low, right, high) in enumerate(placed):
        assert left >= 0
        assert low >= 0
        assert right <= WIDE
        assert high <= HIGH
        for other in placed[place + 1 :]:
            assert left >= other[2] or other[0] >= right or low >= other[3] or other[1] >= high
        assert not any(left < WIDE * one.x < right and low < HIGH * one.y < high for one in points)


def test_a_point_without_a_name_has_none_and_the_first_come_first() -> None:
    crowded = [Named(0.5, 0.5, "first"), Named(0.5, 0.5, ""), *(Named(0.5, 0.5, f"later {n}") for n in range(30))]
    texts = [note["text"] for note in point_labels(crowded, across=(0, 1), up=(0, 1), pixels=(WIDE, HIGH))]
    assert texts[0] == "first"
    assert "" not in texts
    assert len(texts) < 31
