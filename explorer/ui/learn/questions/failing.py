"""Questions on blocks that fail: which one does, and what PyTorch does with shapes that differ."""

from __future__ import annotations

from random import Random

from explorer.ui.learn.questions.question import Question

_Call = dict[str, int | bool]
_FAULTS = ("padding", "channels", "stride", "shortcut-stride")


def which_fails(random: Random) -> Question:
    """The one of four blocks whose addition fails, each as a call of the chapter's class."""
    fault = random.choice(_FAULTS)
    channels = random.choice([16, 32, 64])
    right = _call(channels, channels * (2 if fault == "channels" else 1), _OPTIONS[fault])
    fine = [
        _call(channels, channels, {}),
        _call(channels, 2 * channels, {"projection": True}),
        _call(channels, 2 * channels, {"stride": 2, "projection": True}),
        _call(channels, channels, {"stride": 2, "projection": True}),
    ]
    values = {"channels": channels, "side": random.choice([28, 56])}
    return Question(values, right, tuple(random.sample(fine, 3)), case=fault)


_OPTIONS: dict[str, _Call] = {
    "padding": {"padding": 0},
    "channels": {},
    "stride": {"stride": 2},
    "shortcut-stride": {"stride": 2, "projection": True, "shortcut_stride": 1},
}


def silent(random: Random) -> Question:
    """What PyTorch does when it is asked to add two tensors: right, an error, or a stretched one."""
    kind = random.choice(["right", "error", "stretched"])
    pictures, channels, side = random.choice([2, 4]), random.choice([3, 6, 64]), random.choice([6, 14, 28])
    shape = [pictures, channels, side, side]
    other = list(shape)
    if kind == "error":
        place = random.choice([1, 3])
        other[place] *= 2
        if place == 3:
            other[2] *= 2
    elif kind == "stretched":
        place = random.choice([1, 3])
        other[place] = 1
        if place == 3:
            other[2] = 1
    values = {"main": _shape(other), "shortcut": _shape(shape)}
    return Question(values, kind, tuple(sorted({"right", "error", "stretched"} - {kind})), case=kind)


def _call(given: int, made: int, options: _Call) -> str:
    words = [str(given), str(made), *(f"{name}={value}" for name, value in options.items())]
    return f"Block({', '.join(words)})"


def _shape(shape: list[int]) -> str:
    return f"({', '.join(map(str, shape))})"
