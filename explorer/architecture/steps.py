"""What one operation does to one shape: output, parameters and work, by the field's arithmetic."""

from math import prod
from typing import NamedTuple

from explorer.architecture.plan import COUNTER_BYTES, FLOAT_BYTES, Shape
from explorer.architecture.tree import Op


class TooSmallError(Exception):
    """A picture of which too little reaches an operation, found while walking; its text is half a sentence."""


class Step(NamedTuple):
    """What one operation does to one shape, wherever it stands: all of a row that no neighbour changes."""

    output_shape: Shape
    activation_bytes: int
    params: int = 0
    macs: int = 0
    buffer_bytes: int = 0
    kernel: int | None = None
    stride: int | None = None
    padding: int | None = None
    groups: int | None = None


def step_of(op: Op, shape: Shape, name: str) -> Step:
    """Work out one operation on one shape.

    Args:
        op: the operation.
        shape: of what reaches it, without the batch.
        name: of its row, for the sentence.

    Raises:
        TooSmallError: when its window does not fit on the shape, or a norm would see a single value.
    """
    _check_window(op, name, shape)
    out = _output_shape(op, shape)
    size = prod(out) * FLOAT_BYTES
    bias = op.channels_out if op.bias else 0
    match op.kind:
        case "conv":
            weights = op.kernel * op.kernel * op.channels_in * op.channels_out // op.groups
            macs = weights * out[1] * out[2]
            return Step(out, size, weights + bias, macs, 0, op.kernel, op.stride, op.padding, op.groups)
        case "convtranspose":
            weights = op.kernel * op.kernel * op.channels_in * op.channels_out // op.groups
            macs = weights * shape[1] * shape[2]
            return Step(out, size, weights + bias, macs, 0, op.kernel, op.stride, op.padding, op.groups)
        case "linear":
            weights = op.channels_in * op.channels_out
            return Step(out, size, weights + bias, weights)
        case "norm":
            _check_norm(op, name, shape)
            params = 2 * op.channels_out
            if op.norm == "group":
                return Step(out, size, params, groups=op.groups)
            return Step(out, size, params, buffer_bytes=2 * op.channels_out * FLOAT_BYTES + COUNTER_BYTES)
        case "pad":
            return Step(out, size, stride=op.stride)
        case "maxpool" | "avgpool" if not op.is_global_pool:
            return Step(out, size, kernel=op.kernel, stride=op.stride, padding=op.padding)
        case _:
            return Step(out, size)


def upsampled(size: int, op: Op) -> int:
    """Output side of a transposed convolution: (n − 1)·s − 2p + k."""
    return (size - 1) * op.stride - 2 * op.padding + op.kernel


def convolved(size: int, op: Op) -> int:
    """Output side of a convolution or pool: ⌊(n + 2p − k)/s⌋ + 1, rounded up with ``ceil_mode``."""
    span = size + 2 * op.padding - op.kernel
    return (-(-span // op.stride) if op.ceil_mode else span // op.stride) + 1


def _output_shape(op: Op, shape: Shape) -> Shape:
    match op.kind:
        case "conv" | "maxpool":
            return op.channels_out, convolved(shape[1], op), convolved(shape[2], op)
        case "convtranspose":
            return op.channels_out, upsampled(shape[1], op), upsampled(shape[2], op)
        case "avgpool" if op.is_global_pool:
            return op.channels_out, 1, 1
        case "avgpool":
            return op.channels_out, convolved(shape[1], op), convolved(shape[2], op)
        case "pad":
            return op.channels_out, -(-shape[1] // op.stride), -(-shape[2] // op.stride)
        case "flatten":
            return (prod(shape),)
        case "linear":
            return (op.channels_out,)
        case _:
            return shape


def _check_window(op: Op, name: str, shape: Shape) -> None:
    """A window slides over the padded map, so it must fit on it."""
    if op.kind not in ("conv", "maxpool", "avgpool") or op.is_global_pool:
        return
    if convolved(min(shape[1:]), op) < 1:
        raise TooSmallError(
            f"the {op.kernel}×{op.kernel} window of {name} does not fit on the {shape[1]}×{shape[2]} that reaches it"
        )


def _check_norm(op: Op, name: str, shape: Shape) -> None:
    """An instance or group norm works on the picture alone, and one value minus its own mean is zero."""
    values = shape[1] * shape[2] * (op.channels_out // op.groups if op.norm == "group" else 1)
    if op.norm in ("instance", "group") and values == 1 and not op.takes_one_value:
        raise TooSmallError(f"{name} would normalise a single value, which gives zero whatever the picture")
