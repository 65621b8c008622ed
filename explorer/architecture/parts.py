"""The parts that stems, blocks and heads are made of: convolutions, norms and ReLUs, as operations."""

from math import gcd
from typing import Protocol

from explorer.architecture.operations import Op

GROUP_NORM_GROUPS = 32


class Options(Protocol):
    """What holds for every convolution and norm of a network or of one block."""

    @property
    def norm(self) -> str:
        """Which norm: batch, instance, group or none."""

    @property
    def conv_bias(self) -> bool:
        """Whether convolutions have a bias."""


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


def blur_op(name: str, channels: int, *, stride: int) -> Op:
    """A blur pool, arXiv 1904.11486: 1, 2, 1 in both directions over 16, then every ``stride``-th pixel."""
    return Op(
        kind="blurpool",
        name=name,
        channels_in=channels,
        channels_out=channels,
        kernel=3,
        stride=stride,
        padding=1,
        groups=channels,
    )


def relu_op(name: str, channels: int) -> Op:
    """A ReLU."""
    return Op(kind="relu", name=name, channels_in=channels, channels_out=channels)
