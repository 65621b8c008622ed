"""The one configuration of a residual network: what a person can choose, checked and normalised."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self, get_args

from explorer.architecture.block_spec import (
    EXPANSION,
    MAX_CHANNELS,
    MAX_INNER_CHANNELS,
    BlockShortcut,
    BlockSpec,
    Norm,
    Order,
    StrideOn,
)
from explorer.architecture.notebook import fields_table
from explorer.architecture.values import is_count, is_whole, shown, whole
from explorer.errors import SpecError

Block = Literal["basic", "bottleneck"]
Stem = Literal["imagenet", "cifar", "deep"]
Shortcut = Literal["A", "A-both", "B", "C", "D", "none"]

CHOICES: dict[str, tuple[str, ...]] = {
    "block": get_args(Block),
    "stem": get_args(Stem),
    "shortcut": get_args(Shortcut),
    "order": get_args(Order),
    "stride_on": get_args(StrideOn),
    "norm": get_args(Norm),
}
ADDED, ANTIALIAS = "added_classes", "antialias"
OUTPUT_STRIDE, OUTPUT_STRIDES = "output_stride", (32, 16, 8)
MAY_BE_ZERO = {"num_classes": "no classifier", ADDED: "no added layer"}
FLAGS = ("conv_bias", "shortcut_norm", "squeeze_excite", "zero_init_residual", ANTIALIAS)
TUPLES = ("depths", "widths")
COUNTS = ("groups", "base_width", "in_channels")

MAX_STAGES = 6
MAX_BLOCKS = 500
"""Blocks in one stage; the deepest network of the paper has 200."""
MAX_CLASSES = 1_000_000
_LARGEST = {
    "depths": MAX_BLOCKS,
    "widths": MAX_CHANNELS,
    "groups": MAX_CHANNELS,
    "base_width": MAX_INNER_CHANNELS,
    "in_channels": MAX_CHANNELS,
}
CONVS_PER_BLOCK: dict[str, int] = {"basic": 2, "bottleneck": 3}
_STEM_STRIDES: dict[str, int] = {"imagenet": 4, "deep": 4, "cifar": 1}
_SHORTCUTS: dict[str, BlockShortcut] = {
    "A": "padding",
    "A-both": "padding-both",
    "B": "projection",
    "C": "projection",
    "D": "pooled",
    "none": "none",
}


@dataclass(frozen=True, kw_only=True)
class ResNetSpec:
    """Everything that distinguishes one ResNet from another.

    Two specs that describe the same network are equal: a field that does not apply to the chosen block, norm or
    shortcut is set back to its default. What cannot be built, or means nothing, is refused.

    Attributes:
        block: two 3×3 convolutions ("basic") or 1×1, 3×3, 1×1 ("bottleneck").
        depths: residual blocks per stage, one to six stages.
        widths: channels per stage, before a bottleneck's expansion of 4. The stem outputs ``widths[0]``.
        groups: groups of a bottleneck's 3×3 convolution (ResNeXt's cardinality).
        base_width: a bottleneck's inner width per group at 64 channels, torchvision's ``width_per_group``.
        stem: 7×7/2 and max pool ("imagenet"), 3×3/1 ("cifar"), three 3×3 and max pool ("deep", ResNet-C).
        shortcut: zero padding behind the channels ("A") or on both sides of them ("A-both"),
            projection where shapes differ ("B"), projection everywhere ("C"),
            average pool then 1×1 where shapes differ ("D", ResNet-D), or a plain net ("none").
        order: the norm after its convolution ("post") or norm and ReLU before it ("pre", ResNet v2).
        stride_on: which convolution of a bottleneck has the stride: torchvision's "3x3" (v1.5), the paper's "1x1" (v1).
        norm: batch, instance (affine, with running statistics), group (gcd(32, channels) groups) or none.
        conv_bias: whether the convolutions have a bias.
        shortcut_norm: whether a projection is followed by a norm.
        squeeze_excite: a gate at the end of each block's main path, with reduction 16.
        zero_init_residual: the last norm's weight of each block starts at 0.
        antialias: a blur pool has the stride of the max pool and of each block's main path (arXiv 1904.11486).
        output_stride: most pixels of the picture between neighbours of the last map, 16 or 8; 32 is as it strides. A
            stage that would go beyond dilates in place of its stride: torchvision's ``replace_stride_with_dilation``,
            timm's ``output_stride``. Parameters and their names stay, but for projections of a stage that then changes
            neither size nor channels.
        in_channels: channels of the input picture.
        num_classes: outputs of the classifier, ``fc``; 0 for none, so that the pooled features are put out.
        added_classes: outputs of a linear layer added behind ``fc``, as a way of transfer learning; 0 for none.

    Raises:
        SpecError: naming all that is wrong.
    """

    block: Block = "bottleneck"
    depths: tuple[int, ...] = (3, 4, 6, 3)
    widths: tuple[int, ...] = (64, 128, 256, 512)
    groups: int = 1
    base_width: int = 64
    stem: Stem = "imagenet"
    shortcut: Shortcut = "B"
    order: Order = "post"
    stride_on: StrideOn = "3x3"
    norm: Norm = "batch"
    conv_bias: bool = False
    shortcut_norm: bool = True
    squeeze_excite: bool = False
    zero_init_residual: bool = False
    antialias: bool = False
    output_stride: int = 32
    in_channels: int = 3
    num_classes: int = 1000
    added_classes: int = 0

    def __post_init__(self) -> None:
        for name in (*COUNTS, *MAY_BE_ZERO, OUTPUT_STRIDE):
            self._set(name, whole(getattr(self, name)))
        for name in TUPLES:
            value = getattr(self, name)
            self._set(name, tuple(map(whole, value)) if isinstance(value, tuple | list) else value)
        wrong = _wrong_values(self)
        if not wrong:
            wrong = _out_of_reach(self)
        if not wrong:
            for name in inapplicable(self):
                self._set(name, DEFAULTS[name])
        problems = [*wrong.values(), *_wrong_combinations(self, wrong.keys())]
        if problems:
            raise SpecError(*problems)
        self._set("base_width", _smallest_base_width(self))
        if self.output_stride == self.own_stride:
            self._set(OUTPUT_STRIDE, DEFAULTS[OUTPUT_STRIDE])
        if self.shortcut == "A-both" and all(leaving - arriving < 2 for arriving, leaving, _ in self.block_ends()):
            self._set("shortcut", "A")  # there are no zeros to divide between two sides

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def replace(self, /, **changes: Any) -> Self:
        """A copy with some fields changed, checked anew.

        Raises:
            SpecError: when a field is unknown or the new combination is wrong.
        """
        unknown = sorted(set(changes) - set(DEFAULTS))
        if unknown:
            raise SpecError(f"A network has no field {shown(unknown[0])}; its fields are {', '.join(DEFAULTS)}.")
        return replace(self, **changes)

    @property
    def expansion(self) -> int:
        """Output channels of a block over its width: 1 basic, 4 bottleneck."""
        return EXPANSION[self.block]

    @property
    def nominal_depth(self) -> int:
        """The number in the network's name: blocks × (2 basic, 3 bottleneck) + 2, whatever the stem."""
        return sum(self.depths) * CONVS_PER_BLOCK[self.block] + 2

    @property
    def is_plain(self) -> bool:
        """Whether the network has no shortcuts at all."""
        return self.shortcut == "none"

    @property
    def outputs(self) -> int:
        """Classes that the network tells apart: those of the added layer, or else of ``fc``; 0 without a classifier."""
        return self.added_classes or self.num_classes

    @property
    def own_stride(self) -> int:
        """Pixels between neighbours of the last map by the stem's strides and those of the stages, undilated."""
        return _STEM_STRIDES[self.stem] * 2 ** (len(self.widths) - 1)

    @property
    def stride(self) -> int:
        """Pixels between neighbours of the last map."""
        return self.own_stride // self.dilations()[-1]

    def dilations(self) -> tuple[int, ...]:
        """The dilation behind each stage's first block, one per stage; 1 as far as it strides."""
        most = self.own_stride if self.output_stride == DEFAULTS[OUTPUT_STRIDE] else self.output_stride
        reached = (_STEM_STRIDES[self.stem] * 2**stage for stage in range(len(self.widths)))
        return tuple(max(1, own // most) for own in reached)

    def block_ends(self) -> tuple[tuple[int, int, int], ...]:
        """What each stage's first block does: (channels in, channels out, stride), one per stage."""
        strides = [1, *(2 if dilation == 1 else 1 for dilation in self.dilations()[1:])]
        return tuple((*ends, stride) for ends, stride in zip(_channels(self), strides, strict=True))

    def blocks(self) -> dict[str, BlockSpec]:
        """The residual blocks by name, ``layer1.0`` …, in order."""
        named = {}
        dilations = self.dilations()
        for stage, (channels_in, channels_out, stride) in enumerate(self.block_ends()):
            dilation, before = dilations[stage], dilations[max(0, stage - 1)]
            first = self._block(stage, channels_in, channels_out, stride, dilation=before, dilate=dilation > before)
            following = self._block(stage, channels_out, channels_out, 1, dilation=dilation)
            for number in range(self.depths[stage]):
                named[f"layer{stage + 1}.{number}"] = following if number else first
        return named

    def _block(
        self, stage: int, channels_in: int, channels_out: int, stride: int, *, dilation: int, dilate: bool = False
    ) -> BlockSpec:
        keeps_shape = stride == 1 and channels_in == channels_out
        identity = keeps_shape and self.shortcut not in ("C", "none")
        return BlockSpec(
            type=self.block,
            channels_in=channels_in,
            channels_out=channels_out,
            inner=self.inner_width(self.widths[stage]) if self.block == "bottleneck" else 0,
            groups=self.groups,
            stride=2 if dilate else stride,
            stride_on=self.stride_on,
            shortcut="identity" if identity else _SHORTCUTS[self.shortcut],
            shortcut_norm=self.shortcut_norm,
            norm=self.norm,
            conv_bias=self.conv_bias,
            order=self.order,
            squeeze_excite=self.squeeze_excite,
            zero_init_residual=self.zero_init_residual,
            antialias=self.antialias,
            dilation=dilation,
            dilate=dilate,
        )

    def inner_width(self, width: int) -> int:
        """Channels inside a block: torchvision's ``int(width * base_width / 64) * groups`` for a bottleneck."""
        return width if self.block == "basic" else int(width * (self.base_width / 64.0)) * self.groups

    def as_dict(self) -> dict[str, Any]:
        """All fields by name, in their order; what came later only where it is chosen, as files always were."""
        later = (ADDED, ANTIALIAS, OUTPUT_STRIDE)
        return {name: value for name, value in asdict(self).items() if name not in later or value != DEFAULTS[name]}

    def _repr_html_(self) -> str:
        """All fields, for a notebook."""
        return fields_table("ResNetSpec", self.as_dict())


DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(ResNetSpec)}


def inapplicable(spec: ResNetSpec) -> frozenset[str]:
    """Names of the fields that change nothing in this network, and so stand at their defaults.

    A picker disables exactly these.
    """
    names: set[str] = set()
    if spec.block == "basic":
        names |= {"groups", "base_width", "stride_on"}
    elif len(spec.depths) == 1:
        names |= {"stride_on"}  # the only stage has stride 1
    if spec.norm == "none" or not has_projection(spec):
        names |= {"shortcut_norm"}
    if spec.stem == "cifar" and len(spec.depths) == 1:
        names |= {"antialias"}  # nothing has a stride
    if spec.own_stride <= min(OUTPUT_STRIDES):
        names |= {OUTPUT_STRIDE}  # it strides no further
    if spec.num_classes == 0:
        names |= {ADDED}  # there is no classifier to add it to
    if spec.is_plain:
        names |= {"zero_init_residual"}  # there is no residual to start at zero
    if spec.shortcut in ("A", "A-both", "D") and not _changes_shape(spec):
        names |= {"shortcut"}  # every shortcut is the identity, as in B
    elif spec.shortcut == "D" and len(spec.depths) == 1:
        names |= {"shortcut"}  # nothing to pool: D's projection is B's
    elif spec.shortcut == "C" and max(spec.depths) == 1 and all(s != 1 or i != o for i, o, s in spec.block_ends()):
        names |= {"shortcut"}  # no block keeps its shape: C's projections are B's
    return frozenset(names)


def _channels(spec: ResNetSpec) -> list[tuple[int, int]]:
    """Channels that arrive at each stage and leave it."""
    outs = [width * spec.expansion for width in spec.widths]
    return list(zip([spec.widths[0], *outs[:-1]], outs, strict=True))


def has_projection(spec: ResNetSpec) -> bool:
    """Whether any shortcut of the network is a projection."""
    return spec.shortcut == "C" or (spec.shortcut in ("B", "D") and _changes_shape(spec))


def _changes_shape(spec: ResNetSpec) -> bool:
    return any(stride != 1 or i != o for i, o, stride in spec.block_ends())


def _smallest_base_width(spec: ResNetSpec) -> int:
    """The smallest base width that gives the same channels inside every block, so that equal networks are equal."""
    if spec.block == "basic":
        return spec.base_width
    inner = [(spec.inner_width(width) // spec.groups, width) for width in spec.widths]
    return max(-(-64 * channels // width) for channels, width in inner)


def _wrong_values(spec: ResNetSpec) -> dict[str, str]:
    """Fields that are no value of their kind at all, each with its sentence."""
    problems = {}
    for name, choices in CHOICES.items():
        value = getattr(spec, name)
        if not isinstance(value, str) or value not in choices:
            problems[name] = f"{name} is {shown(value)}; it must be one of {', '.join(choices)}."
    stride = spec.output_stride
    if not is_whole(stride, 1, max(OUTPUT_STRIDES)) or stride not in OUTPUT_STRIDES:
        problems[OUTPUT_STRIDE] = f"output_stride is {shown(stride)}; it must be one of 32, 16, 8."
    for name in FLAGS:
        value = getattr(spec, name)
        if not isinstance(value, bool):
            problems[name] = f"{name} is {shown(value)}; it must be true or false."
    for name in COUNTS:
        value = getattr(spec, name)
        if not is_count(value, _LARGEST[name]):
            problems[name] = f"{name} is {shown(value)}; it must be a whole number from 1 to {_LARGEST[name]:,}."
    for name, without in MAY_BE_ZERO.items():
        value = getattr(spec, name)
        if not is_whole(value, 0, MAX_CLASSES):
            problems[name] = (
                f"{name} is {shown(value)}; it must be a whole number from 1 to {MAX_CLASSES:,}, or 0 for {without}."
            )
    for name in TUPLES:
        value = getattr(spec, name)
        if not isinstance(value, tuple) or not all(is_count(v, _LARGEST[name]) for v in value):
            problems[name] = (
                f"{name} is {shown(value)}; it must be a list of whole numbers from 1 to {_LARGEST[name]:,}, "
                "one per stage."
            )
        elif not 1 <= len(value) <= MAX_STAGES:
            problems[name] = f"{name} has {len(value)} stages; a network has 1 to {MAX_STAGES}."
    return problems


def _out_of_reach(spec: ResNetSpec) -> dict[str, str]:
    """An output stride that the network does not come to."""
    own, wanted = spec.own_stride, spec.output_stride
    if wanted == DEFAULTS[OUTPUT_STRIDE] or wanted <= own:
        return {}
    return {
        OUTPUT_STRIDE: f"output_stride is {wanted}, and this network strides by {own} in all; "
        f"choose {'8 or 32' if own == min(OUTPUT_STRIDES) else '32'}, with which it stays as it is."
    }


def _wrong_combinations(spec: ResNetSpec, wrong: Collection[str]) -> list[str]:
    """Values that are fine alone but cannot stand together, as far as their fields are not wrong themselves."""

    def readable(*names: str) -> bool:
        return not any(name in wrong for name in names)

    problems = []
    if readable("depths", "widths") and len(spec.depths) != len(spec.widths):
        problems.append(
            f"depths has {len(spec.depths)} stages and widths has {len(spec.widths)}; both need one number per stage."
        )
    if readable("block", "widths", "groups") and spec.block == "bottleneck":
        problems += _wrong_widths(spec, readable("base_width"))
    if readable("shortcut", "block", "widths") and spec.shortcut in ("A", "A-both"):
        problems += _shrinking_stages(spec)
    if readable("zero_init_residual", "norm", "shortcut") and _zeroes_no_norm(spec):
        problems.append("zero_init_residual starts the last norm of each block at 0, and norm is none; choose a norm.")
    return problems


def _zeroes_no_norm(spec: ResNetSpec) -> bool:
    return spec.zero_init_residual and spec.norm == "none" and not spec.is_plain


def _wrong_widths(spec: ResNetSpec, base_width_is_readable: bool) -> list[str]:
    """Widths that a bottleneck's groups and base width do not fit."""
    problems = []
    for width in dict.fromkeys(spec.widths):
        if width % spec.groups:
            problems.append(
                f"groups is {spec.groups} and does not divide the width {width}; choose a divisor of every width."
            )
        inner = spec.inner_width(width) if base_width_is_readable else 1
        if inner < 1:
            problems.append(
                f"base_width {spec.base_width} leaves no channel inside a block of width {width}; raise it."
            )
        elif inner > MAX_INNER_CHANNELS:
            problems.append(
                f"base_width {spec.base_width} with {spec.groups} groups gives {inner:,} channels inside a block of "
                f"width {width}; lower it, {MAX_INNER_CHANNELS:,} is the most."
            )
    return problems


def _shrinking_stages(spec: ResNetSpec) -> list[str]:
    return [
        f"Option A appends zero channels and cannot remove any: layer{stage} would go from {i} to {o} channels; "
        "choose B, C or D, or widths that do not shrink."
        for stage, (i, o) in enumerate(_channels(spec), start=1)
        if o < i
    ]
