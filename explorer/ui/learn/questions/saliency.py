"""Questions about why a network answers what it answers: a logit as a sum over places, and a step against it."""

from __future__ import annotations

from random import Random

from explorer.ui.learn.questions.question import Question, apart
from explorer.views.numbers import true_minus

_SIDE = 2
_PLACES = _SIDE**2


def logit_of_maps(random: Random) -> Question:
    """The logit of a class from two small maps, their weights and the bias."""
    while True:
        maps = [[random.randint(0, 5) for _ in range(_PLACES)] for _ in range(2)]
        weights, bias = (random.randint(1, 3), random.randint(-3, -1)), random.randint(1, 4)
        added = [
            sum(weight * one for weight, one in zip(weights, place, strict=True)) for place in zip(*maps, strict=True)
        ]
        total, positive = sum(added), sum(max(one, 0) for one in added)
        right = total // _PLACES + bias
        wrong = (positive // _PLACES + bias, total + bias, total // _PLACES, max(added) + bias)
        shown = apart(_text(right), *map(_text, wrong))
        if total % _PLACES == positive % _PLACES == 0 and positive != total and len(shown) >= 3:
            break
    values = {
        "first": _table(maps[0]),
        "second": _table(maps[1]),
        "weight": weights[0],
        "other": _text(weights[1]),
        "bias": bias,
        "added": ", ".join(map(_text, added)),
        "mean": _text(total // _PLACES),
    }
    return Question(values, _text(right), shown[:3])


def step_of_fgsm(random: Random) -> Question:
    """By how much a linear model's logit falls when every pixel takes a step against it."""
    while True:
        weights, step = [random.choice((-4, -3, -2, -1, 1, 2, 3, 4)) for _ in range(5)], random.randint(2, 5)
        length = sum(map(abs, weights))
        right = step * length
        others = (step * abs(sum(weights)), step * max(map(abs, weights)), length, step * len(weights))
        wrong = apart(str(right), *map(str, others))
        if len(wrong) >= 3 and min(weights) < 0:
            break
    values = {
        "weights": ", ".join(map(_text, weights)),
        "step": step,
        "length": " + ".join(str(abs(weight)) for weight in weights),
        "sum": length,
    }
    return Question(values, str(right), wrong[:3])


def _text(value: int) -> str:
    return true_minus(str(value))


def _table(places: list[int]) -> str:
    """A map as a formula, row by row."""
    rows = [places[at : at + _SIDE] for at in range(0, _PLACES, _SIDE)]
    body = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
    return rf"$\begin{{bmatrix}}{body}\end{{bmatrix}}$"
