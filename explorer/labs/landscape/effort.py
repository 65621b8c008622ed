"""How coarse a landscape begins, and how fine it may become, so that it takes minutes at most on two cores."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from explorer.architecture.plan import Plan
from explorer.errors import LabError
from explorer.labs.cost import pass_seconds
from explorer.labs.landscape.surface import COARSE, FINE
from explorer.model.device import FLOAT_BYTES, admit
from explorer.views.numbers import shape_text

PICTURES = 256
"""The loss is taken over so many pictures, or over fewer of larger networks."""
_FEWEST_PICTURES = 32
_COARSEST = COARSE // 2
_MOST_SECONDS = 300.0
_COMFORT_SECONDS = 60.0
# the network and its copy, the middle, two directions and a point, each as large as the weights
_COPIES = 6
# of the largest map: what arrives at a block, what it makes of it, and what is worked on
_MAPS = 4


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What a landscape of a network takes.

    Attributes:
        pictures: that the loss is taken over.
        coarse: steps along a side at first.
        fine: steps along a side at the end.
        seconds: of the first grid, on an idle core.
    """

    pictures: int
    coarse: int
    fine: int
    seconds: float


def effort_of(plan: Plan, device: str = "cpu") -> Effort:
    """What a landscape of a network takes; nothing is computed.

    Args:
        plan: of it, at the size of the pictures.
        device: where it shall be computed.

    Raises:
        LabError: it would take too long.
        DeviceError: it does not fit.
    """
    pictures, coarse = PICTURES, COARSE
    while pictures > _FEWEST_PICTURES and _seconds(plan, coarse, pictures) > _COMFORT_SECONDS:
        pictures //= 2
    if _seconds(plan, coarse, pictures) > _MOST_SECONDS:
        coarse = _COARSEST
    seconds = _seconds(plan, coarse, pictures)
    what = f"A landscape of {plan.network.title} at {shape_text(plan.input_size)}"
    if seconds > _MOST_SECONDS:
        raise LabError(
            f"{what} takes about {seconds / 60:,.0f} minutes, with {(coarse + 1) ** 2} points and {pictures} pictures, "
            f"and {_MOST_SECONDS / 60:.0f} are allowed: choose a smaller network or smaller pictures."
        )
    largest = max(prod(row.output_shape) for row in plan.layers)
    admit(_COPIES * plan.weights_bytes + _MAPS * pictures * largest * FLOAT_BYTES, device, what=what)
    fine = coarse
    while fine < FINE and _seconds(plan, 2 * fine, pictures) <= _MOST_SECONDS:
        fine *= 2
    return Effort(pictures=pictures, coarse=coarse, fine=fine, seconds=seconds)


def _seconds(plan: Plan, steps: int, pictures: int) -> float:
    return (steps + 1) ** 2 * pass_seconds(plan, pictures)
