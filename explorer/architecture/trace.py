"""From a network and an input size to its plan: the walk that meets every operation in the order of the calls."""

from typing import NamedTuple

from explorer.architecture.counts import Counts, TooSmallError, counts_of
from explorer.architecture.families import Spec, network_of
from explorer.architecture.operations import Op, Shape
from explorer.architecture.plan import INPUT, Layer, Plan
from explorer.architecture.reach import PIXELS, Reach, through, united
from explorer.architecture.tree import Gate, Network, Path, Residual
from explorer.architecture.values import is_count, shown, whole
from explorer.errors import InputSizeError, ShapesError, SpecError

LARGEST_SIDE = 16_384


def trace(network: Network | Spec | str, input_size: tuple[int, int] | int) -> Plan:
    """Walk a network with the field's arithmetic.

    Args:
        network: from ``describe``, or its spec or name.
        input_size: height and width of the picture in pixels, 1 to ``LARGEST_SIDE`` each; one number for a square.

    Returns:
        The plan, one row per call; nothing is built.

    Raises:
        SpecError: when there is no such network, or its plan is measured.
        InputSizeError: when the size is no size or too large, a window does not fit on what reaches it, or a norm
            would see a single value.
        ShapesError: when main path and shortcut meet with shapes that do not agree.

    Examples:
        >>> plan = trace("resnet50", 224)
        >>> plan.params, plan.macs
        (25557032, 4089184256)
        >>> plan.rows["layer1.0.conv2"].output_shape
        (64, 56, 56)
    """
    input_size = checked_size(input_size)
    network = network_of(network)
    if network.measured:
        raise SpecError(f"{network.title} is measured, not described: explorer.model.foreign_plan has its plan.")
    try:
        return _Walk(network, input_size).plan()
    except TooSmallError as error:
        side = smallest_side(network)
        raise InputSizeError(
            f"At an input of {input_size[0]}×{input_size[1]} {error}; choose an input of at least {side}×{side}."
        ) from None


def checked_size(input_size: tuple[int, int] | int) -> tuple[int, int]:
    """Height and width as plain whole numbers; one number is a square.

    Raises:
        InputSizeError: when the size is no size or too large.
    """
    sides = input_size if isinstance(input_size, tuple | list) else (input_size, input_size)
    if len(sides) == 2:
        height, width = map(whole, sides)
        if is_count(height, LARGEST_SIDE) and is_count(width, LARGEST_SIDE):
            return height, width
    raise InputSizeError(
        f"The input size is {shown(input_size)}; give height and width in whole pixels, 1 to {LARGEST_SIDE:,} each."
    )


def smallest_side(network: Network) -> int:
    """The smallest square input that every window and norm of the network can take, in pixels."""

    def works(side: int) -> bool:
        try:
            _Walk(network, (side, side)).plan()
        except TooSmallError:
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


class _Signal(NamedTuple):
    """What travels from operation to operation: a shape, and what its positions see of the input."""

    source: str
    shape: Shape
    reach: Reach = PIXELS
    whole_map_at: str = ""


class _Walk:
    """One walk through a network, which keeps the rows and what it has worked out once."""

    def __init__(self, network: Network, input_size: tuple[int, int]) -> None:
        self.network = network
        self.input_size = input_size
        self.rows: list[Layer] = []
        # blocks of a stage share their operations, so most rows repeat an operation on a shape that was seen
        self.counts: dict[tuple[int, Shape], Counts] = {}

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
        """Append the row of one operation and return what it outputs."""
        name = f"{block}.{op.name}" if block else op.name
        if other is not None and not _agree(op, signal.shape, other.shape):
            raise _shapes_error(op, name, signal.shape, other.shape, tuple(self.rows))
        source, shape, reach, whole_map_at = signal
        counts = self.counts.get((id(op), shape))
        if counts is None:
            counts = self.counts[id(op), shape] = counts_of(op, shape, name)
        out, params, macs, activation_bytes, kernel, stride, padding, dilation, groups, buffer_bytes, whole_map = counts
        reach = through(op, reach)
        if other is not None:
            reach = united(reach, other.reach, max(out[1:]))
            whole_map_at = whole_map_at or other.whole_map_at
        if whole_map and not whole_map_at:
            whole_map_at = name
        field = max(reach.sizes) if reach.period else reach.end - reach.start
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
                max(field, *self.input_size) if whole_map_at else field,
                reach.jump,
                kernel,
                stride,
                padding,
                dilation,
                groups,
                (source,) if other is None else (source, other.source),
                reach,
                whole_map_at,
                buffer_bytes,
                op,
            )
        )
        return _Signal(name, out, reach, whole_map_at)


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
