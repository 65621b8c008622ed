"""What a network is worth without one of its blocks, in one number and in words: residual ones shrug, plain ones break.

Whatever the measurement says is said, also where it is the contrary of the claim.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean

from explorer.labs.identity.lesions import Lesion
from explorer.views.numbers import percent

LEARNED = 0.1
"""A network has begun to learn when its accuracy is so far above guessing."""
SHRUGS, BREAKS = 2 / 3, 1 / 3
"""It shrugs when it keeps at least so much of its accuracy above guessing, and breaks when it keeps at most so much."""
CLEAR = 0.2
"""Two networks differ when what they keep differs by so much."""


@dataclass(frozen=True, kw_only=True)
class Endurance:
    """A network without single blocks.

    Attributes:
        label: what people read.
        plain: whether it has no shortcuts.
        whole: accuracy with nothing taken out, 0 to 1.
        guessing: accuracy of guessing.
        without: mean accuracy without one of the blocks that keep the shape, which are those that a plain network can
            lose; NaN where there is none.
    """

    label: str
    plain: bool
    whole: float
    guessing: float
    without: float

    @property
    def learned(self) -> bool:
        """Whether there is anything to lose."""
        return self.whole - self.guessing >= LEARNED

    @property
    def kept(self) -> float:
        """The share that is left of the accuracy above guessing."""
        return (self.without - self.guessing) / (self.whole - self.guessing)


def endurance(
    label: str,
    lesions: Sequence[Lesion],
    *,
    whole: float,
    plain: bool,
    comparable: Collection[str],
    guessing: float,
) -> Endurance:
    """Sum up what is left without single blocks.

    Args:
        label: of the network.
        lesions: of single blocks.
        whole: accuracy with nothing taken out.
        plain: whether the network has no shortcuts.
        comparable: the blocks that keep the shape.
        guessing: accuracy of guessing.
    """
    counted = [lesion.accuracy for lesion in lesions if lesion.name in comparable]
    return Endurance(
        label=label,
        plain=plain,
        whole=whole,
        guessing=guessing,
        without=fmean(counted) if counted else float("nan"),
    )


def verdict(found: Sequence[Endurance]) -> tuple[str, ...]:
    """What was seen, a sentence for each network, and one on the claim where plain stands beside residual.

    Args:
        found: one network or two.
    """
    sentences = [_alone(one) for one in found]
    residual = [one for one in found if not one.plain]
    plain = [one for one in found if one.plain]
    if residual and plain and all(one.learned and not math.isnan(one.without) for one in found):
        sentences.append(_claim(residual[0].kept - plain[0].kept))
    return tuple(sentences)


def _alone(one: Endurance) -> str:
    if not one.learned:
        return (
            f"{one.label} classifies {percent(one.whole)} correctly and guessing {percent(one.guessing)}: it has "
            "hardly learned, so it has nothing to lose."
        )
    if math.isnan(one.without):
        return f"{one.label} has no block that keeps its shape, so there is no mean to give."
    what = "shrugs" if one.kept >= SHRUGS else "breaks" if one.kept <= BREAKS else "is hurt"
    return (
        f"{one.label} {what}: without one block it classifies {percent(one.without)} correctly on average instead of "
        f"{percent(one.whole)}, and keeps {percent(max(one.kept, 0), 0)} of its accuracy above guessing."
    )


def _claim(ahead: float) -> str:
    if ahead >= CLEAR:
        return "So it is as claimed: the residual network bears the loss of a block far better than the plain one."
    if ahead > -CLEAR:
        return "Here the two differ little: these networks do not show what is claimed."
    return "Here the plain network bears it better, the contrary of what is claimed."
