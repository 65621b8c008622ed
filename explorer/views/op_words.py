"""An operation in words: short for a box of the diagram, in a sentence for a screen reader."""

from __future__ import annotations

from explorer.architecture.plan import Layer, Plan
from explorer.architecture.tree import Op
from explorer.views.numbers import shape_text

NORMS = {"batch": "BN", "instance": "IN", "group": "GN", "layer": "LN"}
NORM_NAMES = {"batch": "batch norm", "instance": "instance norm", "group": "group norm", "layer": "layer norm"}

UP = "up"
"""What stands for a transposed convolution, which makes maps larger."""


def op_text(op: Op) -> str:
    """An operation in the paper's short form: ``3×3, 128, C=32, /2``."""
    stride = f", /{op.stride}" if op.stride > 1 else ""
    match op.kind:
        case "conv":
            groups = f", C={op.groups}" if op.groups > 1 else ""
            return f"{op.kernel}×{op.kernel}, {op.channels_out}{groups}{stride}"
        case "convtranspose":
            larger = f", ×{op.stride}" if op.stride > 1 else ""
            return f"{UP} {op.kernel}×{op.kernel}, {op.channels_out}{larger}"
        case "maxpool":
            return f"max {op.kernel}×{op.kernel}{stride}"
        case "avgpool":
            return "avg pool" if op.is_global_pool else f"avg {op.kernel}×{op.kernel}{stride}"
        case "linear":
            return f"fc, {op.channels_out}"
        case "norm":
            return NORMS[op.norm]
        case _:
            return op.kind


def op_label(row: Layer, shapes: str) -> str:
    """A row in a sentence, for screen readers and on hover."""
    change = f"{shape_text(row.input_shape, shapes)} → {shape_text(row.output_shape, shapes)}"
    return f"{row.layer}: {op_name(row.op)}, {change}"


def op_name(op: Op) -> str:
    """What an operation is, in the field's words: ``3×3 convolution, stride 2``."""
    stride = f", stride {op.stride}" if op.stride > 1 else ""
    match op.kind:
        case "conv":
            groups = f", {op.groups} groups" if op.groups > 1 else ""
            return f"{op.kernel}×{op.kernel} convolution{groups}{stride}"
        case "convtranspose":
            return f"{op.kernel}×{op.kernel} transposed convolution{stride}"
        case "maxpool":
            return f"{op.kernel}×{op.kernel} max pooling{stride}"
        case "avgpool":
            return "average over the whole map" if op.is_global_pool else f"{op.kernel}×{op.kernel} average{stride}"
        case "linear":
            return "fully connected"
        case "norm":
            return NORM_NAMES[op.norm]
        case "relu":
            return "ReLU"
        case "tanh":
            return "tanh, to values between −1 and 1"
        case "add":
            return "addition of main path and shortcut"
        case "concat":
            return "main path and shortcut side by side"
        case "mul":
            return "squeeze-and-excite, times its gate"
        case _:
            return op.kind


def whole_map_words(plan: Plan, row: Layer) -> str:
    """Why a row sees more of the picture than its windows reach.

    Args:
        plan: of a network that is described.
        row: one with ``whole_map_at``.
    """
    looked = plan.rows[row.whole_map_at]
    deed = "takes its mean and variance from" if looked.kind == "norm" else "averages over"
    return f"{looked.layer} {deed} the whole map, so every value from there on sees what any position of that map sees."
