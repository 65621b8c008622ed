"""Questions about receptive fields: of a stack of layers, the part of it that counts, and what adds nothing to it."""

from __future__ import annotations

from random import Random

from explorer.architecture.context import gathering, reaches, without_context
from explorer.architecture.plan import Plan
from explorer.architecture.presets import preset
from explorer.ui.cached import plan_of
from explorer.ui.learn.questions.question import Question, apart


def field_of_stack(random: Random) -> Question:
    """The theoretical field of equal convolutions, of which the first has a stride of 2."""
    kernel, layers = random.choice((3, 5, 7)), random.randint(3, 7)
    first, others = kernel, (layers - 1) * (kernel - 1)
    right = first + 2 * others
    wrong = apart(str(right), *map(str, (first + others, kernel * layers, 2 * (first + others), 2 * right)))
    values = {"kernel": kernel, "layers": layers, "others": layers - 1, "step": 2 * (kernel - 1)}
    return Question(values, str(right), wrong[:3])


def effective_growth(random: Random) -> Question:
    """The effective field of a deeper stack of 3×3 convolutions of stride 1."""
    layers, root, size = random.choice((5, 10, 20)), random.choice((2, 3, 4)), random.choice((8, 11, 16))
    values = {"layers": layers, "deeper": layers * root**2, "times": root**2, "size": size, "root": root}
    right = size * root
    return Question(values, str(right), apart(str(right), str(size * root**2), str(size + root**2), str(size)))


def first_without_context(random: Random) -> Question:
    """The first convolution at which the picture arrives covered."""
    while True:
        network, side = random.choice(("ResNet-18", "ResNet-34", "ResNet-50")), 8 * random.randint(4, 28)
        plan = plan_of(preset(network.lower().replace("-", "")), (side, side))
        names = [row.layer for row in gathering(plan)]
        at = names.index(next(found.row for found in without_context(plan) if found.adds_nothing))
        shown = names[max(0, at - 2) : at + 2]
        fields = _fields(plan, shown)
        # the first field of the picture's size lies over the whole picture, too
        if next((name for name in shown if fields[name] >= side), "") == names[at - 1]:
            break
    table = ", ".join(f"{name} {field}" for name, field in fields.items())
    values = {"network": network, "side": side, "fields": table, "before": names[at - 1]}
    return Question(values, names[at], apart(names[at], *shown))


def _fields(plan: Plan, names: list[str]) -> dict[str, int]:
    """How many pixels across the outputs of some rows see along the main path."""
    found = reaches(plan, "longest")
    return {name: max(found[name].sizes) for name in names}
