"""Questions about the loss around trained weights: what a norm makes of a step, and how long a direction is."""

from __future__ import annotations

from random import Random

from explorer.ui.learn.questions.question import Question, apart
from explorer.views.numbers import true_minus

_DIRECTIONS = {(3, 4): 5, (4, 3): 5, (5, 12): 13, (12, 5): 13}
"""Of whole length: what they are, and how long."""


def step_before_norm(random: Random) -> Question:
    """How long a step has to be that does to scaled weights what another does to the weights, before a norm."""
    scale, step = random.choice((2, 3, 5, 10)), random.choice((2, 4, 6))
    right = scale * step
    wrong = apart(str(right), str(step), f"{step / scale:.3g}", str(scale**2 * step))
    return Question({"scale": scale, "step": step}, str(right), wrong)


def filter_normalised(random: Random) -> Question:
    """A direction made as long as the filter."""
    direction, length = random.choice(list(_DIRECTIONS.items()))
    times = random.choice((2, 3, 4))
    signs = random.choice(((1, -1), (-1, 1), (-1, -1)))
    made = [sign * one for sign, one in zip(signs, direction, strict=True)]
    weights = [times * one for one in reversed(direction)]
    right = _row([times * one for one in made])
    wrong = (made, [times * length * one for one in made], [w + d for w, d in zip(weights, made, strict=True)])
    values = {
        "weights": _row(weights),
        "direction": _row(made),
        "length": times * length,
        "short": length,
        "times": times,
    }
    return Question(values, right, apart(right, *map(_row, wrong)))


def _row(numbers: list[int]) -> str:
    return f"({', '.join(true_minus(str(one)) for one in numbers)})"
