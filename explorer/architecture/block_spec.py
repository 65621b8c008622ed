"""The one configuration of a residual block: what a person can choose of it, checked and normalised."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self, get_args

from explorer.architecture.notebook import fields_table
from explorer.architecture.values import is_whole, shown, whole
from explorer.errors import SpecError

BlockType = Literal["single", "basic", "triple", "bottleneck"]
BlockShortcut = Literal["identity", "projection", "pooled", "padding", "padding-both", "none"]
Order = Literal["post", "pre"]
StrideOn = Literal["3x3", "1x1"]
Norm = Literal["batch", "instance", "group", "none"]
Join = Literal["add", "concat"]

EXPANSION: dict[str, int] = {"basic": 1, "bottleneck": 4}
"""Output channels of a network's block over the width of its stage."""
MAX_CHANNELS = 8_192
"""Channels of a stage before a bottleneck's expansion, and of the input."""
MAX_BLOCK_CHANNELS = MAX_CHANNELS * EXPANSION["bottleneck"]
"""Channels that arrive at a block or leave it."""
MAX_INNER_CHANNELS = 65_536
"""Channels inside a bottleneck."""
MAX_STEP = 8
"""Stride and padding of a block."""
MAX_DILATION = 16
"""Of a block: a sixth stage that strides no more, nor do the three before it."""

BLOCK_CHOICES: dict[str, tuple[str, ...]] = {
    "type": get_args(BlockType),
    "shortcut": get_args(BlockShortcut),
    "norm": get_args(Norm),
    "order": get_args(Order),
    "stride_on": get_args(StrideOn),
    "join": get_args(Join),
}
BLOCK_FLAGS = ("conv_bias", "shortcut_norm", "last_relu", "squeeze_excite", "zero_init_residual", "antialias", "dilate")
BLOCK_COUNTS: dict[str, tuple[int, int]] = {
    "channels_in": (1, MAX_BLOCK_CHANNELS),
    "channels_out": (1, MAX_BLOCK_CHANNELS),
    "inner": (0, MAX_INNER_CHANNELS),
    "groups": (1, MAX_INNER_CHANNELS),
    "stride": (1, MAX_STEP),
    "padding": (0, MAX_STEP),
    "dilation": (1, MAX_DILATION),
    "shortcut_stride": (0, MAX_STEP),
}


@dataclass(frozen=True, kw_only=True)
class BlockSpec:
    """Everything that distinguishes one block from another; d2l's first check is the default.

    Two specs of the same block are equal: a field that changes nothing is set back to its default. Main path and
    shortcut may be chosen so that they cannot be added; ``explorer.architecture.one_block.trace_block`` says where and
    why.

    Attributes:
        type: one 3×3 convolution ("single"), two ("basic"), three ("triple"), or 1×1, 3×3, 1×1 ("bottleneck").
        channels_in: channels of x.
        channels_out: channels of F(x).
        inner: channels inside a bottleneck; 0 is a quarter of ``channels_out``.
        groups: groups of a bottleneck's 3×3 convolution.
        stride: step of the first convolution (of a bottleneck's as ``stride_on`` says) and of the shortcut.
        stride_on: which convolution of a bottleneck has the stride.
        padding: pixels that every 3×3 adds on each side, times its dilation; 1 keeps the size.
        dilation: step between the pixels that a 3×3 takes.
        dilate: whether dilation stands in for the stride (torchvision's name): nothing strides, and every 3×3 behind
            the convolution that had the stride is dilated by as much more. The weights then meet the same pixels as
            before; the pool of a pooled shortcut and a blur pool stay, with stride 1, as in timm.
        shortcut: x itself ("identity"), 1×1 convolution ("projection"), average pool then 1×1 ("pooled"), every
            ``stride``-th pixel and channels of zeros behind ("padding", option A) or on both sides ("padding-both"), or
            no shortcut ("none").
        shortcut_norm: whether a projection is followed by a norm.
        shortcut_stride: step of the shortcut where it is another than the main path's; 0 is the same.
        norm: batch, instance, group or none.
        conv_bias: whether the convolutions have a bias.
        order: the norm after its convolution ("post") or norm and ReLU before it ("pre").
        squeeze_excite: a gate at the end of the main path, with reduction 16.
        join: whether F(x) and the shortcut are added or stand side by side ("concat").
        last_relu: whether a ReLU follows; a block with order "pre" has none.
        zero_init_residual: whether the last norm's weight starts at 0.
        antialias: whether the stride of the main path is that of a blur pool behind its convolution.

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
    shortcut_stride: int = 0
    norm: Norm = "batch"
    conv_bias: bool = True
    order: Order = "post"
    squeeze_excite: bool = False
    join: Join = "add"
    last_relu: bool = True
    zero_init_residual: bool = False
    antialias: bool = False
    dilation: int = 1
    dilate: bool = False

    def __post_init__(self) -> None:
        for name in BLOCK_COUNTS:
            self._set(name, whole(getattr(self, name)))
        problems = _wrong_values(self)
        if not problems:
            if self.dilate:
                self._without_a_stride()
            for name in block_inapplicable(self):
                self._set(name, BLOCK_DEFAULTS[name])
            problems = _wrong_combinations(self)
        if problems:
            raise SpecError(*problems)
        if self.inner == max(1, self.channels_out // EXPANSION["bottleneck"]):
            self._set("inner", 0)
        if self.shortcut_stride == self.step:
            self._set("shortcut_stride", 0)
        if self.shortcut == "padding-both" and self.channels_out - self.channels_in < 2:
            self._set("shortcut", "padding")  # there are no zeros to divide between two sides

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _without_a_stride(self) -> None:
        """A stride that dilation stands in for is left out where the block without it is the same one."""
        if self.type in ("basic", "triple") or self.shortcut == "pooled" or self.antialias:
            return
        if self.type == "bottleneck" and self.stride_on == "1x1":
            self._set("dilation", self.dilation * self.stride)
        self._set("stride", 1)

    def replace(self, /, **changes: Any) -> Self:
        """A copy with some fields changed, checked anew.

        Raises:
            SpecError: when a field is unknown or the new combination is wrong.
        """
        unknown = sorted(set(changes) - set(BLOCK_DEFAULTS))
        if unknown:
            raise SpecError(f"A block has no field {shown(unknown[0])}; its fields are {', '.join(BLOCK_DEFAULTS)}.")
        return replace(self, **changes)

    def _repr_html_(self) -> str:
        """All fields, for a notebook."""
        return fields_table("BlockSpec", asdict(self))

    @property
    def step(self) -> int:
        """Stride of the main path: 1 where dilation stands in for it."""
        return 1 if self.dilate else self.stride

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
    if spec.shortcut in ("identity", "none"):
        names |= {"shortcut_stride"}
    if spec.shortcut == "none":
        names |= {"join"}
    if spec.norm == "none" or spec.shortcut == "none":
        names |= {"zero_init_residual"}
    if spec.order == "pre":
        names |= {"last_relu"}
    if spec.stride == 1:
        names |= {"antialias", "dilate"}
    return frozenset(names)


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
    if spec.shortcut in ("padding", "padding-both") and spec.channels_out < spec.channels_in:
        problems.append(
            f"Zero padding appends channels and cannot remove any: from {spec.channels_in} to {spec.channels_out} "
            "channels takes a projection."
        )
    return problems
