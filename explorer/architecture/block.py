"""From a block's spec to its tree: the only place that knows what distinguishes one residual block from another."""

from collections.abc import Sequence
from dataclasses import replace

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.operations import Op
from explorer.architecture.parts import blur_op, conv_op, norm_ops, relu_op
from explorer.architecture.tree import Gate, Residual

SE_REDUCTION = 16
KERNELS: dict[str, tuple[int, ...]] = {"single": (3,), "basic": (3, 3), "triple": (3, 3, 3), "bottleneck": (1, 3, 1)}
"""The windows of the main path's convolutions, in order."""


def describe_block(spec: BlockSpec, name: str) -> Residual:
    """The block that a spec stands for, without sizes.

    Args:
        spec: a checked specification.
        name: its dotted name, ``layer1.0``.
    """
    shortcut = _shortcut(spec)
    add = _addition(spec, shortcut)
    convs = _convolutions(spec)
    gate = (_gate(spec.channels_out),) if spec.squeeze_excite else ()
    if spec.order == "pre":
        main = _blurred(spec, _pre_activation(spec, convs))
        # Section 4.1 of arXiv 1603.05027: a projection takes what the first norm and ReLU put out, all else the raw x
        first = next(i for i, op in enumerate(main) if op.kind == "conv")
        shared = first if spec.shortcut in ("projection", "pooled") else 0
        return Residual(name, tuple(main[:shared]), (*main[shared:], *gate), shortcut, add, ())
    *main, last = _post_activation(spec, convs)
    main = _blurred(spec, main)
    relu = (relu_op(last.name, last.channels_out if add is None else add.channels_out),) if spec.last_relu else ()
    if add is None:
        return Residual(name, (), (*main, *gate, *relu), shortcut, add, ())
    return Residual(name, (), (*main, *gate), shortcut, add, relu)


def _convolutions(spec: BlockSpec) -> list[Op]:
    kernels = KERNELS[spec.type]
    strided = _strided(spec)
    widths = [spec.channels_in, *[spec.inner_channels] * (len(kernels) - 1), spec.channels_out]
    convs: list[Op] = []
    for i, kernel in enumerate(kernels):
        conv = conv_op(
            spec,
            f"conv{i + 1}",
            widths[i],
            widths[i + 1],
            kernel=kernel,
            stride=spec.step if i == strided and not spec.antialias else 1,
            groups=spec.groups if spec.type == "bottleneck" and kernel == 3 else 1,
        )
        dilation = spec.dilation * (spec.stride if spec.dilate and i > strided else 1)
        convs.append(replace(conv, padding=spec.padding * dilation, dilation=dilation) if kernel == 3 else conv)
    return convs


def _strided(spec: BlockSpec) -> int:
    """Which convolution has the stride: the paper's first 1×1, or torchvision's 3×3 ("v1.5"), which skips no pixel."""
    return 1 if spec.type == "bottleneck" and spec.stride_on == "3x3" else 0


def _blurred(spec: BlockSpec, main: Sequence[Op]) -> list[Op]:
    """A main path whose strided convolution takes every pixel, and whose activation behind it is blurred and strided.

    timm has it there (``aa``); without an activation behind it the blur ends the path.
    """
    if not spec.antialias:
        return list(main)
    strided = [i for i, op in enumerate(main) if op.kind == "conv"][_strided(spec)]
    place = next((i + 1 for i, op in enumerate(main) if i > strided and op.kind == "relu"), len(main))
    blur = blur_op("aa", main[place - 1].channels_out, stride=spec.step)
    return [*main[:place], blur, *main[place:]]


def _post_activation(spec: BlockSpec, convs: Sequence[Op]) -> list[Op]:
    """Convolution, norm, ReLU in turn; the last ReLU stands behind the addition."""
    ops: list[Op] = []
    for i, conv in enumerate(convs, start=1):
        ops += [conv, *_norm(spec, i, len(convs), conv.channels_out), relu_op(f"relu{i}", conv.channels_out)]
    return ops


def _pre_activation(spec: BlockSpec, convs: Sequence[Op]) -> list[Op]:
    """Norm, ReLU, convolution in turn."""
    ops: list[Op] = []
    for i, conv in enumerate(convs, start=1):
        ops += [*_norm(spec, i, len(convs), conv.channels_in), relu_op(f"relu{i}", conv.channels_in), conv]
    return ops


def _norm(spec: BlockSpec, number: int, last: int, channels: int) -> tuple[Op, ...]:
    return norm_ops(spec, f"bn{number}", channels, zero_init=number == last and spec.zero_init_residual)


def _shortcut(spec: BlockSpec) -> tuple[Op, ...]:
    """The operations of a shortcut; none where it is the identity, or where there is no shortcut."""
    channels_in, channels_out = spec.channels_in, spec.channels_out
    stride = spec.shortcut_stride or spec.step
    match spec.shortcut:
        case "padding" | "padding-both" as side:
            pad = Op(kind="pad", name="downsample", channels_in=channels_in, channels_out=channels_out, stride=stride)
            return (replace(pad, zeros_before=(channels_out - channels_in) // 2 if side == "padding-both" else 0),)
        case "pooled":
            window = spec.shortcut_stride or spec.stride
            same = stride < window  # timm keeps the pool where dilation stands in for its stride
            pool = Op(
                kind="avgpool",
                name="downsample.0",
                channels_in=channels_in,
                channels_out=channels_in,
                kernel=window,
                stride=stride,
                padding=(window - 1) // 2 if same else 0,
                same=same,
                ceil_mode=not same,
            )
            conv = conv_op(spec, "downsample.1", channels_in, channels_out, kernel=1)
            # timm numbers the convolution 1 also where nothing is pooled
            return (*((pool,) if window > 1 else ()), conv, *_shortcut_norm(spec, "downsample.2"))
        case "projection":
            conv = conv_op(spec, "downsample.0", channels_in, channels_out, kernel=1, stride=stride)
            return (conv, *_shortcut_norm(spec, "downsample.1"))
        case _:
            return ()


def _shortcut_norm(spec: BlockSpec, name: str) -> tuple[Op, ...]:
    return norm_ops(spec, name, spec.channels_out) if spec.shortcut_norm else ()


def _addition(spec: BlockSpec, shortcut: tuple[Op, ...]) -> Op | None:
    """Where both paths meet; None where there is one path."""
    if spec.shortcut == "none":
        return None
    arrives = shortcut[-1].channels_out if shortcut else spec.channels_in
    joined = spec.channels_out + (arrives if spec.join == "concat" else 0)
    return Op(kind=spec.join, name=spec.join, channels_in=spec.channels_out, channels_out=joined)


def _gate(channels: int) -> Gate:
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
