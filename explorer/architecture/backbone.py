"""A residual network as a backbone: the maps of its stages, which detectors take up, and what lies in front of each."""

from dataclasses import dataclass

from explorer.architecture.context import reaches
from explorer.architecture.plan import Plan
from explorer.architecture.spec import DEFAULTS, OUTPUT_STRIDE, OUTPUT_STRIDES, ResNetSpec


@dataclass(frozen=True, kw_only=True)
class Level:
    """The map that a stage hands on.

    Attributes:
        name: ``C2`` for the first stage, as in arXiv 1612.03144, section 3.
        layer: the row that puts it out.
        channels: of the map.
        size: its height and width.
        stride: pixels of the picture between neighbours.
        dilation: of the stage's last block.
        longest: side of the receptive field in pixels along main paths, as if the picture went on beyond its border.
        shortest: likewise along shortcuts wherever there is one.
        params: learnable scalars up to there, the stem's among them.
        macs: multiply-accumulates up to there, for one picture.
        activation_bytes: of all rows up to there in float32, for one picture.
    """

    name: str
    layer: str
    channels: int
    size: tuple[int, int]
    stride: int
    dilation: int
    longest: int
    shortest: int
    params: int
    macs: int
    activation_bytes: int


def levels(plan: Plan) -> tuple[Level, ...]:
    """The maps of the stages, in order.

    Args:
        plan: of any network at the size of its pictures.

    Returns:
        One for each stage; none for a network that has no stages of residual blocks.
    """
    longest, shortest = reaches(plan, "longest"), reaches(plan, "shortest")
    found = []
    stages = [section.name for section in plan.network.sections if section.is_stage]
    for number, stage in enumerate(stages, start=2):
        last = plan.stages[stage][-1]
        channels, height, width = last.output_shape
        until = plan.layers[: plan.layers.index(last) + 1]
        found.append(
            Level(
                name=f"C{number}",
                layer=last.layer,
                channels=channels,
                size=(height, width),
                stride=last.jump,
                dilation=max(row.op.dilation for row in plan.blocks[last.block]),
                longest=max(longest[last.layer].sizes),
                shortest=max(shortest[last.layer].sizes),
                params=sum(row.params for row in until),
                macs=sum(row.macs for row in until),
                activation_bytes=sum(row.activation_bytes for row in until),
            )
        )
    return tuple(found)


def headless(spec: ResNetSpec) -> ResNetSpec:
    """The network without its classifier: it puts out the pooled features."""
    return spec.replace(num_classes=0)


def by_output_stride(spec: ResNetSpec) -> dict[int, ResNetSpec]:
    """The network by the strides that its last map can have, its own first."""
    own = spec.replace(output_stride=DEFAULTS[OUTPUT_STRIDE])
    others = {stride: own.replace(output_stride=stride) for stride in OUTPUT_STRIDES[1:] if stride < own.stride}
    return {own.stride: own, **others}
