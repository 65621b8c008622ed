"""From a network and an input size to its plan: one row per call, with shapes, parameters, work and receptive field."""

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import NamedTuple

from explorer.architecture.tree import Gate, Kind, Network, Op, Path, Residual
from explorer.architecture.values import is_count, shown, whole
from explorer.errors import InputSizeError, ShapesError

FLOAT_BYTES = 4
COUNTER_BYTES = 8  # a norm's num_batches_tracked is one int64
INPUT = "input"
LARGEST_SIDE = 16_384

Shape = tuple[int, ...]


class Layer(NamedTuple):
    """One call of one operation at one input size.

    Attributes:
        layer: dotted name, torchvision's where it has one.
        kind: what it is.
        stage: ``stem``, ``layer1`` …, ``head``.
        block: ``layer1.0``, empty outside blocks.
        path: main, shortcut or gate; empty outside blocks, for the addition and for what follows it.
        input_shape: ``(C, H, W)`` or ``(features,)``, without the batch.
        output_shape: likewise.
        params: learnable scalars.
        macs: multiply-accumulates at batch 1, of convolutions and linear layers.
        activation_bytes: size of the output in float32 at batch 1.
        receptive_field: side in input pixels of what one output value can see along the longest path; from the global
            pooling on the whole input. 0 where it is not known: in a measured network.
        jump: input pixels between neighbouring output values; 0 where it is not known.
        kernel: side of the window in pixels, None where there is none.
        stride: step of the window in pixels, None where there is none.
        padding: pixels added on every side, None where there is none.
        groups: groups of a convolution or group norm, None elsewhere.
        inputs: names of the rows whose output it takes, ``input`` for the picture.
        receptive_start: where in the input the receptive field of output position 0 begins, in pixels; negative in
            the padding.
        sees_all: whether every output value sees the whole input.
        buffer_bytes: running statistics and counters.
        op: the operation itself.
    """

    layer: str
    kind: Kind
    stage: str
    block: str
    path: Path
    input_shape: Shape
    output_shape: Shape
    params: int
    macs: int
    activation_bytes: int
    receptive_field: int
    jump: int
    kernel: int | None
    stride: int | None
    padding: int | None
    groups: int | None
    inputs: tuple[str, ...]
    receptive_start: int
    sees_all: bool
    buffer_bytes: int
    op: Op


@dataclass(frozen=True)
class Plan:
    """A network at one input size.

    Attributes:
        network: the tree it was made from.
        input_size: height and width in pixels.
        layers: one row per call, in the order of the calls.
        not_counted: one sentence for each thing that a measured network does and that has no row.
    """

    network: Network
    input_size: tuple[int, int]
    layers: tuple[Layer, ...]
    not_counted: tuple[str, ...] = ()

    @cached_property
    def params(self) -> int:
        """Learnable scalars."""
        return sum(row.params for row in self.layers)

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates of convolutions and linear layers for one picture."""
        return sum(row.macs for row in self.layers)

    @cached_property
    def activation_bytes(self) -> int:
        """Bytes of every row's output in float32, for one picture."""
        return sum(row.activation_bytes for row in self.layers)

    @cached_property
    def weights_bytes(self) -> int:
        """Bytes of the weights file: parameters and buffers."""
        return self.params * FLOAT_BYTES + sum(row.buffer_bytes for row in self.layers)

    @cached_property
    def weighted_layers(self) -> int:
        """Convolutions on the main path and the linear layer: the number in "ResNet-50".

        Shortcuts, gates and norms are not counted.
        """
        return self.weighted_convolutions + sum(row.kind == "linear" for row in self.layers)

    @cached_property
    def weighted_convolutions(self) -> int:
        """Convolutions on the main path."""
        return sum(row.kind in ("conv", "convtranspose") and row.path in ("main", "") for row in self.layers)

    @property
    def makes_pictures(self) -> bool:
        """Whether maps leave it, and no classes: a generator; what is measured here classifies."""
        return len(self.layers[-1].output_shape) == 3 and not self.network.measured

    @cached_property
    def rows(self) -> dict[str, Layer]:
        """The rows by name."""
        return {row.layer: row for row in self.layers}

    @cached_property
    def stages(self) -> dict[str, tuple[Layer, ...]]:
        """The rows of each section, in order."""
        return {
            section.name: tuple(row for row in self.layers if row.stage == section.name)
            for section in self.network.sections
        }

    @cached_property
    def blocks(self) -> dict[str, tuple[Layer, ...]]:
        """The rows of each residual block, in order."""
        blocks: dict[str, list[Layer]] = {}
        for row in self.layers:
            if row.block:
                blocks.setdefault(row.block, []).append(row)
        return {name: tuple(rows) for name, rows in blocks.items()}


class _Signal(NamedTuple):
    """What travels from operation to operation: a shape, and the geometry of one of its values in the input."""

    source: str
    shape: Shape
    field: int = 1
    jump: int = 1
    start: int = 0
    sees_all: bool = False


class _Step(NamedTuple):
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


def trace(network: Network, input_size: tuple[int, int]) -> Plan:
    """Walk a network with the field's arithmetic.

    Args:
        network: from ``describe``.
        input_size: height and width of the picture in pixels, 1 to ``LARGEST_SIDE`` each.

    Returns:
        The plan, one row per call; nothing is built.

    Raises:
        InputSizeError: when the size is no size or too large, a window does not fit on what reaches it, or a norm
            would see a single value.
        ShapesError: when main path and shortcut meet with shapes that do not agree.
    """
    input_size = checked_size(input_size)
    assert not network.measured, "the plan of a measured network is measured: explorer.model.foreign_plan"
    try:
        return _Walk(network, input_size).plan()
    except _TooSmallError as error:
        side = smallest_side(network)
        raise InputSizeError(
            f"At an input of {input_size[0]}×{input_size[1]} {error}; choose an input of at least {side}×{side}."
        ) from None


def upsampled(size: int, op: Op) -> int:
    """Output side of a transposed convolution: (n − 1)·s − 2p + k."""
    return (size - 1) * op.stride - 2 * op.padding + op.kernel


def convolved(size: int, op: Op) -> int:
    """Output side of a convolution or pool: ⌊(n + 2p − k)/s⌋ + 1, rounded up with ``ceil_mode``."""
    span = size + 2 * op.padding - op.kernel
    return (-(-span // op.stride) if op.ceil_mode else span // op.stride) + 1


def paper_name(stage: str) -> str:
    """The paper's name of a stage beside ours: ``conv2_x · layer1``; stem and head stay."""
    number = stage.removeprefix("layer")
    return f"conv{int(number) + 1}_x · {stage}" if stage == f"layer{number}" and number.isdecimal() else stage


class _Walk:
    """One walk through a network, which keeps the rows and what it has worked out once."""

    def __init__(self, network: Network, input_size: tuple[int, int]) -> None:
        self.network = network
        self.input_size = input_size
        self.rows: list[Layer] = []
        # blocks of a stage share their operations, so most rows repeat an operation on a shape that was seen
        self.steps: dict[tuple[int, Shape], _Step] = {}

    def plan(self) -> Plan:
        signal = _Signal(INPUT, (self.network.in_channels, *self.input_size))
        for section in self.network.sections:
            for node in section.nodes:
                if isinstance(node, Residual):
                    signal = self.through_block(section.name, node, signal)
                else:
                    signal = self.through_op(section.name, "", "", node, signal)
        return Plan(self.network, self.input_size, tuple(self.rows))

    def through_block(self, stage: str, block: Residual, signal: _Signal) -> _Signal:
        name = block.name
        forked = self.through(stage, name, "main", block.before, signal)
        main = self.through(stage, name, "main", block.main, forked)
        if block.add is None:
            return self.through(stage, name, "", block.after, main)
        fork = forked if block.shortcut and block.before else signal
        shortcut = self.through(stage, name, "shortcut", block.shortcut, fork)
        total = self.through_op(stage, name, "", block.add, main, shortcut)
        return self.through(stage, name, "", block.after, total)

    def through(self, stage: str, block: str, path: Path, ops: tuple[Op | Gate, ...], signal: _Signal) -> _Signal:
        for op in ops:
            if isinstance(op, Gate):
                gate = self.through(stage, block, "gate", op.branch, signal)
                signal = self.through_op(stage, block, path, op.mul, signal, gate)
            else:
                signal = self.through_op(stage, block, path, op, signal)
        return signal

    def through_op(
        self, stage: str, block: str, path: Path, op: Op, signal: _Signal, other: _Signal | None = None
    ) -> _Signal:
        """Append the row of one operation and return what it puts out."""
        name = f"{block}.{op.name}" if block else op.name
        if other is not None and not _agree(op, signal.shape, other.shape):
            raise _shapes_error(op, name, signal.shape, other.shape, tuple(self.rows))
        source, shape, field, jump, start, sees_all = signal
        step = self.steps.get((id(op), shape))
        if step is None:
            step = self.steps[id(op), shape] = _step(op, shape, name)
        out, activation_bytes, params, macs, buffer_bytes, kernel, stride, padding, groups = step
        if op.kind == "concat" and other is not None:
            out = (shape[0] + other.shape[0], *shape[1:])
            activation_bytes = prod(out) * FLOAT_BYTES
        if op.kind == "convtranspose":
            field, start, jump = upsampled_field(op, field, start, jump)
        elif kernel is not None:
            field, start, jump = field + (kernel - 1) * jump, start - op.padding * jump, jump * op.stride
        elif stride is not None:
            jump *= stride
        elif op.kind in ("add", "concat") and other is not None and other.field > field:
            field, jump, start = other.field, other.jump, other.start
        elif op.is_global_pool:
            field, start, sees_all = max(field, *self.input_size), min(start, 0), True
        self.rows.append(
            Layer(
                name,
                op.kind,
                stage,
                block,
                path,
                shape,
                out,
                params,
                macs,
                activation_bytes,
                field,
                jump,
                kernel,
                stride,
                padding,
                groups,
                (source,) if other is None else (source, other.source),
                start,
                sees_all,
                buffer_bytes,
                op,
            )
        )
        return _Signal(name, out, field, jump, start, sees_all)


def upsampled_field(op: Op, field: int, start: int, jump: int) -> tuple[int, int, int]:
    """Receptive field, start and jump behind a transposed convolution.

    One output value meets ⌈k/s⌉ inputs, r + (⌈k/s⌉ − 1)·j; output 0 those from ⌈(p − k + 1)/s⌉ on; j becomes j/s.
    """
    assert jump % op.stride == 0, "what is enlarged was made smaller before"
    meets = -(-op.kernel // op.stride)
    first = -((op.kernel - 1 - op.padding) // op.stride)
    return field + (meets - 1) * jump, start + first * jump, jump // op.stride


def _step(op: Op, shape: Shape, name: str) -> _Step:
    _check_window(op, name, shape)
    out = _output_shape(op, shape)
    size = prod(out) * FLOAT_BYTES
    bias = op.channels_out if op.bias else 0
    match op.kind:
        case "conv":
            weights = op.kernel * op.kernel * op.channels_in * op.channels_out // op.groups
            macs = weights * out[1] * out[2]
            return _Step(out, size, weights + bias, macs, 0, op.kernel, op.stride, op.padding, op.groups)
        case "convtranspose":
            weights = op.kernel * op.kernel * op.channels_in * op.channels_out // op.groups
            macs = weights * shape[1] * shape[2]
            return _Step(out, size, weights + bias, macs, 0, op.kernel, op.stride, op.padding, op.groups)
        case "linear":
            weights = op.channels_in * op.channels_out
            return _Step(out, size, weights + bias, weights)
        case "norm":
            _check_norm(op, name, shape)
            params = 2 * op.channels_out
            if op.norm == "group":
                return _Step(out, size, params, groups=op.groups)
            return _Step(out, size, params, buffer_bytes=2 * op.channels_out * FLOAT_BYTES + COUNTER_BYTES)
        case "pad":
            return _Step(out, size, stride=op.stride)
        case "maxpool" | "avgpool" if not op.is_global_pool:
            return _Step(out, size, kernel=op.kernel, stride=op.stride, padding=op.padding)
        case _:
            return _Step(out, size)


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


def checked_size(input_size: tuple[int, int]) -> tuple[int, int]:
    """Height and width as plain whole numbers.

    Raises:
        InputSizeError: when the size is no size or too large.
    """
    if isinstance(input_size, tuple | list) and len(input_size) == 2:
        height, width = map(whole, input_size)
        if is_count(height, LARGEST_SIDE) and is_count(width, LARGEST_SIDE):
            return height, width
    raise InputSizeError(
        f"The input size is {shown(input_size)}; give height and width in whole pixels, 1 to {LARGEST_SIDE:,} each."
    )


_MEETING: dict[str, str] = {
    "add": "adds main path and shortcut, which must have the same shape",
    "concat": "puts main path and shortcut side by side, which must have the same height and width",
    "mul": "multiplies every channel by its gate, which must have one value per channel",
}


def _agree(op: Op, shape: Shape, other: Shape) -> bool:
    """Whether two shapes may meet; torch would also stretch a side or channel of one, which is never meant here."""
    match op.kind:
        case "concat":
            return shape[1:] == other[1:]
        case "mul":
            return other == (shape[0], 1, 1)
        case _:
            return shape == other


def _shapes_error(op: Op, name: str, shape: Shape, other: Shape, ran: tuple[Layer, ...]) -> ShapesError:
    mends = [
        *(["a projection (1×1 convolution) gives the shortcut the same channels"] if shape[0] != other[0] else []),
        *(["a padding that keeps the size and equal strides on both give the same size"] * (shape[1:] != other[1:])),
    ]
    sentence = (
        f"{name} {_MEETING[op.kind]}, but {'×'.join(map(str, shape))} meets {'×'.join(map(str, other))}; "
        f"{', '.join(mends)}."
    )
    return ShapesError(sentence, layer=name, shapes=(shape, other), ran=ran)


class _TooSmallError(Exception):
    """A picture of which too little reaches an operation, found while walking; its text is half a sentence."""


def _check_window(op: Op, name: str, shape: Shape) -> None:
    """A window slides over the padded map, so it must fit on it."""
    if op.kind not in ("conv", "maxpool", "avgpool") or op.is_global_pool:
        return
    if convolved(min(shape[1:]), op) < 1:
        raise _TooSmallError(
            f"the {op.kernel}×{op.kernel} window of {name} does not fit on the {shape[1]}×{shape[2]} that reaches it"
        )


def _check_norm(op: Op, name: str, shape: Shape) -> None:
    """An instance or group norm works on the picture alone, and one value minus its own mean is zero."""
    values = shape[1] * shape[2] * (op.channels_out // op.groups if op.norm == "group" else 1)
    if op.norm in ("instance", "group") and values == 1 and not op.takes_one_value:
        raise _TooSmallError(f"{name} would normalise a single value, which gives zero whatever the picture")


def smallest_side(network: Network) -> int:
    """The smallest square input that every window and norm of the network can take, in pixels."""

    def works(side: int) -> bool:
        try:
            _Walk(network, (side, side)).plan()
        except _TooSmallError:
            return False
        except ShapesError:  # all windows fit; what is wrong then is not the size of the picture
            return True
        return True

    if works(1):
        return 1
    low, high = 1, 2
    while not works(high) and high < LARGEST_SIDE:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if works(middle) else (middle, high)
    return high
