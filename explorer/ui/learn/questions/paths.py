"""Questions about the paths through a residual network."""

from __future__ import annotations

from math import comb
from random import Random

from explorer.ui.learn.questions.question import Question


def paths_through(random: Random) -> Question:
    """How many paths go through so many of the blocks' F."""
    blocks, through = random.choice((6, 8, 9, 10, 12)), random.choice((2, 3))
    return Question(
        values={"blocks": blocks, "through": through},
        right=f"{comb(blocks, through):,}",
        # all paths; as if the order counted; one for each choice of a block
        wrong=(f"{2**blocks:,}", f"{blocks**through:,}", f"{blocks * through:,}"),
    )


def paths_left(random: Random) -> Question:
    """How many paths are left when the F of some blocks are taken out."""
    blocks, out = random.choice((8, 10, 16)), random.choice((1, 2, 3))
    return Question(
        values={"blocks": blocks, "out": out, "left": blocks - out, "all": f"{2**blocks:,}"},
        right=f"{2 ** (blocks - out):,}",
        wrong=(f"{2**blocks - out:,}", f"{2**blocks - 2**out:,}" if out > 1 else f"{2**blocks:,}", f"{blocks - out:,}"),
    )
