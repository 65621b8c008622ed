"""Questions about how a network starts: its weights, and what many layers and blocks make of a signal."""

from __future__ import annotations

from math import sqrt
from random import Random

from explorer.ui.learn.questions.question import Question
from explorer.views.numbers import power_text, written


def factor_with_shortcut(random: Random) -> Question:
    """What is left of a gradient after blocks whose F pass on a part of it."""
    part, blocks = random.choice((0.02, 0.05, 0.1, 0.2)), random.choice((16, 33, 50))
    return Question(
        values={"part": part, "blocks": blocks, "each": f"{1 + part:g}"},
        right=power_text((1 + part) ** blocks),
        # no shortcut; the shortcut alone; added up
        wrong=(power_text(part**blocks), "1", power_text(1 + part * blocks)),
    )


def kaiming_deviation(random: Random) -> Question:
    """The standard deviation of a convolution's weights under Kaiming initialisation."""
    kernel, channels = random.choice((1, 3, 5, 7)), random.choice((16, 64, 128, 256))
    products = kernel**2 * channels
    return Question(
        values={"kernel": kernel, "channels": channels, "products": f"{products:,}"},
        right=written(sqrt(2 / products), 3),
        # the variance; without the ReLU's 2; without the root
        wrong=(written(2 / products, 3), written(sqrt(1 / products), 3), written(1 / products, 3)),
    )


def variance_after_blocks(random: Random) -> Question:
    """The variance after blocks that each add F(x), with a norm at the end of F or without."""
    blocks = random.choice((4, 6, 8, 10))
    case = random.choice(("normed", "bare"))
    grown = {"normed": 1 + blocks, "bare": 2**blocks}
    return Question(
        values={"blocks": blocks},
        right=f"{grown.pop(case):,}",
        wrong=(f"{next(iter(grown.values())):,}", "1", f"{2 * blocks:,}"),
        case=case,
    )


def weights_before_norm(random: Random) -> Question:
    """What scaled weights before a batch norm do to its output."""
    scale = random.choice((2, 5, 10))
    return Question(
        values={"scale": scale},
        right="1",
        wrong=(f"{scale}", f"{scale**2}", f"{1 / scale:g}"),
    )


def chain_at_start(random: Random) -> Question:
    """What a chain of equal numbers outputs at its start, plain or with shortcuts."""
    length, weight = random.choice((5, 10, 20)), random.choice((0.05, 0.1, 0.2))
    case = random.choice(("plain", "residual"))
    made = {"plain": weight**length, "residual": (1 + weight) ** length}
    right = made.pop(case)
    return Question(
        values={"length": length, "weight": weight, "each": f"{1 + weight:g}"},
        right=power_text(right),
        wrong=(power_text(next(iter(made.values()))), f"{weight:g}", power_text(3 + length * weight)),
        case=case,
    )
