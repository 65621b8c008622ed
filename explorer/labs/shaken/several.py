"""Many pictures shaken in the same way: how far every row is moved on the average, and how widely pictures differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.labs.shaken.changes import Given
from explorer.labs.shaken.moved import shaken
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.features import in_batches

SPREAD = (0.1, 0.9)
"""Quantiles between which four of five pictures lie."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """What many pictures have of one number.

    Attributes:
        mean: over those that have a finite one; NaN where none has.
        low: a tenth of them lies below it.
        high: a tenth lies above it.
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Several:
    """What changes of the same strengths move on ``n`` pictures.

    Attributes:
        places: of the pictures among those that were asked for, ``(n,)``; others could not be changed in that way.
        rows: ‖Δ‖ / ‖a‖ of every row, the network's ``input`` first, ``(n, strengths)``.
        shortcut: the same of x at each addition, by block.
        main: of F(x).
        total: of their sum.
        before: what the network outputs for the pictures, ``(n, classes)``; of a generator, whose pictures are not
            kept, ``(n, 0)``.
        after: for the changed ones, ``(n, strengths, classes)``, likewise.
    """

    places: np.ndarray
    rows: Mapping[str, np.ndarray]
    shortcut: Mapping[str, np.ndarray]
    main: Mapping[str, np.ndarray]
    total: Mapping[str, np.ndarray]
    before: np.ndarray
    after: np.ndarray

    @property
    def nbytes(self) -> int:
        """What it takes in memory, in bytes."""
        of_ways = (self.shortcut, self.main, self.total)
        parts = [self.before, self.after, *(one for by in (self.rows, *of_ways) for one in by.values())]
        return sum(one.nbytes for one in parts)


def spread(values: np.ndarray) -> Spread:
    """Mean and quantiles of the finite ones of some numbers, ``(n,)``."""
    known = values[np.isfinite(values)]
    if not known.size:
        return Spread(mean=np.nan, low=np.nan, high=np.nan)
    low, high = np.quantile(known, SPREAD)
    return Spread(mean=float(known.mean()), low=float(low), high=float(high))


def several_shaken(
    model: ObservableModule,
    plan: Plan,
    count: int,
    given: Callable[[int], Given],
    changed: Callable[[int, Given], Sequence[Tensor] | None],
    *,
    progress: Progress | None = None,
) -> Several | None:
    """Send pictures one after the other, each with its changed ones, through a network in eval mode.

    Args:
        model: from ``build``, or wrapped; it is given back as it was.
        plan: of it, at the size of the pictures.
        count: how many pictures there are.
        given: the picture of a place.
        changed: the same picture at every strength, each ``(C, H, W)``; None where it cannot be changed so.
        progress: as for ``in_batches``.

    Returns:
        None where no picture could be changed.

    Raises:
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    found, places = [], []
    for (place,) in in_batches(count, 1, progress=progress, what=f"Pictures through {plan.network.title}"):
        picture = given(place)
        pixels = changed(place, picture)
        if pixels is not None:
            found.append(shaken(model, plan, picture, pixels))
            places.append(place)
    if not found:
        return None
    by_row = [{row: moved.share for row, moved in shake.rows.items()} for shakes in found for shake in shakes]
    shape = (len(found), len(found[0]))

    def table(of: Sequence[float]) -> np.ndarray:
        return np.array(of, dtype=np.float64).reshape(shape)

    additions = [shake.additions for shakes in found for shake in shakes]
    blocks = [one.block for one in additions[0]]
    return Several(
        places=np.array(places),
        rows={row: table([shares[row] for shares in by_row]) for row in by_row[0]},
        shortcut={block: table([at[n].shortcut.share for at in additions]) for n, block in enumerate(blocks)},
        main={block: table([at[n].main.share for at in additions]) for n, block in enumerate(blocks)},
        total={block: table([at[n].total.share for at in additions]) for n, block in enumerate(blocks)},
        before=np.stack([_scores(shakes[0].before) for shakes in found]),
        after=np.stack([[_scores(shake.after) for shake in shakes] for shakes in found]),
    )


def _scores(outputs: np.ndarray) -> np.ndarray:
    return outputs if outputs.ndim == 1 else outputs.ravel()[:0]
