"""Questions on depth: what more layers can do, and how degradation differs from overfitting."""

from __future__ import annotations

from random import Random

from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.sets import DEPTHS
from explorer.ui.learn.questions.question import Question
from explorer.views.numbers import percent

KINDS = ("overfitting", "degradation", "fine")


def inserted(random: Random) -> Question:
    """The training error of a network into which layers that change nothing are inserted."""
    layers, more = random.choice([14, 20, 26, 32]), random.choice([12, 24, 36])
    error = random.randint(12, 88) / 10
    values = {"layers": layers, "more": more, "total": layers + more, "error": f"{error:.1f}"}
    return Question(values, "same", ("higher", "lower"))


def overfits(random: Random) -> Question:
    """What is wrong with the deeper of two networks, by their errors on training and on test pictures."""
    kind = random.choice(KINDS)
    train = random.randint(50, 90) / 10
    test = train + random.randint(10, 20) / 10
    gap = random.randint(20, 40) / 10
    deeper_train = train + gap if kind == "degradation" else train - gap
    deeper_test = test - gap / 2 if kind == "fine" else test + gap
    errors = {"train": train, "test": test, "deeper_train": deeper_train, "deeper_test": deeper_test}
    values = {name: f"{error:.1f}" for name, error in errors.items()}
    return Question(values, kind, tuple(other for other in KINDS if other != kind), case=kind)


def better_of_two(random: Random) -> Question:
    """Which of two shipped networks of other depths or kinds ends with the lower training error."""
    while True:
        pair = [(random.choice(["plain", "residual"]), random.choice(DEPTHS)) for _ in range(2)]
        runs = [shipped()[f"depths_{kind}_{depth}"].curves.epochs[-1].train_error for kind, depth in pair]
        if abs(runs[0] - runs[1]) > 0.01:
            break
    names = [f"{kind}-{depth}" for kind, depth in pair]
    better = runs.index(min(runs))
    errors = [percent(run) for run in runs]
    values = {"one": names[0], "other": names[1], "one_error": errors[0], "other_error": errors[1]}
    case = pair[0][0] if pair[0][0] == pair[1][0] else "mixed"
    return Question(values, names[better], (names[1 - better],), case=case)
