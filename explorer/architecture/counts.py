"""What one operation does to one shape, wherever it stands: all of a row that no neighbour changes."""

from math import prod
from typing import NamedTuple

from explorer.architecture.operations import FLOAT_BYTES, Op, Shape, operation


class TooSmallError(Exception):
    """A picture of which too little reaches an operation, found while walking; its text is half a sentence."""


class Counts(NamedTuple):
    """The numbers of one operation on one shape, named as in ``Layer``."""

    output_shape: Shape
    params: int
    macs: int
    activation_bytes: int
    kernel: int | None
    stride: int | None
    padding: int | None
    dilation: int | None
    groups: int | None
    buffer_bytes: int
    whole_map: bool


def counts_of(op: Op, shape: Shape, name: str) -> Counts:
    """Work out one operation on one shape.

    Args:
        op: the operation.
        shape: of what reaches it, without the batch.
        name: of its row, for the sentence.

    Raises:
        TooSmallError: when its window does not fit on the shape, or a norm would see a single value.
    """
    kind = operation(op)
    leaving = tuple(part.value for part in kind.output(op, shape))
    windowed = kind.slides == "window"
    if windowed and min(leaving[1:]) < 1:
        window, arrived = f"{op.extent}×{op.extent}", f"{shape[1]}×{shape[2]}"
        raise TooSmallError(f"the {window} window of {name} does not fit on the {arrived} that reaches it")
    if wrong := kind.too_small(op, name, shape):
        raise TooSmallError(wrong)
    return Counts(
        output_shape=leaving,
        params=kind.params(op).value,
        macs=kind.macs(op, shape, leaving).value,
        activation_bytes=prod(leaving) * FLOAT_BYTES,
        kernel=op.kernel if windowed else None,
        stride=op.stride if kind.slides else None,
        padding=op.padding if windowed else None,
        dilation=op.dilation if windowed else None,
        groups=op.groups if kind.grouped else None,
        buffer_bytes=kind.buffers(op).value,
        whole_map=kind.whole_map,
    )
