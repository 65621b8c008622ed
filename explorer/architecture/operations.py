"""What kinds of operations there are: a record per kind, which holds all of its arithmetic and all of its words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from explorer.architecture.expressions import (
    Expression,
    ceil,
    floor,
    plain,
    product,
    ratio,
    said,
    unchanged,
)

Kind = Literal[
    "conv",
    "convtranspose",
    "norm",
    "relu",
    "tanh",
    "sigmoid",
    "maxpool",
    "avgpool",
    "blurpool",
    "add",
    "concat",
    "mul",
    "pad",
    "flatten",
    "linear",
    # what only networks without a tree of ours have
    "activation",
    "dropout",
    "attention",
    "other",
]

JOINS: tuple[Kind, ...] = ("add", "concat")
"""Where a main path and a shortcut meet, in this order."""
FLOAT_BYTES = 4
COUNTER_BYTES = 8  # a norm's num_batches_tracked is one int64
UP = "up"
"""What stands for a transposed convolution in the diagram, which makes maps larger."""

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One operation with its hyper-parameters and no sizes.

    Attributes:
        kind: what it is.
        name: its dotted name inside its section or block (``conv1``, ``downsample.0``, ``se.fc1``).
        channels_in: channels or features that arrive.
        channels_out: channels or features that leave.
        kernel: side of the square window in pixels; 0 where there is none, and for a pool over the whole map.
        stride: step of the window in pixels; of a pad, the step of the sub-sampling.
        padding: pixels added on every side.
        dilation: step between the pixels that the window takes; above 1 it leaves those between them out.
        groups: groups of a convolution, or of a group norm.
        same: whether an average pool puts zeros around the map so that its size stays, one more behind it than in
            front where the window is even, and counts them in its means: TensorFlow's "SAME".
        ceil_mode: whether a pool keeps a last window that is cut off.
        bias: whether a convolution or linear layer has a bias.
        norm: which norm, for kind ``norm``.
        zero_init: whether a norm's weight starts at 0.
        takes_one_value: whether an instance norm may meet a map of one value, which its running statistics then
            normalise in evaluation.
        zeros_before: of a pad: how many of the channels of zeros stand before those that arrive.
        channels_last: whether what it outputs has its channels last, ``(H, W, C)`` or ``(tokens, C)``, as in
            transformers; only in a measured network.
        in_sequence: whether such tokens are of a sequence, and not the squares that a picture was cut into.
    """

    kind: Kind
    name: str
    channels_in: int
    channels_out: int
    kernel: int = 0
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    same: bool = False
    ceil_mode: bool = False
    bias: bool = False
    norm: str = ""
    zero_init: bool = False
    takes_one_value: bool = False
    channels_last: bool = False
    in_sequence: bool = False
    zeros_before: int = 0

    @property
    def extent(self) -> int:
        """Pixels from the first to the last that the window takes: d·(k − 1) + 1, at least 1."""
        return self.dilation * (max(self.kernel, 1) - 1) + 1

    @property
    def is_global_pool(self) -> bool:
        """Whether it averages the whole map to one value per channel."""
        return self.kind == "avgpool" and self.kernel == 0


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One kind of operation: how its numbers come about, and what it is called.

    Sides are in pixels; shapes have no batch, ``(C, H, W)`` or ``(features,)``.

    Attributes:
        name: in the field's words, ``3×3 convolution, stride 2``.
        box: in the paper's short form, ``3×3, 128, C=32, /2``.
        chip: where there is less room, on a shortcut; None for that of the box.
        listed: as in the paper's Table 1; empty for what it leaves out.
        plural: under which name it is counted in the totals.
        channels: that leave, from those that arrive.
        side: one side of the map that leaves, from that which arrives.
        features: that leave, where no map does; None where it does.
        params: learnable scalars.
        macs: multiply-accumulates, from the shapes that arrive and leave.
        buffers: bytes that are kept beside the parameters.
        too_small: what is wrong with a shape that arrives, besides a window that does not fit on it, from the row's
            name and the shape; empty when nothing is.
        slides: whether it has a window, or only a step.
        grouped: whether its channels fall into groups.
        convolves: whether it is a convolution with learned weights, a layer by which networks are named.
        enlarges: whether its stride makes maps larger.
        whole_map: whether each value depends on the whole map that arrives. A batch or instance norm does so in
            training only; in evaluation its running statistics are constants.
        boxed: whether the diagram gives it a box of its own.
    """

    name: Callable[[Op], str] = lambda op: op.kind
    box: Callable[[Op], str] = lambda op: op.kind
    chip: Callable[[Op], str] | None = None
    listed: Callable[[Op], str] = lambda op: ""
    plural: str = "others"
    channels: Callable[[Op], Expression] = lambda op: unchanged(op.channels_out)
    side: Callable[[Op, int], Expression] = lambda op, side: unchanged(side)
    features: Callable[[Op, Shape], Expression] | None = None
    params: Callable[[Op], Expression] = lambda op: said("nothing to learn", 0)
    macs: Callable[[Op, Shape, Shape], Expression] = lambda op, arriving, leaving: said(
        "not counted outside convolutions and linear layers", 0
    )
    buffers: Callable[[Op], Expression] = lambda op: said("nothing is kept beside the parameters", 0)
    too_small: Callable[[Op, str, Shape], str] = lambda op, name, shape: ""
    slides: Literal["window", "step", ""] = ""
    grouped: bool = False
    convolves: bool = False
    enlarges: bool = False
    whole_map: bool = False
    boxed: bool = False

    def output(self, op: Op, shape: Shape) -> tuple[Expression, ...]:
        """Channels, height and width that leave, or features."""
        if self.features is not None:
            return (self.features(op, shape),)
        if len(shape) == 1:
            return (unchanged(shape[0]),)
        height = self.side(op, shape[1])
        return self.channels(op), height, height if shape[1] == shape[2] else self.side(op, shape[2])


def operation(op: Op) -> Operation:
    """The record of an operation's kind."""
    if op.is_global_pool:
        return _GLOBAL_POOL
    return NORMS.get(op.norm) or OPERATIONS[op.kind]


# --- words ---


def _square(op: Op) -> str:
    return f"{op.kernel}×{op.kernel}"


def _slash(op: Op) -> str:
    return f", /{op.stride}" if op.stride > 1 else ""


def _stride(op: Op) -> str:
    return f", stride {op.stride}" if op.stride > 1 else ""


def _dilated(op: Op) -> str:
    return f", dilation {op.dilation}" if op.dilation > 1 else ""


def _d(op: Op) -> str:
    return f", d{op.dilation}" if op.dilation > 1 else ""


def cardinality(op: Op) -> str:
    """The groups of a convolution as in Table 1 of arXiv 1611.05431: ``, C=32``."""
    return f", C={op.groups}" if op.groups > 1 else ""


# --- arithmetic ---


def _convolved(op: Op, side: int) -> Expression:
    """⌊(n + 2p − k)/s⌋ + 1, rounded up with ``ceil_mode``; with dilation the window is d·(k − 1) + 1 for k."""
    if op.same:
        return unchanged(side)
    padded = plain(side) + product(2, op.padding)
    span = padded - product(op.dilation, op.kernel - 1) - 1 if op.dilation > 1 else padded - op.kernel
    return (ceil if op.ceil_mode else floor)(span, op.stride) + 1


def _enlarged(op: Op, side: int) -> Expression:
    """(n − 1)·s − 2p + k."""
    return (plain(side) - 1) * op.stride - product(2, op.padding) + op.kernel


def _appended(op: Op) -> Expression:
    """Channels behind those that arrive: zeros, or the shortcut's."""
    more = op.channels_out - op.channels_in
    return plain(op.channels_in) + more if more else unchanged(op.channels_out)


def conv_weights(op: Op) -> Expression:
    """Weights of a convolution: kernel², channels in and channels out, over the groups."""
    dense = product(op.kernel, op.kernel, op.channels_in, op.channels_out)
    return ratio(dense, op.groups) if op.groups > 1 else dense


def linear_weights(op: Op) -> Expression:
    """Weights of a linear layer: one for each feature that arrives and each that leaves."""
    return product(op.channels_in, op.channels_out)


def _with_bias(op: Op, weights: Expression) -> Expression:
    return weights + op.channels_out if op.bias else weights


def _several_values(op: Op, name: str, shape: Shape) -> str:
    """An instance or group norm works on the picture alone, and one value minus its own mean is zero."""
    values = shape[1] * shape[2] * (op.channels_out // op.groups if op.norm == "group" else 1)
    if values > 1 or op.takes_one_value:
        return ""
    return f"{name} would normalise a single value, which gives zero whatever the picture"


def _can_be_mirrored(op: Op, name: str, shape: Shape) -> str:
    """A border of p mirrored pixels takes p pixels beside the outermost ones."""
    if min(shape[1:]) > op.padding:
        return ""
    return f"{name} mirrors the border of the {shape[1]}×{shape[2]} that reaches it, which needs more pixels"


def _running(op: Op) -> Expression:
    """Running mean and variance in float32, and the number of batches seen."""
    return product(2, op.channels_out, FLOAT_BYTES) + COUNTER_BYTES


def _norm(short: str, name: str) -> Operation:
    """A norm by its letters in the diagram and its name; γ and β are learned."""
    return Operation(
        name=lambda op: name, box=lambda op: short, plural="norms", params=lambda op: product(2, op.channels_out)
    )


NORMS: dict[str, Operation] = {
    "batch": replace(_norm("BN", "batch norm"), buffers=_running),
    "instance": replace(_norm("IN", "instance norm"), buffers=_running, too_small=_several_values),
    "group": replace(_norm("GN", "group norm"), too_small=_several_values, grouped=True, whole_map=True),
    "layer": replace(_norm("LN", "layer norm"), whole_map=True),
}
"""The kinds of norm, by the name of the norm."""

_GLOBAL_POOL = Operation(
    name=lambda op: "average over the whole map",
    box=lambda op: "avg pool",
    chip=lambda op: "avg",
    listed=lambda op: "average pool",
    side=lambda op, side: said("one mean over the whole map", 1),
    whole_map=True,
    boxed=True,
)

OPERATIONS: dict[Kind, Operation] = {
    "conv": Operation(
        name=lambda op: (
            f"{_square(op)} convolution{f', {op.groups} groups' if op.groups > 1 else ''}{_stride(op)}{_dilated(op)}"
        ),
        box=lambda op: f"{_square(op)}, {op.channels_out}{cardinality(op)}{_slash(op)}{_d(op)}",
        chip=lambda op: f"{_square(op)}{_slash(op)}{_d(op)}",
        listed=lambda op: f"{_square(op)}, {op.channels_out}{cardinality(op)}{_stride(op)}{_dilated(op)}",
        plural="convolutions",
        channels=lambda op: said("one for each filter", op.channels_out),
        side=_convolved,
        params=lambda op: _with_bias(op, conv_weights(op)),
        macs=lambda op, arriving, leaving: product(conv_weights(op).value, *leaving[1:]),
        slides="window",
        grouped=True,
        convolves=True,
        boxed=True,
    ),
    "convtranspose": Operation(
        name=lambda op: f"{_square(op)} transposed convolution{_stride(op)}",
        box=lambda op: f"{UP} {_square(op)}, {op.channels_out}{f', ×{op.stride}' if op.stride > 1 else ''}",
        listed=lambda op: f"{_square(op)} transposed, {op.channels_out}{_stride(op)}",
        plural="transposed convolutions",
        channels=lambda op: said("one for each filter", op.channels_out),
        side=_enlarged,
        params=lambda op: _with_bias(op, conv_weights(op)),
        # every value that arrives meets every weight once
        macs=lambda op, arriving, leaving: product(conv_weights(op).value, *arriving[1:]),
        slides="window",
        grouped=True,
        convolves=True,
        enlarges=True,
        boxed=True,
    ),
    "norm": Operation(plural="norms"),
    "linear": Operation(
        name=lambda op: "fully connected",
        box=lambda op: f"fc, {op.channels_out}",
        listed=lambda op: f"{op.channels_out}-d fc",
        plural="fully connected",
        features=lambda op, shape: said("one for each output", op.channels_out),
        params=lambda op: _with_bias(op, linear_weights(op)),
        macs=lambda op, arriving, leaving: linear_weights(op),
        boxed=True,
    ),
    "maxpool": Operation(
        name=lambda op: f"{_square(op)} max pooling{_stride(op)}",
        box=lambda op: f"max {_square(op)}{_slash(op)}",
        listed=lambda op: f"{_square(op)} max pool{_stride(op)}",
        side=_convolved,
        slides="window",
        boxed=True,
    ),
    "avgpool": Operation(
        name=lambda op: f"{_square(op)} average{_stride(op)}",
        box=lambda op: f"avg {_square(op)}{_slash(op)}",
        chip=lambda op: f"avg{_slash(op)}",
        listed=lambda op: f"{_square(op)} average pool{_stride(op)}",
        side=_convolved,
        slides="window",
        boxed=True,
    ),
    "blurpool": Operation(
        name=lambda op: f"{_square(op)} blur{_stride(op)}",
        box=lambda op: f"blur {_square(op)}{_slash(op)}",
        chip=lambda op: f"blur{_slash(op)}",
        listed=lambda op: f"{_square(op)} blur{_stride(op)}",
        plural="blur pools",
        side=_convolved,
        params=lambda op: said("a fixed filter, nothing to learn", 0),
        macs=lambda op, arriving, leaving: product(op.kernel, op.kernel, *leaving),
        too_small=_can_be_mirrored,
        slides="window",
        boxed=True,
    ),
    "pad": Operation(
        chip=lambda op: f"pad{_slash(op)}",
        channels=_appended,
        side=lambda op, side: ceil(side, op.stride),
        slides="step",
    ),
    "concat": Operation(name=lambda op: "main path and shortcut side by side", channels=_appended),
    "add": Operation(name=lambda op: "addition of main path and shortcut"),
    "mul": Operation(name=lambda op: "squeeze-and-excite, times its gate"),
    "relu": Operation(name=lambda op: "ReLU"),
    "tanh": Operation(name=lambda op: "tanh, to values between −1 and 1", listed=lambda op: "tanh"),
    "sigmoid": Operation(),
    "flatten": Operation(features=lambda op, shape: product(*shape), whole_map=True),
    "activation": Operation(),
    "dropout": Operation(),
    "attention": Operation(),
    "other": Operation(),
}
"""Every kind but the norms, which ``NORMS`` tells apart."""
