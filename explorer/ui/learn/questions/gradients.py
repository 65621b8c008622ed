"""Questions about gradients: what is left of one after many layers."""

from __future__ import annotations

from random import Random

from explorer.ui.learn.questions.question import Question
from explorer.views.numbers import power_text


def left_of_gradient(random: Random) -> Question:
    """What is left of a gradient of 1 after layers that each multiply it by the same factor."""
    factor, layers = random.choice((0.5, 0.8, 0.9, 1.1, 1.2, 1.5)), random.choice((10, 20, 30, 50))
    shrinks = factor < 1
    return Question(
        values={"factor": factor, "layers": layers},
        right=power_text(factor**layers),
        # the inverse; once instead of every time; added up instead of multiplied
        wrong=(power_text(factor**-layers), f"{factor:g}", power_text(factor / layers if shrinks else factor * layers)),
        case="shrinks" if shrinks else "grows",
    )
