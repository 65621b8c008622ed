"""Which network a set of weights belongs to, from nothing but the names and shapes of its tensors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from explorer.architecture.block_spec import EXPANSION
from explorer.architecture.families import DescribedSpec, Spec
from explorer.architecture.presets import preset
from explorer.architecture.spec import DEFAULTS, MAX_STAGES, OUTPUT_STRIDE, ResNetSpec
from explorer.architecture.stargan import PICTURE_CHANNELS, StarGANSpec
from explorer.errors import SpecError

Shapes = Mapping[str, tuple[int, ...]]
_WELL_KNOWN = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnet20", "resnet50d", "preact18")

# Names that belong to a residual network. What else is in a file (a loss, a counter of averages) hurts nobody.
_BODY = re.compile(r"(conv1|bn1|layer\d+|norm|added|main)\..+")
_DESCRIBED = re.compile(rf"{_BODY.pattern}|fc\..+")
_BLOCK = re.compile(r"layer(\d{1,2})\.(\d{1,5})\.")
_UNIT = re.compile(r"main\.\d{1,5}\.main\.0\.weight")


def recognise(shapes: Shapes, like: Spec, expected: Callable[[DescribedSpec], Shapes]) -> DescribedSpec | None:
    """The network whose weights have exactly these names and shapes.

    Weights do not show everything: where the stride is, whether it blurs or dilation stands in for it, whether there
    is padding or no shortcut at all, batch or instance norm. There the network that is looked at decides.

    Args:
        shapes: of all tensors by name, without counters.
        like: the network that is looked at.
        expected: the same of a spec's network.

    Returns:
        The network; None when there is none.
    """
    generator = _generator(shapes)
    if generator is not None:
        return generator if expected(generator) == shapes else None
    like = like if isinstance(like, ResNetSpec) else ResNetSpec()
    return next((spec for spec in _options(shapes, like) if expected(spec) == shapes), None)


def _options(shapes: Shapes, like: ResNetSpec) -> Iterator[ResNetSpec]:
    """What these can be the weights of, the likeliest first."""
    try:
        fields = _fields(shapes, like)
    except (LookupError, ValueError, ZeroDivisionError):
        return
    if (like.block, like.depths, like.widths) == tuple(fields[name] for name in ("block", "depths", "widths")):
        yield like  # what weights do not show is then as it is in that network
    projects = any(".downsample." in name for name in shapes)
    shortcuts = ("B", "C", "D") if projects else ("A", "A-both", "none", "B")
    strides = dict.fromkeys((like.output_stride, DEFAULTS[OUTPUT_STRIDE]))
    for shortcut in sorted(shortcuts, key=lambda option: option != like.shortcut):
        for output_stride in strides:
            with suppress(SpecError):
                yield ResNetSpec(**fields | {"shortcut": shortcut, OUTPUT_STRIDE: output_stride})


def nearest_network(shapes: Shapes, like: ResNetSpec, expected: Callable[[DescribedSpec], Shapes]) -> ResNetSpec:
    """The ResNet that has most of these names in their shapes, as ``recognise`` has them."""
    options = list(_options(shapes, like)) or [preset(name) for name in _WELL_KNOWN]
    return max(options, key=lambda spec: _likeness(shapes, expected(spec)))


def _likeness(shapes: Shapes, network: Shapes) -> int:
    """Tensors that both have, less those that one has alone."""
    same = sum(network.get(name) == shape for name, shape in shapes.items())
    return 3 * same - len(shapes) - len(network)


def is_of_a_described_network(name: str) -> bool:
    """Whether a tensor of this name belongs to a network that has a tree."""
    return _DESCRIBED.fullmatch(name) is not None


def is_of_a_body(name: str) -> bool:
    """Whether a tensor of this name belongs to a ResNet without its classifier."""
    return _BODY.fullmatch(name) is not None


def features_of(shapes: Shapes) -> int:
    """Channels behind the last block of a ResNet; 0 where they cannot be seen."""
    last = max((int(match[1]) for match in map(_BLOCK.match, shapes) if match), default=0)
    shape = shapes.get(f"layer{last}.0.conv3.weight", shapes.get(f"layer{last}.0.conv2.weight", (0,)))
    return shape[0] if shape else 0


def _generator(shapes: Shapes) -> StarGANSpec | None:
    """The StarGAN generator of which weights are, by its three numbers; None when they are of something else."""
    first = shapes.get("main.0.weight", ())
    if len(first) != 4 or first[1] <= PICTURE_CHANNELS:
        return None
    units = sum(_UNIT.fullmatch(name) is not None for name in shapes)
    try:
        return StarGANSpec(conv_dim=first[0], c_dim=first[1] - PICTURE_CHANNELS, repeat_num=units)
    except SpecError:
        return None


def _fields(shapes: Shapes, like: ResNetSpec) -> dict[str, Any]:
    """Every field of a spec but the shortcut."""
    depths = _depths(shapes)
    block = "bottleneck" if "layer1.0.conv3.weight" in shapes else "basic"
    last = "conv3" if block == "bottleneck" else "conv2"
    widths = tuple(shapes[f"layer{n}.0.{last}.weight"][0] // EXPANSION[block] for n in range(1, len(depths) + 1))
    inner, per_group = shapes["layer1.0.conv2.weight"][:2]
    deep = "conv1.0.weight" in shapes
    first = shapes["conv1.0.weight" if deep else "conv1.weight"]
    norm = _norm(shapes, like)
    return {
        "block": block,
        "depths": depths,
        "widths": widths,
        "groups": inner // per_group if block == "bottleneck" else 1,
        "base_width": round(per_group * 64 / widths[0]) if block == "bottleneck" else 64,
        "stem": "deep" if deep else "imagenet" if first[-1] == 7 else "cifar",
        "order": like.order if norm == "none" else "pre" if "norm.weight" in shapes else "post",
        "stride_on": like.stride_on,
        "norm": norm,
        "conv_bias": "layer1.0.conv1.bias" in shapes,
        "shortcut_norm": any(
            ".downsample." in name and name.endswith(".weight") and len(shape) == 1 for name, shape in shapes.items()
        ),
        "antialias": like.antialias,
        "squeeze_excite": "layer1.0.se.fc1.weight" in shapes,
        "in_channels": first[1],
        "num_classes": shapes.get("fc.weight", (0,))[0],
        "added_classes": shapes.get("added.weight", (0,))[0],
    }


def _depths(shapes: Shapes) -> tuple[int, ...]:
    """Blocks per stage, counted from 0 without a gap."""
    blocks: dict[int, set[int]] = {}
    for match in filter(None, map(_BLOCK.match, shapes)):
        blocks.setdefault(int(match[1]), set()).add(int(match[2]))
    stages = sorted(blocks)
    if stages != list(range(1, len(stages) + 1)) or not 1 <= len(stages) <= MAX_STAGES:
        raise ValueError("stages are not counted from 1")
    return tuple(len(blocks[stage]) for stage in stages)


def _norm(shapes: Shapes, like: ResNetSpec) -> str:
    if "layer1.0.bn1.weight" not in shapes:
        return "none"
    if "layer1.0.bn1.running_mean" not in shapes:
        return "group"
    return "instance" if like.norm == "instance" else "batch"
