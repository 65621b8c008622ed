"""The parts that every block is made of: convolutions, norms, ReLUs, shortcuts and gates, as operations."""

from collections.abc import Sequence
from math import gcd
from typing import Literal, Protocol

from explorer.architecture.tree import Gate, Op

SE_REDUCTION = 16
GROUP_NORM_GROUPS = 32

ShortcutKind = Literal["projection", "pooled", "padding"]


class Options(Protocol):
    """What holds for every convolution and norm of a network or of one block."""

    @property
    def norm(self) -> str:
        """Which norm: batch, instance, group or none."""

    @property
    def conv_bias(self) -> bool:
        """Whether convolutions have a bias."""

    @property
    def shortcut_norm(self) -> bool:
        """Whether a projection is followed by a norm."""


def conv_op(
    options: Options, name: str, channels_in: int, channels_out: int, *, kernel: int, stride: int = 1, groups: int = 1
) -> Op:
    """A convolution that keeps the size at stride 1."""
    return Op(
        kind="conv",
        name=name,
        channels_in=channels_in,
        channels_out=channels_out,
        kernel=kernel,
        stride=stride,
        padding=kernel // 2,
        groups=groups,
        bias=options.conv_bias,
    )


def norm_ops(options: Options, name: str, channels: int, *, zero_init: bool = False) -> tuple[Op, ...]:
    """The chosen norm, or nothing."""
    if options.norm == "none":
        return ()
    groups = gcd(GROUP_NORM_GROUPS, channels) if options.norm == "group" else 1
    return (
        Op(
            kind="norm",
            name=name,
            channels_in=channels,
            channels_out=channels,
            groups=groups,
            norm=options.norm,
            zero_init=zero_init,
        ),
    )


def relu_op(name: str, channels: int) -> Op:
    """A ReLU."""
    return Op(kind="relu", name=name, channels_in=channels, channels_out=channels)


def post_activation(options: Options, convs: Sequence[Op], *, zero_init: bool = False) -> list[Op]:
    """Convolution, norm, ReLU in turn; the last ReLU stands behind the addition."""
    ops: list[Op] = []
    for i, conv in enumerate(convs, start=1):
        last = i == len(convs)
        norm = norm_ops(options, f"bn{i}", conv.channels_out, zero_init=last and zero_init)
        ops += [conv, *norm, relu_op(f"relu{i}", conv.channels_out)]
    return ops


def pre_activation(options: Options, convs: Sequence[Op], *, zero_init: bool = False) -> list[Op]:
    """Norm, ReLU, convolution in turn."""
    ops: list[Op] = []
    for i, conv in enumerate(convs, start=1):
        last = i == len(convs)
        norm = norm_ops(options, f"bn{i}", conv.channels_in, zero_init=last and zero_init)
        ops += [*norm, relu_op(f"relu{i}", conv.channels_in), conv]
    return ops


def shortcut_ops(
    options: Options, kind: ShortcutKind, channels_in: int, channels_out: int, *, stride: int
) -> tuple[Op, ...]:
    """The operations of a shortcut that is not the identity.

    Args:
        options: norm and bias.
        kind: 1×1 convolution ("projection"), average pool then 1×1 ("pooled", ResNet-D), or every ``stride``-th pixel
            and channels of zeros ("padding", option A).
        channels_in: channels of x.
        channels_out: channels of the sum.
        stride: step in pixels.
    """
    if kind == "padding":
        return (Op(kind="pad", name="downsample", channels_in=channels_in, channels_out=channels_out, stride=stride),)
    if kind == "pooled":
        pool = Op(
            kind="avgpool",
            name="downsample.0",
            channels_in=channels_in,
            channels_out=channels_in,
            kernel=stride,
            stride=stride,
            ceil_mode=True,
        )
        conv = conv_op(options, "downsample.1", channels_in, channels_out, kernel=1)
        # timm numbers the convolution 1 also where nothing is pooled
        return (*((pool,) if stride > 1 else ()), conv, *_shortcut_norm(options, "downsample.2", channels_out))
    conv = conv_op(options, "downsample.0", channels_in, channels_out, kernel=1, stride=stride)
    return (conv, *_shortcut_norm(options, "downsample.1", channels_out))


def _shortcut_norm(options: Options, name: str, channels: int) -> tuple[Op, ...]:
    return norm_ops(options, name, channels) if options.shortcut_norm else ()


def gate_of(channels: int) -> Gate:
    """Squeeze-and-excite, arXiv 1709.01507: global pool, two 1×1 convolutions with bias, sigmoid."""
    squeezed = max(1, channels // SE_REDUCTION)
    return Gate(
        branch=(
            Op(kind="avgpool", name="se.avgpool", channels_in=channels, channels_out=channels),
            Op(kind="conv", name="se.fc1", channels_in=channels, channels_out=squeezed, kernel=1, bias=True),
            relu_op("se.relu", squeezed),
            Op(kind="conv", name="se.fc2", channels_in=squeezed, channels_out=channels, kernel=1, bias=True),
            Op(kind="sigmoid", name="se.sigmoid", channels_in=channels, channels_out=channels),
        ),
        mul=Op(kind="mul", name="se.mul", channels_in=channels, channels_out=channels),
    )
