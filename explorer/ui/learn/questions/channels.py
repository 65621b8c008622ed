"""Questions about what channels like, and about pictures as points in a plane."""

from __future__ import annotations

from math import hypot
from random import Random

from explorer.architecture.presets import preset
from explorer.ui.cached import plan_of
from explorer.ui.learn.questions.question import Question, apart
from explorer.views.numbers import percent

_SEQUENCES = {"all": 2, "most": 20}
"""Of the 512 sequences of nine cats and dogs: those of one animal, and those with eight of one at least."""


def pure_by_chance(random: Random) -> Question:
    """How many channels of a stage look pure although their nine pictures are drawn by chance."""
    depth, stage = random.choice((18, 34, 50, 101)), random.choice((3, 4))
    plan = plan_of(preset(f"resnet{depth}"), (224, 224))
    channels = plan.stages[f"layer{stage}"][-1].output_shape[0]
    case = random.choice(tuple(_SEQUENCES))
    sequences = _SEQUENCES[case]
    right = f"{channels * sequences // 512:,}"
    return Question(
        values={"network": plan.network.title, "stage": stage, "channels": f"{channels:,}", "sequences": sequences},
        right=right,
        # never; one in nine; every second
        wrong=apart(right, "0", f"{channels // 9:,}", f"{channels // 2:,}"),
        case=case,
    )


def variance_in_plane(random: Random) -> Question:
    """The share of the variance that lies in the plane of the first two of four components."""
    variances = random.choice(((6, 3, 2, 1), (5, 3, 1, 1), (8, 6, 4, 2), (10, 5, 3, 2), (7, 2, 2, 1), (12, 4, 3, 1)))
    total, roots = sum(variances), [variance**0.5 for variance in variances]
    right = percent(sum(variances[:2]) / total, 0)
    return Question(
        values={"first": variances[0], "second": variances[1], "third": variances[2], "fourth": variances[3]},
        right=right,
        # two of four; the first alone; standard deviations
        wrong=apart(right, percent(0.5, 0), percent(variances[0] / total, 0), percent(sum(roots[:2]) / sum(roots), 0)),
    )


def distance_in_plane(random: Random) -> Question:
    """How far apart two pictures are, of which the distance in the plane is known and that outside."""
    near, rest = random.choice(((3, 4), (4, 3), (5, 12), (12, 5), (6, 8), (8, 6), (8, 15), (7, 24)))
    return Question(
        values={"near": near, "rest": rest},
        right=f"{hypot(near, rest):.0f}",
        # what is seen; added; what is not seen
        wrong=(f"{near}", f"{near + rest}", f"{rest}"),
    )
