"""How much of a test fits into a few seconds: on fewer pictures where it would take longer, then with fewer blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.architecture.describe import describe
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
    """

    pictures: int
    passes: int


def affordable(trained: Trained, *, passes: int) -> Effort:
    """How many pictures and passes fit into ``SECONDS`` on one core.

    Args:
        trained: the network.
        passes: that are wanted.
    """
    plan = trace(describe(trained.spec), trained.data.size)
    fitting = int((SECONDS / passes - layer_seconds(plan)) / picture_seconds(plan))
    pictures = min(len(trained.data.test_labels), max(fitting, FEWEST_PICTURES))
    return Effort(
        pictures=pictures, passes=min(passes, max(int(SECONDS / pass_seconds(plan, pictures)), FEWEST_PASSES))
    )


def spread(blocks: tuple[str, ...], count: int) -> tuple[str, ...]:
    """At most so many blocks, at equal distances, the first and the last among them.

    Args:
        blocks: in order.
        count: at least 2.
    """
    if len(blocks) <= count:
        return blocks
    return tuple(blocks[place] for place in np.linspace(0, len(blocks) - 1, count).round().astype(int))
