"""Questions on one residual block: its sum, its residual, and what zero weights do."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from explorer.ui.learn.questions.question import Question, apart

_LENGTH = 4


def residual_of(random: Random) -> Question:
    """What the main path has to give, so that the sum is what it should be."""
    while True:
        x, whole = _positive(random), _signed(random)
        right = [h - a for h, a in zip(whole, x, strict=True)]
        added = [h + a for h, a in zip(whole, x, strict=True)]
        wrong = apart(_row(right), _row(whole), _row([-f for f in right]), _row(added))
        if len(wrong) == 3:
            return Question({"x": _row(x), "whole": _row(whole)}, _row(right), wrong)


def block_output(random: Random) -> Question:
    """What leaves a block, after the ReLU, for an x and an F(x)."""
    while True:
        x, change = _positive(random), _signed(random)
        total = [a + f for a, f in zip(x, change, strict=True)]
        each = [a + max(f, 0) for a, f in zip(x, change, strict=True)]
        wrong = apart(_row(_relu(total)), _row(total), _row(each), _row(_relu(change)))
        if min(total) < 0 and len(wrong) == 3:
            return Question({"x": _row(x), "change": _row(change), "total": _row(total)}, _row(_relu(total)), wrong)


def zero_weights(random: Random) -> Question:
    """What leaves a plain or a residual block whose weights and biases are all 0, for an x of both signs."""
    kind = random.choice(["plain", "residual"])
    while True:
        x = _signed(random)
        found = {"residual": _row(_relu(x)), "plain": _row([0] * _LENGTH)}
        wrong = apart(found[kind], *found.values(), _row(x), _row([abs(a) for a in x]))
        if min(x) < 0 < max(x) and len(wrong) == 3:
            return Question({"x": _row(x), "block": kind}, found[kind], wrong, case=kind)


def ones_of_the_identity(random: Random) -> Question:
    """How many weights of a convolution must be 1, so that it passes on what arrives."""
    channels = random.choice([16, 32, 64, 128, 256])
    right = f"{channels:,}"
    weights = f"{9 * channels**2:,}"
    wrong = apart(right, f"{9 * channels:,}", f"{channels**2:,}", weights)
    return Question({"channels": channels, "weights": weights}, right, wrong)


def _positive(random: Random) -> list[int]:
    return [random.randint(0, 4) for _ in range(_LENGTH)]


def _signed(random: Random) -> list[int]:
    return [random.randint(-4, 4) for _ in range(_LENGTH)]


def _relu(values: Sequence[int]) -> list[int]:
    return [max(value, 0) for value in values]


def _row(values: Sequence[int]) -> str:
    return f"({', '.join(str(value).replace('-', '−') for value in values)})"
