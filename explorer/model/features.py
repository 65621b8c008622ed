"""What a network makes of many pictures, row by row: the mean over the positions, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.model.build import ObservableModule, Observer
from explorer.model.download import Progress
from explorer.model.forward import kept, run
from explorer.model.layout import channels_first
from explorer.model.probe import known_names, recordable

BATCH_BYTES = 200_000_000
"""What the rows of a batch put out at most, as far as one picture allows."""
MOST_AT_ONCE = 128
_ALIVE = 5


def batch_size(plan: Plan) -> int:
    """How many pictures go through a network at once."""
    return max(1, min(MOST_AT_ONCE, BATCH_BYTES // max(1, plan.activation_bytes)))


def in_batches(count: int, size: int, *, progress: Progress | None = None, what: str = "") -> Iterator[range]:
    """The places 0 to ``count`` − 1 in batches, and how far they are told before each.

    Args:
        count: of the pictures.
        size: of a batch.
        progress: told the share that is done, and in words what is worked on; may raise to end the work.
        what: the words, such as "Pictures through ResNet-18".
    """
    for start in range(0, count, size):
        stop = min(start + size, count)
        if progress is not None:
            progress(start / count, f"{what}: {start:,} of {count:,}")
        yield range(start, stop)


def position_means(
    model: ObservableModule,
    plan: Plan,
    pictures: Callable[[range], Tensor],
    count: int,
    rows: Sequence[str],
    *,
    progress: Progress | None = None,
) -> dict[str, np.ndarray]:
    """The mean over the positions of what rows output, in eval mode, for every picture.

    Args:
        model: from ``build``, or wrapped.
        plan: of it, at the size of the pictures.
        pictures: the pictures of some places as the network gets them, ``(n, C, H, W)``.
        count: how many there are.
        rows: names of rows of the plan.
        progress: as for ``in_batches``.

    Returns:
        By row ``(count, channels)``, float32.

    Raises:
        ExplorerError: there is no row of that name.
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    wanted = known_names(rows, recordable(model), "row")
    found: dict[str, list[np.ndarray]] = {row: [] for row in rows}

    def keep(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if name in wanted:
            maps = channels_first(plan.rows[name].op, output)
            found[name].append(kept(maps.flatten(2).mean(dim=2) if maps.dim() > 2 else maps))

    for places in in_batches(count, batch_size(plan), progress=progress, what=f"Pictures through {plan.network.title}"):
        run(model, pictures(places), keep)
    return {row: np.concatenate(parts) if parts else np.zeros((0, 0), np.float32) for row, parts in found.items()}


def at_once(
    model: ObservableModule, images: Tensor, observe: Observer, rows: Sequence[str], *, progress: Progress | None = None
) -> None:
    """Show an observer what rows make of all pictures together, in eval mode; no output is kept beyond its use.

    Args:
        model: from ``build``, or wrapped.
        images: all of them, ``(N, C, H, W)``.
        observe: told of the calls of these rows; channels are behind the pictures.
        rows: names of rows of the plan.
        progress: told the share of the work that is done; may raise to end it.

    Raises:
        ExplorerError: there is no row of that name.
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    wanted = known_names(rows, recordable(model), "row")
    plan = model.plan_at((images.shape[2], images.shape[3]))
    done = 0

    def show(name: str, arriving: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal done
        if name in wanted:
            observe(name, arriving, channels_first(plan.rows[name].op, output))
        done += plan.rows[name].macs
        if progress is not None:
            progress(done / max(1, plan.macs), f"{len(images):,} pictures through {plan.network.title}: {name}")

    run(model, images, show)


def at_once_bytes(plan: Plan) -> int:
    """What a picture takes in ``at_once``: the largest output, several times as a block holds x, F(x) and their sum."""
    return _ALIVE * max(row.activation_bytes for row in plan.layers)
