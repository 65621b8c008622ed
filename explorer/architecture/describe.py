"""From a spec to the tree of a ResNet: the only place that knows what distinguishes one ResNet from another."""

from explorer.architecture.parts import (
    ShortcutKind,
    conv_op,
    gate_of,
    norm_ops,
    post_activation,
    pre_activation,
    relu_op,
    shortcut_ops,
)
from explorer.architecture.presets import title
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.tree import Network, Op, Residual, Section

_KINDS: dict[str, ShortcutKind] = {"A": "padding", "B": "projection", "C": "projection", "D": "pooled"}


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
        ops.append(conv_op(spec, "conv1", spec.in_channels, out, kernel=7, stride=2))
    else:
        ops.append(conv_op(spec, "conv1", spec.in_channels, out, kernel=3))
    if spec.order == "post":
        ops += [*norm_ops(spec, "bn1", out), relu_op("relu", out)]
    if spec.stem != "cifar":
        ops.append(Op(kind="maxpool", name="maxpool", channels_in=out, channels_out=out, kernel=3, stride=2, padding=1))
    return Section("stem", tuple(ops))


def _deep_convolutions(spec: ResNetSpec, out: int) -> list[Op]:
    """ResNet-C's stem, Table 5 of arXiv 1812.01187: the 7×7 as three 3×3, the first two of half the channels."""
    half = max(1, out // 2)
    return [
        conv_op(spec, "conv1.0", spec.in_channels, half, kernel=3, stride=2),
        *norm_ops(spec, "conv1.1", half),
        relu_op("conv1.2", half),
        conv_op(spec, "conv1.3", half, half, kernel=3),
        *norm_ops(spec, "conv1.4", half),
        relu_op("conv1.5", half),
        conv_op(spec, "conv1.6", half, out, kernel=3),
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
    gate = (gate_of(channels_out),) if spec.squeeze_excite else ()
    if spec.order == "post":
        *main, last_relu = post_activation(spec, convs, zero_init=spec.zero_init_residual)
        if add is None:
            return Residual(name, (), (*main, *gate, last_relu), shortcut, add, ())
        return Residual(name, (), (*main, *gate), shortcut, add, (last_relu,))
    main = pre_activation(spec, convs, zero_init=spec.zero_init_residual)
    # Section 4.1 of arXiv 1603.05027: a projection takes what the first norm and ReLU put out, all else the raw input.
    forks_after_activation = bool(shortcut) and shortcut[0].kind != "pad"
    activations = next(i for i, op in enumerate(main) if op.kind == "conv")
    shared = activations if forks_after_activation else 0
    return Residual(name, tuple(main[:shared]), (*main[shared:], *gate), shortcut, add, ())


def _main_convolutions(spec: ResNetSpec, channels_in: int, width: int, channels_out: int, stride: int) -> list[Op]:
    if spec.block == "basic":
        return [
            conv_op(spec, "conv1", channels_in, channels_out, kernel=3, stride=stride),
            conv_op(spec, "conv2", channels_out, channels_out, kernel=3),
        ]
    inner = spec.inner_width(width)
    # The paper strides on the first 1×1, torchvision on the 3×3 ("v1.5"), which loses no pixel unseen.
    first, middle = (1, stride) if spec.stride_on == "3x3" else (stride, 1)
    return [
        conv_op(spec, "conv1", channels_in, inner, kernel=1, stride=first),
        conv_op(spec, "conv2", inner, inner, kernel=3, stride=middle, groups=spec.groups),
        conv_op(spec, "conv3", inner, channels_out, kernel=1),
    ]


def _shortcut(spec: ResNetSpec, channels_in: int, channels_out: int, stride: int) -> tuple[Op, ...]:
    """The operations of a shortcut; none where it is the identity, or where there is no shortcut."""
    changes = stride != 1 or channels_in != channels_out
    if spec.is_plain or (not changes and spec.shortcut != "C"):
        return ()
    return shortcut_ops(spec, _KINDS[spec.shortcut], channels_in, channels_out, stride=stride)


def _head(spec: ResNetSpec) -> Section:
    features = spec.widths[-1] * spec.expansion
    classes, added = spec.num_classes, spec.added_classes
    activation = [*norm_ops(spec, "norm", features), relu_op("relu", features)] if spec.order == "pre" else []
    behind = [Op(kind="linear", name="added", channels_in=classes, channels_out=added, bias=True)] if added else []
    return Section(
        "head",
        (
            *activation,
            Op(kind="avgpool", name="avgpool", channels_in=features, channels_out=features),
            Op(kind="flatten", name="flatten", channels_in=features, channels_out=features),
            Op(kind="linear", name="fc", channels_in=features, channels_out=classes, bias=True),
            *behind,
        ),
    )
