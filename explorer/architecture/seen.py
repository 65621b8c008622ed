"""Which pixels of the picture can change one value of a map: worked out backwards, operation by operation."""

from typing import Literal

from explorer.architecture.operations import JOINS, operation
from explorer.architecture.plan import INPUT, Layer, Plan
from explorer.architecture.reach import arriving

Way = Literal["longest", "shortest"]
_Span = tuple[int, int]  # first and last position


def seen(plan: Plan, row: Layer, position: int, *, axis: int, way: Way = "longest") -> range:
    """The pixels along one axis that a position of a row can see, from the first to the last.

    Where ways meet it is the union of what both see; by the shortest way it is what the shortcut sees. What an
    operation on a whole map outputs has seen what any position of that map sees. Pixels in between may be left out, by
    a 1×1 convolution of stride 2 for one. Norms work as in evaluation: a batch or instance norm with its running
    statistics.

    Args:
        plan: of a network that is described, at one input size.
        row: one of ``plan.layers``.
        position: in the row's map along the axis, from 0; 0 where the row has no positions.
        axis: 0 for the height, 1 for the width.
        way: "longest" for all that can change the position, "shortest" for what comes along shortcuts, wherever there
            is one.

    Returns:
        The range of pixels, cut at the border of the picture; empty when only padding is seen.
    """
    spans: dict[str, _Span] = {row.layer: (position, position)}
    for met in reversed(plan.layers):
        span = spans.pop(met.layer, None)
        if span is None:
            continue
        for place, name in enumerate(met.inputs):
            if way == "shortest" and met.kind in JOINS and place == 0:
                continue  # the main path
            length = _length(plan, name, axis)
            if operation(met.op).whole_map or (met.kind == "mul" and place == 1):  # a gate has one value per channel
                first, last = 0, length - 1
            else:
                first, last = arriving(met.op, *span)
                first, last = max(first, 0), min(last, length - 1)
            if first <= last:
                known = spans.get(name, (first, last))
                spans[name] = min(first, known[0]), max(last, known[1])
    first, last = spans.get(INPUT, (0, -1))
    return range(first, last + 1)


def _length(plan: Plan, name: str, axis: int) -> int:
    """Positions along one axis of what a row outputs, or of the picture."""
    if name == INPUT:
        return plan.input_size[axis]
    shape = plan.rows[name].output_shape
    return shape[1 + axis] if len(shape) == 3 else 1
