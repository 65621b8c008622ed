"""One block alone: what a person can choose of it, its tree, and where its two paths clash."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, NamedTuple, Self, get_args

from explorer.architecture.describe import describe
from explorer.architecture.parts import (
    conv_op,
    gate_of,
    post_activation,
    pre_activation,
    relu_op,
    shortcut_ops,
)
from explorer.architecture.plan import Plan
from explorer.architecture.spec import (
    EXPANSION,
    MAX_CHANNELS,
    MAX_INNER_CHANNELS,
    Norm,
    Order,
    ResNetSpec,
    StrideOn,
)
from explorer.architecture.trace import trace
from explorer.architecture.tree import Gate, Network, Op, Residual, Section
from explorer.architecture.values import is_whole, shown, whole
from explorer.errors import InputSizeError, ShapesError, SpecError

BlockType = Literal["single", "basic", "triple", "bottleneck"]
BlockShortcut = Literal["identity", "projection", "pooled", "padding", "none"]
Join = Literal["add", "concat"]

KERNELS: dict[str, tuple[int, ...]] = {"single": (3,), "basic": (3, 3), "triple": (3, 3, 3), "bottleneck": (1, 3, 1)}
"""The windows of the main path's convolutions, in order."""
BLOCK_CHOICES: dict[str, tuple[str, ...]] = {
    "type": get_args(BlockType),
    "shortcut": get_args(BlockShortcut),
    "norm": get_args(Norm),
    "order": get_args(Order),
    "stride_on": get_args(StrideOn),
    "join": get_args(Join),
}
BLOCK_FLAGS = ("conv_bias", "shortcut_norm", "last_relu", "squeeze_excite")
BLOCK_COUNTS: dict[str, tuple[int, int]] = {
    "channels_in": (1, MAX_CHANNELS),
    "channels_out": (1, MAX_CHANNELS),
    "inner": (0, MAX_INNER_CHANNELS),
    "groups": (1, MAX_INNER_CHANNELS),
    "stride": (1, 8),
    "padding": (0, 8),
}
NAME = "layer1.0"
"""The block's name in the plan where it is given none."""


@dataclass(frozen=True, kw_only=True)
class BlockSpec:
    """Everything that distinguishes one block from another; d2l's first check is the default.

    Two specs of the same block are equal: a field that changes nothing is set back to its default. Main path and
    shortcut may be chosen so that they cannot be added; ``trace_block`` says where and why.

    Attributes:
        type: one 3×3 convolution ("single"), two ("basic"), three ("triple"), or 1×1, 3×3, 1×1 ("bottleneck").
        channels_in: channels of x.
        channels_out: channels of F(x).
        inner: channels inside a bottleneck; 0 is a quarter of ``channels_out``.
        groups: groups of a bottleneck's 3×3 convolution.
        stride: step of the first convolution (of a bottleneck's as ``stride_on`` says) and of the shortcut.
        stride_on: which convolution of a bottleneck has the stride.
        padding: pixels that every 3×3 adds on each side; 1 keeps the size.
        shortcut: x itself ("identity"), 1×1 convolution ("projection"), average pool then 1×1 ("pooled"), every
            ``stride``-th pixel and channels of zeros ("padding", option A), or no shortcut ("none").
        shortcut_norm: whether a projection is followed by a norm.
        norm: batch, instance, group or none.
        conv_bias: whether the convolutions have a bias.
        order: the norm after its convolution ("post") or norm and ReLU before it ("pre").
        squeeze_excite: a gate at the end of the main path, with reduction 16.
        join: whether F(x) and the shortcut are added or stand side by side ("concat").
        last_relu: whether a ReLU follows; a block with order "pre" has none.

    Raises:
        SpecError: naming all that is wrong.
    """

    type: BlockType = "basic"
    channels_in: int = 3
    channels_out: int = 3
    inner: int = 0
    groups: int = 1
    stride: int = 1
    stride_on: StrideOn = "3x3"
    padding: int = 1
    shortcut: BlockShortcut = "identity"
    shortcut_norm: bool = False
    norm: Norm = "batch"
    conv_bias: bool = True
    order: Order = "post"
    squeeze_excite: bool = False
    join: Join = "add"
    last_relu: bool = True

    def __post_init__(self) -> None:
        for name in BLOCK_COUNTS:
            self._set(name, whole(getattr(self, name)))
        problems = _wrong_values(self)
        if not problems:
            for name in block_inapplicable(self):
                self._set(name, BLOCK_DEFAULTS[name])
            problems = _wrong_combinations(self)
        if problems:
            raise SpecError(*problems)
        if self.inner == max(1, self.channels_out // EXPANSION["bottleneck"]):
            self._set("inner", 0)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def replace(self, /, **changes: Any) -> Self:
        """A copy with some fields changed, checked anew.

        Raises:
            SpecError: when a field is unknown or the new combination is wrong.
        """
        unknown = sorted(set(changes) - set(BLOCK_DEFAULTS))
        if unknown:
            raise SpecError(f"A block has no field {shown(unknown[0])}; its fields are {', '.join(BLOCK_DEFAULTS)}.")
        return replace(self, **changes)

    @property
    def inner_channels(self) -> int:
        """Channels between the convolutions of the main path."""
        if self.type != "bottleneck":
            return self.channels_out
        return self.inner or max(1, self.channels_out // EXPANSION["bottleneck"])


BLOCK_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(BlockSpec)}


def block_inapplicable(spec: BlockSpec) -> frozenset[str]:
    """Names of the fields that change nothing in this block, and so stand at their defaults."""
    names: set[str] = set()
    if spec.type != "bottleneck":
        names |= {"inner", "groups", "stride_on"}
    elif spec.stride == 1:
        names |= {"stride_on"}
    if spec.norm == "none" or spec.shortcut not in ("projection", "pooled"):
        names |= {"shortcut_norm"}
    if spec.shortcut == "none":
        names |= {"join"}
    if spec.order == "pre":
        names |= {"last_relu"}
    return frozenset(names)


def describe_block(spec: BlockSpec, *, name: str = NAME) -> Network:
    """The tree of one block: a single section with a single ``Residual``.

    Args:
        spec: a checked specification.
        name: the block's dotted name; its first part is the section, whose colour the block has.
    """
    shortcut = _shortcut(spec)
    arrives = spec.channels_in if not shortcut else shortcut[-1].channels_out
    joined = spec.channels_out + (arrives if spec.join == "concat" else 0)
    add = None
    if spec.shortcut != "none":
        add = Op(kind=spec.join, name=spec.join, channels_in=spec.channels_out, channels_out=joined)
    gate = (gate_of(spec.channels_out),) if spec.squeeze_excite else ()
    convs = _convolutions(spec)
    if spec.order == "post":
        *main, relu = post_activation(spec, convs)
        after = (relu_op(relu.name, joined),) if spec.last_relu else ()
        block = Residual(name, (), (*main, *gate), shortcut, add, after)
    else:
        main = pre_activation(spec, convs)
        # Section 4.1 of arXiv 1603.05027: a projection takes what the first norm and ReLU put out
        first = next(i for i, op in enumerate(main) if op.kind == "conv")
        shared = first if spec.shortcut in ("projection", "pooled") else 0
        block = Residual(name, tuple(main[:shared]), (*main[shared:], *gate), shortcut, add, ())
    return Network(block_title(spec), spec.channels_in, (Section(name.partition(".")[0], (block,)),))


def block_title(spec: BlockSpec) -> str:
    """``Basic block 64 → 128, stride 2``."""
    stride = f", stride {spec.stride}" if spec.stride > 1 else ""
    return f"{TITLES[spec.type]} {spec.channels_in:,} → {spec.channels_out:,}{stride}"


TITLES: dict[str, str] = {
    "single": "One-layer block",
    "basic": "Basic block",
    "triple": "Three-layer block",
    "bottleneck": "Bottleneck",
}


def block_of(spec: ResNetSpec, name: str) -> BlockSpec:
    """A block of a network on its own.

    Args:
        spec: the network.
        name: the block's name, ``layer2.0``.

    Raises:
        KeyError: when there is no such block.
    """
    node = {block.name: block for block in describe(spec).blocks()}[name]
    ops = [op for op in (*node.before, *node.main) if isinstance(op, Op)]
    convs = [op for op in ops if op.kind == "conv"]
    first, last = convs[0], convs[-1]
    pools = spec.shortcut == "D" and bool(node.shortcut)
    return BlockSpec(
        type=spec.block,
        channels_in=first.channels_in,
        channels_out=last.channels_out,
        inner=convs[1].channels_in if spec.block == "bottleneck" else 0,
        groups=spec.groups,
        stride=max(op.stride for op in convs),
        stride_on=spec.stride_on,
        shortcut="pooled" if pools else node.shortcut_kind,
        shortcut_norm=spec.shortcut_norm,
        norm=spec.norm,
        conv_bias=spec.conv_bias,
        order=spec.order,
        squeeze_excite=any(isinstance(node, Gate) for node in node.main),
    )


class BlockTrace(NamedTuple):
    """A block at one input size, as far as it runs.

    Attributes:
        plan: the rows that run.
        clash: what stops the block; None when it runs to its end.
    """

    plan: Plan
    clash: ShapesError | None


def trace_block(spec: BlockSpec, input_size: tuple[int, int], *, name: str = NAME) -> BlockTrace:
    """Walk one block up to where its paths clash, if they do.

    Args:
        spec: the block.
        input_size: height and width of x.
        name: as for ``describe_block``.

    Raises:
        InputSizeError: when the size is none, a window does not fit, or a norm would see a single value.
    """
    network = describe_block(spec, name=name)
    try:
        return BlockTrace(trace(network, input_size), None)
    except ShapesError as clash:
        return BlockTrace(Plan(network, input_size, clash.ran), clash)


def mend_block(spec: BlockSpec, input_size: tuple[int, int]) -> dict[str, Any]:
    """The smallest change after which the paths agree: values by field; empty when nothing is wrong or helps.

    Args:
        spec: the block.
        input_size: height and width of x.

    Raises:
        InputSizeError: as ``trace_block``.
    """
    if trace_block(spec, input_size).clash is None:
        return {}
    changes: tuple[dict[str, Any], ...] = (
        {"padding": 1},
        {"shortcut": "projection"},
        {"padding": 1, "shortcut": "projection"},
    )
    for change in changes:
        if _runs(spec.replace(**change), input_size):
            return {field: value for field, value in change.items() if value != getattr(spec, field)}
    return {}


def _runs(spec: BlockSpec, input_size: tuple[int, int]) -> bool:
    try:
        return trace_block(spec, input_size).clash is None
    except InputSizeError:
        return False


def _convolutions(spec: BlockSpec) -> list[Op]:
    kernels = KERNELS[spec.type]
    strided = 1 if spec.type == "bottleneck" and spec.stride_on == "3x3" else 0
    widths = [spec.channels_in, *[spec.inner_channels] * (len(kernels) - 1), spec.channels_out]
    convs = []
    for i, kernel in enumerate(kernels):
        conv = conv_op(
            spec,
            f"conv{i + 1}",
            widths[i],
            widths[i + 1],
            kernel=kernel,
            stride=spec.stride if i == strided else 1,
            groups=spec.groups if spec.type == "bottleneck" and kernel == 3 else 1,
        )
        convs.append(replace(conv, padding=spec.padding) if kernel == 3 else conv)
    return convs


def _shortcut(spec: BlockSpec) -> tuple[Op, ...]:
    if spec.shortcut == "identity" or spec.shortcut == "none":
        return ()
    return shortcut_ops(spec, spec.shortcut, spec.channels_in, spec.channels_out, stride=spec.stride)


def _wrong_values(spec: BlockSpec) -> list[str]:
    problems = []
    for name, choices in BLOCK_CHOICES.items():
        value = getattr(spec, name)
        if not isinstance(value, str) or value not in choices:
            problems.append(f"{name} is {shown(value)}; it must be one of {', '.join(choices)}.")
    for name in BLOCK_FLAGS:
        value = getattr(spec, name)
        if not isinstance(value, bool):
            problems.append(f"{name} is {shown(value)}; it must be true or false.")
    for name, (low, high) in BLOCK_COUNTS.items():
        value = getattr(spec, name)
        if not is_whole(value, low, high):
            problems.append(f"{name} is {shown(value)}; it must be a whole number from {low} to {high:,}.")
    return problems


def _wrong_combinations(spec: BlockSpec) -> list[str]:
    problems = []
    if spec.inner_channels % spec.groups:
        problems.append(
            f"groups is {spec.groups} and does not divide the {spec.inner_channels} channels inside; choose a divisor."
        )
    if spec.shortcut == "padding" and spec.channels_out < spec.channels_in:
        problems.append(
            f"Zero padding appends channels and cannot remove any: from {spec.channels_in} to {spec.channels_out} "
            "channels takes a projection."
        )
    return problems
