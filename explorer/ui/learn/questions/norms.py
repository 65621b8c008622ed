"""Questions about norms: what they take together, what they make of it, and what they keep."""

from __future__ import annotations

from random import Random

from explorer.architecture.presets import DEPTHS, preset
from explorer.ui.cached import plan_of
from explorer.ui.learn.questions.question import Question
from explorer.views.numbers import true_minus, written


def spread_after_norm(random: Random) -> Question:
    """The standard deviation of a channel after its norm."""
    mean, deviation = random.choice((2, 4, 6)), random.choice((3, 5, 8))
    gamma, beta = random.choice((0.5, 1.5, 2.5)), random.choice((-1, -3, 7))
    return Question(
        values={"mean": mean, "deviation": deviation, "gamma": gamma, "beta": true_minus(str(beta))},
        right=f"{gamma:g}",
        # scaled without being normalised; normalised alone; as it arrived
        wrong=(f"{gamma * deviation:g}", "1", f"{deviation}"),
    )


def values_in_a_mean(random: Random) -> Question:
    """How many values share a mean in a batch norm."""
    pictures, channels, side = random.choice((4, 8, 16, 32)), random.choice((64, 128, 256)), random.choice((7, 14, 28))
    right = pictures * side * side
    wrong = (channels * side * side, side * side, pictures * channels * side * side)
    return Question(
        values={"pictures": pictures, "channels": channels, "side": side},
        right=f"{right:,}",
        wrong=tuple(f"{count:,}" for count in wrong),
    )


def norm_parameters(random: Random) -> Question:
    """How many numbers a batch norm learns."""
    channels = random.choice((64, 96, 128, 256, 512))
    return Question(
        values={"channels": channels},
        right=f"{2 * channels:,}",
        # γ alone; with the running statistics; one pair for all channels
        wrong=(f"{channels:,}", f"{4 * channels:,}", "2"),
    )


def running_mean_after(random: Random) -> Question:
    """The running mean after some batches that all have the same mean."""
    mean, batches = random.choice((2, 5, 8)), random.choice((2, 5, 20))
    left = 0.9**batches
    return Question(
        values={"mean": mean, "batches": batches, "left": written(left, 2)},
        right=written(mean * (1 - left), 3),
        # at once; what is left of the start; the last batch alone
        wrong=(f"{mean}", written(mean * left, 3), written(0.1 * mean, 3)),
    )


def error_of_mean(random: Random) -> Question:
    """The error of a batch's mean when the batch grows."""
    few, root = random.choice((2, 4, 8)), random.choice((2, 3, 4))
    many = few * root**2
    error = random.choice((0.12, 0.24, 0.36))
    return Question(
        values={"few": few, "many": many, "error": f"{error:g}", "root": root, "times": root**2},
        right=written(error / root, 3),
        wrong=(written(error / root**2, 3), f"{error:g}", written(error * root, 3)),
    )


def means_of_norm(random: Random) -> Question:
    """How many means a norm computes for a batch."""
    pictures, channels = random.choice((2, 3, 5)), random.choice((64, 96, 128))
    groups = random.choice((4, 8, 16))
    of = {
        "batch": channels,
        "layer": pictures,
        "group": pictures * groups,
        "instance": pictures * channels,
    }
    kind = random.choice(tuple(of))
    right = of.pop(kind)
    return Question(
        values={"pictures": pictures, "channels": channels, "groups": groups},
        right=f"{right:,}",
        wrong=tuple(f"{count:,}" for count in of.values()),
        case=kind,
    )


def biases_before_norms(random: Random) -> Question:
    """How many biases a network's convolutions would have before its norms."""
    depth = random.choice(tuple(DEPTHS))
    plan = plan_of(preset(f"resnet{depth}"), (224, 224))
    learned = sum(row.params for row in plan.layers if row.kind == "norm")
    return Question(
        values={"network": f"ResNet-{depth}", "learned": f"{learned:,}"},
        right=f"{learned // 2:,}",
        wrong=(f"{learned:,}", f"{2 * learned:,}", f"{sum(row.kind == 'conv' for row in plan.layers):,}"),
    )
