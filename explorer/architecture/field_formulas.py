"""The receptive field of a row with its formula filled in: its size, the jump, and where the first one starts."""

from collections.abc import Sequence

from explorer.architecture.expressions import (
    Expression,
    ceil,
    largest,
    plain,
    product,
    ratio,
    said,
    smallest,
    unchanged,
)
from explorer.architecture.operations import JOINS, operation
from explorer.architecture.plan import INPUT, Layer, Plan
from explorer.architecture.reach import PIXELS, Reach, arriving


def field_formulas(plan: Plan, row: Layer) -> dict[str, Expression]:
    """Receptive field, jump and first pixel of a row by name: for windows r + (k − 1)·j, j·s and start − p·j.

    A dilation d makes it r + d·(k − 1)·j. Something that looks at a whole map widens the field to the picture. Where
    positions see fields of different sizes the largest is the receptive field, and the smallest stands beside it.
    """
    ways = [PIXELS if name == INPUT else plan.rows[name].reach for name in row.inputs]
    sizes = row.reach.sizes
    fields, start = _field(row, ways), _start(row, ways)
    whole_before = row.inputs[0] != INPUT and plan.rows[row.inputs[0]].whole_map_at
    if row.whole_map_at and (fields or not whole_before):
        fields = [*(fields or [plain(max(sizes))]), *map(plain, plan.input_size)]
        start = smallest(plain(row.reach.start) if start.words else start, 0)
    found = {"Receptive field": largest(*fields) if fields else unchanged(row.receptive_field)}
    if row.smallest_field != row.receptive_field:
        found["Smallest receptive field, by position"] = _end_minus_start(row, ways, sizes.index(min(sizes)))
    return {**found, "Jump": _jump(row, ways[0]), "First pixel of the first field": start}


def _field(row: Layer, ways: Sequence[Reach]) -> list[Expression]:
    """The sizes of which the field is the largest; none where it is that of what arrives."""
    first, op, windows = ways[0], row.op, max(row.reach.sizes)
    if row.kind in JOINS:
        fields = [max(way.sizes) for way in ways]
        if max(fields) == windows:
            return [plain(field) for field in fields]
    elif row.kernel is None:
        return []
    elif not first.period:
        if op.dilation > 1:
            return [plain(first.sizes[0]) + product(op.dilation, op.kernel - 1, first.jump)]
        met = ceil(op.kernel, op.stride) if operation(op).enlarges else plain(op.kernel)
        return [plain(first.sizes[0]) + (met - 1) * first.jump]
    return [_end_minus_start(row, ways, row.reach.sizes.index(windows))]


def _end_minus_start(row: Layer, ways: Sequence[Reach], position: int) -> Expression:
    """The field of one position as its end minus its start."""
    if row.kind in JOINS:
        starts, ends = zip(*(way.at(position) for way in ways), strict=True)
        return largest(*ends) - smallest(*starts)
    low, high = arriving(row.op, position, position)
    return plain(ways[0].at(high)[1]) - ways[0].at(low)[0]


def _jump(row: Layer, first: Reach) -> Expression:
    stride = row.op.stride
    if row.kind in JOINS:
        return said("that of the longer path", row.jump)
    if operation(row.op).enlarges:
        return ratio(plain(first.jump), stride)
    return product(first.jump, stride) if stride > 1 else unchanged(row.jump)


def _start(row: Layer, ways: Sequence[Reach]) -> Expression:
    """Where the field of position 0 starts."""
    first, op = ways[0], row.op
    if row.kind in JOINS:
        return smallest(*(way.start for way in ways))
    if row.kernel is None:
        return unchanged(row.receptive_start)
    if first.period:
        met = arriving(op, 0, 0)[0]
        place = met % len(first.period)
        return plain(first.period[place][0]) + product(met - place, first.jump)
    if operation(op).enlarges:
        return plain(first.start) + ceil(plain(op.padding) - op.kernel + 1, op.stride) * first.jump
    return plain(first.start) - product(op.padding, first.jump)
