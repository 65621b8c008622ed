"""The pictures and places that excite each channel of a row most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.errors import LabError
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.features import batch_size, in_batches
from explorer.model.forward import kept, run
from explorer.model.layout import drawable
from explorer.model.probe import known_names, recordable

NINE = 9


class Excited(NamedTuple):
    """A picture that excites a channel, and where.

    Attributes:
        picture: its place among the pictures.
        y: row of the position with the largest value, the first one where there are several.
        x: column of it.
        value: the channel's output there.
    """

    picture: int
    y: int
    x: int
    value: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Maxima:
    """The largest output of every channel of a row on every picture.

    Attributes:
        row: its name.
        values: ``(pictures, channels)``.
        positions: where that is, y · width + x, likewise.
        width: of the row's map; 1 where it has no positions.
    """

    row: str
    values: np.ndarray
    positions: np.ndarray
    width: int

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays, the order among them."""
        return self.values.nbytes + 3 * self.positions.nbytes

    @property
    def channels(self) -> int:
        """How many there are."""
        return int(self.values.shape[1])

    @cached_property
    def order(self) -> np.ndarray:
        """Places of the pictures by channel, ``(pictures, channels)``: the strongest first, equal ones as they come."""
        return np.argsort(-self.values, axis=0, kind="stable")

    @property
    def silent(self) -> np.ndarray:
        """Which channels are excited by no picture, ``(channels,)``: their largest output is exactly 0 on all."""
        return np.abs(self.values).max(axis=0) == 0

    def strongest(self, channel: int, most: int = NINE) -> tuple[Excited, ...]:
        """The pictures that excite a channel most, one place of each; those that leave it at exactly 0 are none.

        Args:
            channel: from 0.
            most: how many at most.
        """
        found = []
        for picture in self.order[:most, channel].tolist():
            value = float(self.values[picture, channel])
            if value:
                y, x = divmod(int(self.positions[picture, channel]), self.width)
                found.append(Excited(picture, y, x, value))
        return tuple(found)

    def purity(self, labels: np.ndarray, count: int = NINE) -> np.ndarray:
        """How often the strongest pictures of each channel share a class.

        Args:
            labels: the class of every picture, ``(pictures,)``.
            count: of the strongest pictures that are looked at, as far as there are so many.

        Returns:
            The share of the commonest class among them, ``(channels,)``; a picture that leaves a channel at exactly 0
            is of none.
        """
        first = self.order[:count]
        excited = np.take_along_axis(self.values, first, axis=0) != 0
        counts = [((labels[first] == one) & excited).sum(axis=0) for one in np.unique(labels)]
        return np.max(counts, axis=0) / len(first)


def maxima(
    model: ObservableModule,
    plan: Plan,
    pictures: Callable[[range], Tensor],
    count: int,
    row: str,
    *,
    progress: Progress | None = None,
) -> Maxima:
    """The largest output of every channel of a row on every picture, in eval mode, a batch at a time.

    Args:
        model: from ``build``, or wrapped.
        plan: of it, at the size of the pictures.
        pictures: the pictures of some places as the network gets them, ``(n, C, H, W)``.
        count: how many there are.
        row: a row of the plan.
        progress: as for ``in_batches``.

    Raises:
        ExplorerError: there is no row of that name.
        LabError: there is no picture, or a value is NaN or infinite.
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    known_names([row], recordable(model), "row")
    if not count:
        raise LabError("There is no picture to look at.")
    values: list[np.ndarray] = []
    positions: list[np.ndarray] = []
    widths: list[int] = []

    def keep(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if name == row:
            maps = drawable(plan.rows[row].op, output)
            largest, places = maps.reshape(*maps.shape[:2], -1).max(dim=2)
            values.append(kept(largest.float()))
            positions.append(kept(places.int()))
            widths.append(maps.shape[3] if maps.dim() == 4 else 1)

    for places in in_batches(count, batch_size(plan), progress=progress, what=f"Pictures through {plan.network.title}"):
        run(model, pictures(places), keep)
    found = np.concatenate(values)
    if not np.isfinite(found).all():
        raise LabError(
            f"{row} outputs NaN or infinity on some of these pictures: choose other weights or a row before it."
        )
    return Maxima(row=row, values=found, positions=np.concatenate(positions), width=widths[0])
