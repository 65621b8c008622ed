"""From a spec to the tree of a ResNet: stem, blocks and head."""

from dataclasses import replace

from explorer.architecture.block import describe_block
from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.operations import Op
from explorer.architecture.parts import blur_op, conv_op, norm_ops, relu_op
from explorer.architecture.presets import preset
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.title import title
from explorer.architecture.tree import Network, Residual, Section
from explorer.architecture.values import shown
from explorer.errors import SpecError


def describe(spec: ResNetSpec | str) -> Network:
    """The network that a spec stands for, as named sections of operations and residual blocks.

    Parameter names are torchvision's wherever torchvision has the network, timm's for the deep stem, the pooled
    projection and the gate.

    Args:
        spec: a checked specification, or the name of one.

    Returns:
        Its tree: stem, ``layer1`` … and head, without sizes.

    Raises:
        SpecError: when there is no network of that name, or this is no network of this family.

    Examples:
        >>> [section.name for section in describe("resnet18").sections]
        ['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head']
    """
    spec = preset(spec) if isinstance(spec, str) else spec
    if not isinstance(spec, ResNetSpec):
        raise SpecError(
            f"{shown(spec)} is no ResNetSpec; describe takes one, or a name such as resnet50 (describe_stargan takes a "
            "StarGANSpec)."
        )
    return Network(title(spec), spec.in_channels, (_stem(spec), *_stages(spec), _head(spec)))


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
        ops += _pool(spec, out)
    return Section("stem", tuple(ops))


def _pool(spec: ResNetSpec, channels: int) -> list[Op]:
    """The max pool; with ``antialias`` it takes every pixel, and a blur pool behind it has the stride."""
    name, stride = ("maxpool.0", 1) if spec.antialias else ("maxpool", 2)
    pool = Op(
        kind="maxpool", name=name, channels_in=channels, channels_out=channels, kernel=3, stride=stride, padding=1
    )
    return [pool, blur_op("maxpool.1", channels, stride=2)] if spec.antialias else [pool]


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


def _stages(spec: ResNetSpec) -> list[Section]:
    """The residual blocks by stage; equal blocks share their operations."""
    named: dict[str, list[Residual]] = {}
    described: dict[BlockSpec, Residual] = {}
    for name, block in spec.blocks().items():
        if block not in described:
            described[block] = describe_block(block, name)
        named.setdefault(name.partition(".")[0], []).append(replace(described[block], name=name))
    return [Section(stage, tuple(blocks)) for stage, blocks in named.items()]


def _head(spec: ResNetSpec) -> Section:
    features = spec.widths[-1] * spec.expansion
    classes, added = spec.num_classes, spec.added_classes
    activation = [*norm_ops(spec, "norm", features), relu_op("relu", features)] if spec.order == "pre" else []
    linear = [Op(kind="linear", name="fc", channels_in=features, channels_out=classes, bias=True)] if classes else []
    if added:
        linear.append(Op(kind="linear", name="added", channels_in=classes, channels_out=added, bias=True))
    return Section(
        "head",
        (
            *activation,
            Op(kind="avgpool", name="avgpool", channels_in=features, channels_out=features),
            Op(kind="flatten", name="flatten", channels_in=features, channels_out=features),
            *linear,
        ),
    )
