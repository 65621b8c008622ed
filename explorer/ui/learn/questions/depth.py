"""Questions on depth: what more layers can do, and how degradation differs from overfitting."""

from __future__ import annotations

from random import Random

from explorer.ui.learn.questions.question import Question

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
