"""Which pixels of the picture can change one value of a map: worked out backwards, operation by operation."""

from typing import Literal

from explorer.architecture.operations import JOINS, Op, operation
from explorer.architecture.plan import INPUT, Layer, Plan

Way = Literal["longest", "shortest"]


def seen(plan: Plan, row: Layer, position: int, *, axis: int, way: Way = "longest") -> range:
    """The pixels along one axis that a position of a row can see, from the first to the last.

    Where ways meet it is the union of what both see; by the shortest way it is what the shortcut sees. What an
    operation on a whole map outputs has seen what any position of that map sees. Pixels in between may be left out, by
    a 1×1 convolution of stride 2 or by dilation: ``pixels_seen`` has those that are not. Norms work as in evaluation: a
    batch or instance norm with its running statistics.

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
    pixels = pixels_seen(plan, row, position, axis=axis, way=way)
    return range(pixels[0], pixels[-1] + 1) if pixels else range(0)


def pixels_seen(plan: Plan, row: Layer, position: int, *, axis: int, way: Way = "longest") -> tuple[int, ...]:
    """The pixels of ``seen`` without those that are left out in between: that change the position in some line."""
    # a set of positions is a whole number with their bits, so that a step of a window is a shift
    sets: dict[str, int] = {row.layer: 1 << position}
    for met in reversed(plan.layers):
        positions = sets.pop(met.layer, 0)
        for place, name in enumerate(met.inputs if positions else ()):
            if way == "shortest" and met.kind in JOINS and place == 0:
                continue  # the main path
            everything = (1 << _length(plan, name, axis)) - 1
            if operation(met.op).whole_map or (met.kind == "mul" and place == 1):  # a gate has one value per channel
                arrived = everything
            else:
                arrived = _under(met.op, positions) & everything
            sets[name] = sets.get(name, 0) | arrived
    return _places(sets.get(INPUT, 0))


def _under(op: Op, positions: int) -> int:
    """The positions of the arriving map that the windows of some positions take."""
    steps = [step * op.dilation for step in range(max(op.kernel, 1))]
    if operation(op).enlarges:
        from_end = (place + op.padding - step for place in _places(positions) for step in steps)
        return _bits({far // op.stride for far in from_end if far >= 0 and far % op.stride == 0})
    starts = positions if op.stride == 1 else _bits({place * op.stride for place in _places(positions)})
    taken = 0
    for step in steps:
        taken |= starts << step
    return taken >> op.padding


def _bits(places: set[int]) -> int:
    return sum(1 << place for place in places)


def _places(positions: int) -> tuple[int, ...]:
    return tuple(place for place, bit in enumerate(reversed(bin(positions)[2:])) if bit == "1")


def _length(plan: Plan, name: str, axis: int) -> int:
    """Positions along one axis of what a row outputs, or of the picture."""
    if name == INPUT:
        return plan.input_size[axis]
    shape = plan.rows[name].output_shape
    return shape[1 + axis] if len(shape) == 3 else 1
