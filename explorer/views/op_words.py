"""A row in words: in a sentence for a screen reader, and why it sees more than its windows reach."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.architecture.context import Covered
from explorer.architecture.operations import operation
from explorer.architecture.plan import Layer, Plan
from explorer.views.numbers import shape_text


def op_label(row: Layer, shapes: str) -> str:
    """A row in a sentence, for screen readers and on hover."""
    change = f"{shape_text(row.input_shape, shapes)} → {shape_text(row.output_shape, shapes)}"
    return f"{row.layer}: {operation(row.op).name(row.op)}, {change}"


def covered_words(plan: Plan, found: Sequence[Covered]) -> str:
    """That convolutions cannot add context, and why.

    Args:
        plan: of a network at the size of its pictures.
        found: the convolutions: one, or those of equal blocks.
    """
    first, last = found[0], found[-1]
    which = first.row if len(found) == 1 else f"{first.row} to {last.row}"
    if first.adds_nothing:
        along, seen = "", "the whole picture"
    else:
        axis = "height" if first.longest[0] else "width"
        along, seen = f" along the {axis}", f"its whole {axis}"
    way = "by every way" if all(one.is_certain for one in found) else "along the main path"
    size = shape_text(plan.input_size)
    return f"{which} cannot add context{along} at {size}: {way}, what arrives there sees {seen} already"


def whole_map_words(plan: Plan, row: Layer) -> str:
    """Why a row sees more of the picture than its windows reach.

    Args:
        plan: of a network that is described.
        row: one with ``whole_map_at``.
    """
    looked = plan.rows[row.whole_map_at]
    deed = "takes its mean and variance from" if looked.kind == "norm" else "averages over"
    return f"{looked.layer} {deed} the whole map, so every value from there on sees what any position of that map sees."
