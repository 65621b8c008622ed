"""Several blocks taken out at random: how fast a network breaks, as in Veit et al. 2016, arXiv 1605.06431, figure 5."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.labs.identity.lesions import OnPictures
from explorer.labs.worth.draws import Mean, drawn, mean_of

DRAWS = 10
"""Sets of blocks that are drawn for each count, where there are more."""


@dataclass(frozen=True, kw_only=True)
class AtRandom:
    """Some number of blocks taken out together; the mean and its interval are over the sets that were drawn.

    Attributes:
        count: blocks taken out.
        accuracy: share of the pictures that are classified correctly without them; NaN without labels.
        stays: share of the pictures whose first answer stays.
        moved: change of the logits against their spread, as in ``Lesion``.
    """

    count: int
    accuracy: Mean
    stays: Mean
    moved: Mean


def random_lesions(
    tested: OnPictures, blocks: Sequence[str], counts: Sequence[int], *, draws: int = DRAWS, seed: int = 0
) -> Iterator[AtRandom]:
    """Several blocks taken out at random.

    Args:
        tested: the network.
        blocks: to draw from, of ``removable``; networks are compared fairly with those of ``keeping_shape``.
        counts: how many are taken out together.
        draws: sets of each count, at least 2.
        seed: of the draws; networks with blocks of the same names lose the same ones.

    Yields:
        For each count what is left.
    """
    for count in counts:
        sets = drawn(blocks, count, draws=draws, seed=seed)
        complete = len(sets) == math.comb(len(blocks), count)
        left = [tested.taken_out(" ".join(some), some) for some in sets]
        yield AtRandom(
            count=count,
            accuracy=mean_of([one.accuracy for one in left], complete=complete),
            stays=mean_of([one.stays for one in left], complete=complete),
            moved=mean_of([one.moved for one in left], complete=complete),
        )
