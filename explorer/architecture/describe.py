"""From a spec to the tree of a ResNet: the only place that knows what distinguishes one ResNet from another."""

from math import gcd

from explorer.architecture.presets import title
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.tree import Gate, Network, Op, Residual, Section

SE_REDUCTION = 16
GROUP_NORM_GROUPS = 32


def describe(spec: ResNetSpec) -> Network:
    """The network that a spec stands for, as named sections of operations and residual blocks.

    Parameter names are torchvision's wherever torchvision has the network, timm's for the deep stem, the pooled
    projection and the gate.

    Args:
        spec: a checked specification.

    Returns:
        Its tree: stem, ``layer1`` … and head, without sizes.
    """
    stages = []
    for stage, (channels_in, channels_out, stride) in enumerate(spec.block_ends()):
        stages.append(_stage(spec, stage, channels_in, channels_out, stride))
    return Network(title(spec), spec.in_channels, (_stem(spec), *stages, _head(spec)))


def _stem(spec: ResNetSpec) -> Section:
    out = spec.widths[0]
    ops: list[Op] = []
    if spec.stem == "deep":
        ops += _deep_convolutions(spec, out)
    elif spec.stem == "imagenet":
        ops.append(_conv(spec, "conv1", spec.in_channels, out, kernel=7, stride=2))
    else:
        ops.append(_conv(spec, "conv1", spec.in_channels, out, kernel=3))
    if spec.order == "post":
        ops += [*_norm(spec, "bn1", out), _relu("relu", out)]
    if spec.stem != "cifar":
        ops.append(Op(kind="maxpool", name="maxpool", channels_in=out, channels_out=out, kernel=3, stride=2, padding=1))
    return Section("stem", tuple(ops))


def _deep_convolutions(spec: ResNetSpec, out: int) -> list[Op]:
    """ResNet-C's stem, Table 5 of arXiv 1812.01187: the 7×7 as three 3×3, the first two of half the channels."""
    half = max(1, out // 2)
    return [
        _conv(spec, "conv1.0", spec.in_channels, half, kernel=3, stride=2),
        *_norm(spec, "conv1.1", half),
        _relu("conv1.2", half),
        _conv(spec, "conv1.3", half, half, kernel=3),
        *_norm(spec, "conv1.4", half),
        _relu("conv1.5", half),
        _conv(spec, "conv1.6", half, out, kernel=3),
    ]


def _stage(spec: ResNetSpec, stage: int, channels_in: int, channels_out: int, stride: int) -> Section:
    name = f"layer{stage + 1}"
    width = spec.widths[stage]
    first = _block(spec, f"{name}.0", channels_in, width, channels_out, stride)
    if spec.depths[stage] == 1:
        return Section(name, (first,))
    second = _block(spec, f"{name}.1", channels_out, width, channels_out, 1)
    rest = (
        Residual(f"{name}.{i}", second.before, second.main, second.shortcut, second.add, second.after)
        for i in range(2, spec.depths[stage])
    )
    return Section(name, (first, second, *rest))


def _block(spec: ResNetSpec, name: str, channels_in: int, width: int, channels_out: int, stride: int) -> Residual:
    convs = _main_convolutions(spec, channels_in, width, channels_out, stride)
    shortcut = _shortcut(spec, channels_in, channels_out, stride)
    add = None if spec.is_plain else Op(kind="add", name="add", channels_in=channels_out, channels_out=channels_out)
    gate = (_gate(channels_out),) if spec.squeeze_excite else ()
    if spec.order == "post":
        *main, last_relu = _post_activation(spec, convs)
        if add is None:
            return Residual(name, (), (*main, *gate, last_relu), shortcut, add, ())
        return Residual(name, (), (*main, *gate), shortcut, add, (last_relu,))
    main = _pre_activation(spec, convs)
    # Section 4.1 of arXiv 1603.05027: a projection takes what the first norm and ReLU put out, all else the raw input.
    forks_after_activation = bool(shortcut) and shortcut[0].kind != "pad"
    activations = next(i for i, op in enumerate(main) if op.kind == "conv")
    shared = activations if forks_after_activation else 0
    return Residual(name, tuple(main[:shared]), (*main[shared:], *gate), shortcut, add, ())


def _main_convolutions(spec: ResNetSpec, channels_in: int, width: int, channels_out: int, stride: int) -> list[Op]:
    if spec.block == "basic":
        return [
            _conv(spec, "conv1", channels_in, channels_out, kernel=3, stride=stride),
            _conv(spec, "conv2", channels_out, channels_out, kernel=3),
        ]
    inner = spec.inner_width(width)
    # The paper strides on the first 1×1, torchvision on the 3×3 ("v1.5"), which loses no pixel unseen.
    first, middle = (1, stride) if spec.stride_on == "3x3" else (stride, 1)
    return [
        _conv(spec, "conv1", channels_in, inner, kernel=1, stride=first),
        _conv(spec, "conv2", inner, inner, kernel=3, stride=middle, groups=spec.groups),
        _conv(spec, "conv3", inner, channels_out, kernel=1),
    ]


def _post_activation(spec: ResNetSpec, convs: list[Op]) -> list[Op]:
    """Convolution, norm, ReLU in turn; the last ReLU stands behind the addition."""
    ops: list[Op] = []
    for i, conv in enumerate(convs, start=1):
        last = i == len(convs)
        norm = _norm(spec, f"bn{i}", conv.channels_out, zero_init=last and spec.zero_init_residual)
        ops += [conv, *norm, _relu(f"relu{i}", conv.channels_out)]
    return ops


def _pre_activation(spec: ResNetSpec, convs: list[Op]) -> list[Op]:
    """Norm, ReLU, convolution in turn."""
    ops: list[Op] = []
    for i, conv in enumerate(convs, start=1):
        last = i == len(convs)
        norm = _norm(spec, f"bn{i}", conv.channels_in, zero_init=last and spec.zero_init_residual)
        ops += [*norm, _relu(f"relu{i}", conv.channels_in), conv]
    return ops


def _shortcut(spec: ResNetSpec, channels_in: int, channels_out: int, stride: int) -> tuple[Op, ...]:
    """The operations of a shortcut; none where it is the identity, or where there is no shortcut."""
    changes = stride != 1 or channels_in != channels_out
    if spec.is_plain or (not changes and spec.shortcut != "C"):
        return ()
    if spec.shortcut == "A":
        pad = Op(kind="pad", name="downsample", channels_in=channels_in, channels_out=channels_out, stride=stride)
        return (pad,)
    if spec.shortcut == "D":
        pool = Op(
            kind="avgpool",
            name="downsample.0",
            channels_in=channels_in,
            channels_out=channels_in,
            kernel=2,
            stride=2,
            ceil_mode=True,
        )
        conv = _conv(spec, "downsample.1", channels_in, channels_out, kernel=1)
        # timm numbers the convolution 1 also where nothing is pooled
        return (*((pool,) if stride == 2 else ()), conv, *_shortcut_norm(spec, "downsample.2", channels_out))
    conv = _conv(spec, "downsample.0", channels_in, channels_out, kernel=1, stride=stride)
    return (conv, *_shortcut_norm(spec, "downsample.1", channels_out))


def _shortcut_norm(spec: ResNetSpec, name: str, channels: int) -> tuple[Op, ...]:
    return _norm(spec, name, channels) if spec.shortcut_norm else ()


def _gate(channels: int) -> Gate:
    """Squeeze-and-excite, arXiv 1709.01507: global pool, two 1×1 convolutions with bias, sigmoid."""
    squeezed = max(1, channels // SE_REDUCTION)
    return Gate(
        branch=(
            Op(kind="avgpool", name="se.avgpool", channels_in=channels, channels_out=channels),
            Op(kind="conv", name="se.fc1", channels_in=channels, channels_out=squeezed, kernel=1, bias=True),
            _relu("se.relu", squeezed),
            Op(kind="conv", name="se.fc2", channels_in=squeezed, channels_out=channels, kernel=1, bias=True),
            Op(kind="sigmoid", name="se.sigmoid", channels_in=channels, channels_out=channels),
        ),
        mul=Op(kind="mul", name="se.mul", channels_in=channels, channels_out=channels),
    )


def _head(spec: ResNetSpec) -> Section:
    features = spec.widths[-1] * spec.expansion
    activation = [*_norm(spec, "norm", features), _relu("relu", features)] if spec.order == "pre" else []
    return Section(
        "head",
        (
            *activation,
            Op(kind="avgpool", name="avgpool", channels_in=features, channels_out=features),
            Op(kind="flatten", name="flatten", channels_in=features, channels_out=features),
            Op(kind="linear", name="fc", channels_in=features, channels_out=spec.num_classes, bias=True),
        ),
    )


def _conv(
    spec: ResNetSpec, name: str, channels_in: int, channels_out: int, *, kernel: int, stride: int = 1, groups: int = 1
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
        bias=spec.conv_bias,
    )


def _norm(spec: ResNetSpec, name: str, channels: int, *, zero_init: bool = False) -> tuple[Op, ...]:
    """The spec's norm, or nothing."""
    if spec.norm == "none":
        return ()
    groups = gcd(GROUP_NORM_GROUPS, channels) if spec.norm == "group" else 1
    return (
        Op(
            kind="norm",
            name=name,
            channels_in=channels,
            channels_out=channels,
            groups=groups,
            norm=spec.norm,
            zero_init=zero_init,
        ),
    )


def _relu(name: str, channels: int) -> Op:
    return Op(kind="relu", name=name, channels_in=channels, channels_out=channels)
