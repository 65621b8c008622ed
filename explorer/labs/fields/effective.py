"""The effective receptive field: how much each pixel of the picture counts for one position of a map.

Luo et al. 2016, arXiv 1701.04128.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.labs.cost import picture_seconds
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.features import batch_size, in_batches
from explorer.model.forward import passed
from explorer.model.gradients import differentiable
from explorer.model.layout import drawable
from explorer.model.probe import known_names, recordable

FEWEST_PICTURES = 16
"""With fewer a figure gets no number."""
THRESHOLD = 0.0455
"""A pixel counts whose gradient is above this share of the largest: within two standard deviations of a Gaussian."""


class _AllSeenError(Exception):
    """Raised by who watches a pass where nothing behind it is asked for."""


@dataclass(frozen=True, eq=False, kw_only=True)
class EffectiveField:
    """How much each pixel counts for one position of a row.

    Attributes:
        gradient: mean over the pictures of |∂y/∂x|, summed over the picture's channels, ``(H, W)`` float64.
        pictures: how many.
    """

    gradient: np.ndarray
    pictures: int

    @property
    def is_defined(self) -> bool:
        """Whether any pixel counts; behind a norm the mean over the channels can be 0 for every picture."""
        return bool(np.isfinite(self.gradient).all()) and bool(self.gradient.max() > 0)

    @property
    def size(self) -> float:
        """The square root of the number of pixels above 4.55 % of the largest, in pixels; NaN where not defined."""
        if not self.is_defined:
            return float("nan")
        return float(np.sqrt(np.count_nonzero(self.gradient > THRESHOLD * self.gradient.max())))

    def radius(self, share: float, middle: tuple[float, float]) -> float:
        """The radius of the circle that holds a share of the gradient inside the picture, in pixels.

        Args:
            share: from 0 to 1.
            middle: row and column of the circle's middle, where the first pixel is at 0; it may lie off the picture.

        Returns:
            NaN where the field is not defined.
        """
        if not self.is_defined:
            return float("nan")
        height, width = self.gradient.shape
        away = np.hypot(*np.ogrid[-middle[0] : height - middle[0], -middle[1] : width - middle[1]]).ravel()
        order = np.argsort(away, kind="stable")
        within = np.cumsum(self.gradient.ravel()[order])
        return float(away[order][np.searchsorted(within, share * within[-1])])


def noise(count: int, size: tuple[int, int], channels: int, *, rest: Tensor | None = None) -> Callable[[range], Tensor]:
    """Standard normal noise in place of pictures, the same for every batch that it is cut into.

    Args:
        count: of the pictures.
        size: (H, W).
        channels: of the picture.
        rest: what comes behind the picture's channels, ``(channels,)``: the domains that a generator is asked for.
    """
    made = torch.randn(count, channels, *size, generator=torch.Generator().manual_seed(0))
    if rest is not None:
        made = torch.cat([made, rest[None, :, None, None].expand(count, -1, *size)], dim=1)
    return lambda places: made[places.start : places.stop]


def effective_fields(
    model: ObservableModule,
    plan: Plan,
    pictures: Callable[[range], Tensor],
    count: int,
    positions: Mapping[str, tuple[int, int] | None],
    *,
    channel: int | None = None,
    picture_channels: int | None = None,
    progress: Progress | None = None,
) -> dict[str, EffectiveField]:
    """The effective field of one position of each of some rows, in eval mode.

    Args:
        model: from ``build``, or wrapped.
        plan: of it, at the size of the pictures.
        pictures: the pictures of some places as the network gets them, ``(n, C, H, W)``.
        count: how many there are.
        positions: by row, the row and column in its map; None for the middle, and where it has no positions.
        channel: of each row, from 0; the mean over all when None.
        picture_channels: how many of the channels are the picture; all when None.
        progress: as for ``in_batches``.

    Raises:
        ExplorerError: there is no row of that name.
        InputSizeError: the network cannot take such pictures.
        DeviceError: the device's memory is not enough.
    """
    wanted = known_names(positions, recordable(model), "row")
    sums = {row: np.zeros(plan.input_size) for row in positions}
    outputs: dict[str, Tensor] = {}

    def keep(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if name in wanted:
            outputs[name] = output
            if len(outputs) == len(wanted):
                raise _AllSeenError

    what = f"Gradients of {plan.network.title}"
    for places in in_batches(count, batch_size(plan), progress=progress, what=what):
        images = pictures(places).to(model.device).requires_grad_()
        with differentiable(model):
            with suppress(_AllSeenError):
                passed(model, images, keep)
            for done, (row, position) in enumerate(positions.items(), start=1):
                value = _value(drawable(plan.rows[row].op, outputs.pop(row)), position, channel)
                (found,) = torch.autograd.grad(value, images, retain_graph=done < len(positions), allow_unused=True)
                if found is not None:  # only padding is seen, or nothing of the picture
                    sums[row] += found[:, :picture_channels].abs().sum(dim=(0, 1), dtype=torch.float64).cpu().numpy()
    return {row: EffectiveField(gradient=total / count, pictures=count) for row, total in sums.items()}


def field_seconds(plan: Plan, rows: Collection[str], count: int) -> float:
    """Roughly how long ``effective_fields`` takes on one core: to the deepest row, and back from each.

    Args:
        plan: of the network.
        rows: their names.
        count: of the pictures.
    """
    so_far = dict(zip(plan.rows, accumulate(row.macs for row in plan.layers), strict=True))
    there = [so_far[row] for row in rows]
    return count * picture_seconds(plan) * (max(there) + sum(there)) / max(1, plan.macs)


def _value(maps: Tensor, position: tuple[int, int] | None, channel: int | None) -> Tensor:
    """What is differentiated, of all pictures together: they do not depend on each other."""
    if maps.dim() == 4:
        y, x = position or (maps.shape[2] // 2, maps.shape[3] // 2)
        maps = maps[:, :, y, x]
    return (maps.mean(dim=1) if channel is None else maps[:, channel]).sum()
