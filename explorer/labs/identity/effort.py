"""How much of a test fits into a few seconds: on fewer pictures where it would take longer, then with fewer blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.architecture.describe import describe
from explorer.architecture.plan import Plan
from explorer.architecture.trace import trace
from explorer.labs.cost import layer_seconds, pass_seconds, picture_seconds
from explorer.labs.identity.trained import Trained

SECONDS = 8.0
FEWEST_PICTURES = 128
FEWEST_PASSES = 16


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What fits.

    Attributes:
        pictures: held-out pictures of a pass.
        passes: how often they go through the network.
        seconds: that it takes, roughly.
    """

    pictures: int
    passes: int
    seconds: float


def affordable(trained: Trained, *, passes: int) -> Effort:
    """How many pictures and passes fit into ``SECONDS`` on one core.

    Args:
        trained: the network.
        passes: that are wanted.
    """
    return fitting(
        trace(describe(trained.spec), trained.data.size),
        pictures=len(trained.data.test_labels),
        passes=passes,
        seconds=SECONDS,
        fewest_pictures=FEWEST_PICTURES,
        fewest_passes=FEWEST_PASSES,
    )


def fitting(
    plan: Plan, *, pictures: int, passes: int, seconds: float, fewest_pictures: int, fewest_passes: int
) -> Effort:
    """How many pictures and passes fit into some seconds on one core: fewer pictures first, then fewer passes.

    Args:
        plan: of the network, at the size of the pictures.
        pictures: that there are.
        passes: that are wanted.
        seconds: that it may take.
        fewest_pictures: of a pass, whatever it takes.
        fewest_passes: likewise.
    """
    room = int((seconds / passes - layer_seconds(plan)) / picture_seconds(plan))
    taken = min(pictures, max(room, fewest_pictures))
    each = pass_seconds(plan, taken)
    times = min(passes, max(int(seconds / each), fewest_passes))
    return Effort(pictures=taken, passes=times, seconds=times * each)


def spread(blocks: tuple[str, ...], count: int) -> tuple[str, ...]:
    """At most so many blocks, at equal distances, the first and the last among them.

    Args:
        blocks: in order.
        count: at least 2.
    """
    if len(blocks) <= count:
        return blocks
    return tuple(blocks[place] for place in np.linspace(0, len(blocks) - 1, count).round().astype(int))
