"""The loss on a square grid, coarse first and finer in steps, and what can be read off it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.model.download import Progress

COARSE, FINE = 8, 32
"""Steps along a side, at first and at the end; each time twice as many."""
NEAR = 0.5
"""How far from the middle the rise is measured, in norms of the filters."""


@dataclass(frozen=True, kw_only=True)
class Square:
    """A part of a plane: from ``x - reach`` to ``x + reach``, and likewise from bottom to top."""

    x: float = 0.0
    y: float = 0.0
    reach: float = 1.0

    def axes(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Places of the points of a grid with so many steps along a side, ``(steps + 1,)`` each."""
        offsets = self.reach * (2 * np.arange(steps + 1) / steps - 1)
        return self.x + offsets, self.y + offsets


@dataclass(frozen=True, eq=False, kw_only=True)
class Surface:
    """The loss at the points of a grid.

    Attributes:
        square: what the grid covers.
        loss: ``(steps + 1, steps + 1)``, rows along the second direction; not finite where outputs overflow.
    """

    square: Square
    loss: np.ndarray

    @property
    def steps(self) -> int:
        """Steps along a side."""
        return len(self.loss) - 1

    @property
    def axes(self) -> tuple[np.ndarray, np.ndarray]:
        """Places of the columns and of the rows."""
        return self.square.axes(self.steps)

    @property
    def centre(self) -> float:
        """The loss in the middle of the square."""
        return float(self.loss[self.steps // 2, self.steps // 2])

    def coarser(self, steps: int) -> Surface:
        """The same with every second, fourth … point alone."""
        stride = self.steps // steps
        return Surface(square=self.square, loss=self.loss[::stride, ::stride])


def surface(
    loss: Callable[[float, float], float],
    square: Square | None = None,
    *,
    steps: int = COARSE,
    known: Surface | None = None,
    progress: Progress | None = None,
    what: str = "",
) -> Surface:
    """Measure the loss at the points of a grid, but for those that are known.

    Args:
        loss: of a point, such as a ``PlaneLoss``.
        square: what the grid covers, by default from −1 to 1 along both directions.
        steps: along a side, even.
        known: a coarser grid over the same square, whose steps divide these.
        progress: told the share that is done, and in words what is worked on; may raise to end the work.
        what: the words.
    """
    square = square or Square()
    x, y = square.axes(steps)
    values = np.full((steps + 1, steps + 1), np.nan)
    wanted = np.ones(values.shape, dtype=bool)
    if known is not None:
        stride = steps // known.steps
        values[::stride, ::stride] = known.loss
        wanted[::stride, ::stride] = False
    places = np.argwhere(wanted)
    for done, (row, column) in enumerate(places):
        if progress is not None:
            progress(done / len(places), f"{what}: {done:,} of {len(places):,} points")
        values[row, column] = loss(float(x[column]), float(y[row]))
    return Surface(square=square, loss=values)


def near(found: Surface) -> float:
    """The mean loss at the four points that lie half a norm of the filters from the middle along the two directions.

    Args:
        found: around trained weights, over a square that reaches to 1 and in steps that four divides.
    """
    middle = found.steps // 2
    away = round(NEAR / found.square.reach * middle)
    across, upright = found.loss[middle], found.loss[:, middle]
    return float(np.mean([line[middle + side] for line in (across, upright) for side in (-away, away)]))


def bent_down(found: Surface) -> tuple[int, int]:
    """At how many points the loss bends down in some direction of the plane, and of how many that is said.

    There the smaller eigenvalue of the 2×2 matrix of second derivatives is negative, which it is at no point of a
    convex surface; differences of second order between neighbouring points stand for the derivatives.

    Args:
        found: of at least two steps along a side; points beside a loss that is not finite are left out.
    """
    loss, (x, y) = found.loss, found.axes
    width, height = x[1] - x[0], y[1] - y[0]
    with np.errstate(invalid="ignore"):
        xx = (loss[1:-1, 2:] - 2 * loss[1:-1, 1:-1] + loss[1:-1, :-2]) / width**2
        yy = (loss[2:, 1:-1] - 2 * loss[1:-1, 1:-1] + loss[:-2, 1:-1]) / height**2
        xy = (loss[2:, 2:] - loss[2:, :-2] - loss[:-2, 2:] + loss[:-2, :-2]) / (4 * width * height)
        smaller = (xx + yy) / 2 - np.hypot((xx - yy) / 2, xy)
    known = smaller[np.isfinite(smaller)]
    # rounding of the losses, as it comes through the differences
    size = np.abs(loss[np.isfinite(loss)]).max(initial=0.0)
    return int((known < -1e-6 * size / min(width, height) ** 2).sum()), len(known)
