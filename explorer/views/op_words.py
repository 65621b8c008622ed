"""A row in words: in a sentence for a screen reader, and why it sees more than its windows reach."""

from __future__ import annotations

from explorer.architecture.operations import operation
from explorer.architecture.plan import Layer, Plan
from explorer.views.numbers import shape_text


def op_label(row: Layer, shapes: str) -> str:
    """A row in a sentence, for screen readers and on hover."""
    change = f"{shape_text(row.input_shape, shapes)} → {shape_text(row.output_shape, shapes)}"
    return f"{row.layer}: {operation(row.op).name(row.op)}, {change}"


def whole_map_words(plan: Plan, row: Layer) -> str:
    """Why a row sees more of the picture than its windows reach.

    Args:
        plan: of a network that is described.
        row: one with ``whole_map_at``.
    """
    looked = plan.rows[row.whole_map_at]
    deed = "takes its mean and variance from" if looked.kind == "norm" else "averages over"
    return f"{looked.layer} {deed} the whole map, so every value from there on sees what any position of that map sees."
