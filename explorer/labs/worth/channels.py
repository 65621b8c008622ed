"""Channels that say nothing, and channels that say the same: silent ones and equal ones of every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.features import at_once
from explorer.model.probe import part_ends, recordable

EQUAL = 0.98
"""Magnitude of the correlation above which two channels count as equal."""
KEPT_PAIRS = 200
"""Of a row, the strongest."""
_CHUNK = 8_000_000  # values that are worked on at once


class Pair(NamedTuple):
    """Two channels that are nearly equal up to a factor and a shift.

    Attributes:
        first: the lower number.
        second: the higher one.
        correlation: over all positions of all pictures, from −1 to 1.
    """

    first: int
    second: int
    correlation: float


@dataclass(frozen=True, eq=False, kw_only=True)
class RowChannels:
    """What was found of the channels of one row.

    Attributes:
        row: its name.
        channels: how many it has.
        values: of each channel: pictures × positions.
        silent: channels that are exactly 0 at every position of every picture.
        doubles: channels that are equal to one of a lower number.
        pair_count: how many pairs are equal.
        pairs: the strongest of them, the strongest first.
    """

    row: str
    channels: int
    values: int
    silent: tuple[int, ...]
    doubles: tuple[int, ...]
    pair_count: int
    pairs: tuple[Pair, ...]


def rows_with_channels(model: ObservableModule, plan: Plan) -> tuple[str, ...]:
    """The rows that are looked at: what an activation outputs; in a network without one, the ends of its parts.

    Args:
        model: from ``build``, or wrapped.
        plan: of it.
    """
    there = set(recordable(model))
    active = [row.layer for row in plan.layers if row.kind in ("relu", "activation") and row.layer in there]
    return tuple(active or part_ends(model))


def find_channels(
    model: ObservableModule,
    images: Tensor,
    rows: Sequence[str],
    *,
    equal: float = EQUAL,
    progress: Progress | None = None,
) -> tuple[RowChannels, ...]:
    """Silent channels and pairs of equal ones, in one pass in eval mode; no map is kept.

    Args:
        model: from ``build``, or wrapped.
        images: ``(N, C, H, W)``.
        rows: names of rows of the plan.
        equal: magnitude of the correlation (Pearson's) above which two channels are equal.
        progress: told the share of the work that is done; may raise to end it.

    Returns:
        One for each row, in the order of the calls.

    Raises:
        ExplorerError: as for ``at_once``.
    """
    found: list[RowChannels] = []

    def look(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        values = output.reshape(*output.shape[:2], -1)
        low, high = values.amin(dim=(0, 2)), values.amax(dim=(0, 2))
        silent = ((low == 0) & (high == 0)).cpu().numpy()
        first, second, correlations = _strong(_correlations(values, (low < high).cpu().numpy()), equal)
        order = np.argsort(-np.abs(correlations), kind="stable")[:KEPT_PAIRS]
        found.append(
            RowChannels(
                row=name,
                channels=values.shape[1],
                values=values.shape[0] * values.shape[2],
                silent=tuple(np.flatnonzero(silent).tolist()),
                doubles=tuple(np.unique(second).tolist()),
                pair_count=len(first),
                pairs=tuple(Pair(int(first[at]), int(second[at]), float(correlations[at])) for at in order),
            )
        )

    at_once(model, images, look, rows, progress=progress)
    return tuple(found)


def _correlations(values: Tensor, varies: np.ndarray) -> np.ndarray:
    """Pearson's correlations of the channels of ``(N, C, P)``, ``(C, C)``; NaN for one that does not vary."""
    _, channels, positions = values.shape
    mean = values.mean(dim=2).mean(dim=0)
    products = torch.zeros(channels, channels, dtype=torch.float64)
    for part in values.split(max(1, _CHUNK // (channels * positions))):
        apart = (part - mean[:, None]).transpose(0, 1).reshape(channels, -1)
        products += (apart @ apart.T).cpu().double()
    deviations = products.diagonal().sqrt().numpy()
    deviations = np.where(varies & (deviations > 0), deviations, np.nan)
    return products.numpy() / deviations[:, None] / deviations


def _strong(correlations: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both channels and the correlation of every pair above a magnitude, in the order of the channels."""
    first, second = np.nonzero(np.triu(np.abs(correlations) > least, 1))
    return first, second, correlations[first, second]
