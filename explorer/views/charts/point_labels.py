"""Names at points that keep off each other and off the points, on a chart as narrow as a phone's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from explorer.views.charts.figure import Part
from explorer.views.charts.labels import LABEL_PIXELS

_LETTER, _POINT = 6.2, 4  # pixels of a letter, and of a point to each side of its middle


class Named(NamedTuple):
    """A point and its name.

    Attributes:
        x: where it stands, as the axis counts: powers of ten on a logarithmic one.
        y: likewise.
        text: its name; none is written where it is empty.
    """

    x: float
    y: float
    text: str


class _Side(NamedTuple):
    """Where a name stands beside its point, as Plotly anchors it."""

    xanchor: str
    yanchor: str
    xshift: int
    yshift: int


_SIDES = (
    _Side("right", "bottom", -2, 4),
    _Side("center", "bottom", 0, 5),
    _Side("right", "middle", -8, 0),
    _Side("left", "top", 2, -4),
    _Side("left", "middle", 8, 0),
    _Side("center", "top", 0, -5),
    _Side("left", "bottom", 2, 4),
    _Side("right", "top", -2, -4),
)
_BEFORE = {"right": 1.0, "center": 0.5, "left": 0.0}
_BELOW = {"top": 1.0, "middle": 0.5, "bottom": 0.0}


class _Box(NamedTuple):
    """What is taken of the chart, in pixels from its lower left corner."""

    left: float
    low: float
    right: float
    high: float

    def meets(self, other: _Box) -> bool:
        return self.left < other.right and other.left < self.right and self.low < other.high and other.low < self.high


def point_labels(
    points: Sequence[Named],
    *,
    across: tuple[float, float],
    up: tuple[float, float],
    pixels: tuple[float, float],
) -> list[Part]:
    """Names of points, the first ones first; a name that has no room on any side is left out.

    Args:
        points: all that are drawn, so that no name lies on one.
        across: ends of the axis from left to right, as it counts.
        up: likewise from bottom to top.
        pixels: how wide and how high the chart is where it is narrowest.
    """

    def place(point: Named) -> tuple[float, float]:
        return (
            pixels[0] * (point.x - across[0]) / (across[1] - across[0]),
            pixels[1] * (point.y - up[0]) / (up[1] - up[0]),
        )

    taken = [_Box(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in map(place, points)]
    notes: list[Part] = []
    for point in points:
        found = _free(place(point), point.text, taken, pixels) if point.text else None
        if found is not None:
            side, box = found
            taken.append(box)
            notes.append({"text": point.text, "x": point.x, "y": point.y, "font": {"size": 11}, **side._asdict()})
    return notes


def _free(
    at: tuple[float, float], text: str, taken: Sequence[_Box], pixels: tuple[float, float]
) -> tuple[_Side, _Box] | None:
    """The first side on which a name covers nothing and stays within the chart."""
    wide = _LETTER * len(text)
    for side in _SIDES:
        left = at[0] + side.xshift - _BEFORE[side.xanchor] * wide
        low = at[1] + side.yshift - _BELOW[side.yanchor] * LABEL_PIXELS
        box = _Box(left, low, left + wide, low + LABEL_PIXELS)
        inside = box.left >= 0 and box.right <= pixels[0] and box.low >= 0 and box.high <= pixels[1]
        if inside and not any(box.meets(other) for other in taken):
            return side, box
    return None
