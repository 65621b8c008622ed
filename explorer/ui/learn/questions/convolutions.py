"""Questions on one convolution: what it computes, the size that leaves it, its parameters and its work."""

from __future__ import annotations

from random import Random

from explorer.ui.learn.questions.question import Question, apart

_SIDE = 3
_EDGE = (-1, 0, 1)


def edge(random: Random) -> Question:
    """The sign of what an edge finder gives on a patch."""
    dark, bright = random.randint(0, 3), random.randint(6, 9)
    rows = {"positive": (dark, dark, bright), "negative": (bright, dark, dark), "zero": (bright, bright, bright)}
    sign = random.choice(sorted(rows))
    patch = [list(rows[sign])] * _SIDE
    total = _products([list(_EDGE)] * _SIDE, patch)
    values = {"patch": _table(patch), "kernel": _table([list(_EDGE)] * _SIDE), "total": _written(total)}
    return Question(values, sign, tuple(other for other in rows if other != sign))


def kernel_sum(random: Random) -> Question:
    """What a kernel gives at one place: nine products, added up."""
    while True:
        patch = [[random.randint(0, 3) for _ in range(_SIDE)] for _ in range(_SIDE)]
        kernel = [[random.randint(-1, 1) for _ in range(_SIDE)] for _ in range(_SIDE)]
        right = _products(kernel, patch)
        turned = _products([row[::-1] for row in kernel[::-1]], patch)
        without_signs = _products([[abs(weight) for weight in row] for row in kernel], patch)
        wrong = apart(
            _written(right), *map(_written, (turned, without_signs, sum(map(sum, patch)), sum(map(sum, kernel))))
        )
        if len(wrong) >= 3:
            return Question({"patch": _table(patch), "kernel": _table(kernel)}, _written(right), wrong[:3])


def conv_size(random: Random) -> Question:
    """The side of the map that leaves a convolution."""
    kernel, stride = random.choice([1, 3, 5, 7]), random.choice([1, 2])
    padding = random.choice([0, kernel // 2])
    side = random.choice([14, 15, 28, 29, 32, 56, 57, 112, 224])
    room = side + 2 * padding - kernel
    right = room // stride + 1
    wrong = apart(
        str(right), *map(str, (room // stride, side // stride, (side - kernel) // stride + 1, right + 1, right + 2))
    )
    values = {"kernel": kernel, "stride": stride, "padding": padding, "side": side, "room": room}
    return Question(values, str(right), wrong[:3])


def conv_params(random: Random) -> Question:
    """The parameters of a convolution, with or without bias."""
    kernel, given, made = _convolution(random)
    bias = random.choice([True, False])
    weights = kernel**2 * given * made
    right = weights + made * bias
    others = (weights + made * (not bias), kernel * given * made, kernel**2 * made, kernel**2 * (given + made))
    wrong = apart(f"{right:,}", *(f"{count:,}" for count in others))
    values = {"kernel": kernel, "given": given, "made": f"{made:,}", "weights": f"{weights:,}", "bias": bias}
    return Question(values, f"{right:,}", wrong[:3], case="bias" if bias else "no-bias")


def conv_macs(random: Random) -> Question:
    """The MACs of a convolution for one picture."""
    kernel, given, made = _convolution(random)
    side = random.choice([7, 8, 14, 16, 28, 32, 56])
    weights = kernel**2 * given * made
    wrong = apart(f"{weights * side**2:,}", *(f"{count:,}" for count in (weights, weights * side, made * side**2)))
    values = {"kernel": kernel, "given": given, "made": made, "side": side, "weights": f"{weights:,}"}
    return Question(values, f"{weights * side**2:,}", wrong)


def picture_size(random: Random) -> Question:
    """By what MACs and parameters of a network's convolutions grow with the side of the picture."""
    times, side = random.choice([2, 3, 4]), random.choice([64, 96, 128])
    values = {"side": side, "larger": times * side, "times": times, "area": times**2}
    return Question(values, "area", ("side", "both", "neither"))


def _convolution(random: Random) -> tuple[int, int, int]:
    """Side of the kernel, channels in, channels out."""
    given = random.choice([16, 32, 64, 128])
    return random.choice([3, 5, 7]), given, given * random.choice([1, 2, 4])


def _products(kernel: list[list[int]], patch: list[list[int]]) -> int:
    return sum(
        w * x for weights, pixels in zip(kernel, patch, strict=True) for w, x in zip(weights, pixels, strict=True)
    )


def _table(rows: list[list[int]]) -> str:
    """A matrix as a formula."""
    body = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
    return rf"$\begin{{bmatrix}}{body}\end{{bmatrix}}$"


def _written(value: int) -> str:
    return str(value).replace("-", "−")
