"""The networks that have a name, where each comes from and what makes it special."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from explorer.architecture.names import meant, no_network
from explorer.architecture.spec import Block, ResNetSpec, Shortcut

HE = "He et al. 2015, arXiv 1512.03385"
PREACT = "He et al. 2016, arXiv 1603.05027"
RESNEXT = "Xie et al. 2016, arXiv 1611.05431"
WIDE = "Zagoruyko and Komodakis 2016, arXiv 1605.07146"
BAG_OF_TRICKS = "He et al. 2018, arXiv 1812.01187"
BLUR = "Zhang 2019, arXiv 1904.11486"
SE = "Hu et al. 2017, arXiv 1709.01507"
D2L = "Zhang et al., Dive into Deep Learning, section 7.6 of the Chinese edition (d2l-ai/d2l-zh, commit e6b18cc)"

# What people write for a depth: its usual block and its blocks per stage (Table 1 of arXiv 1512.03385).
DEPTHS: dict[int, tuple[Block, tuple[int, ...]]] = {
    18: ("basic", (2, 2, 2, 2)),
    34: ("basic", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
}
CIFAR_WIDTHS = (16, 32, 64)


S = TypeVar("S", covariant=True)


@dataclass(frozen=True)
class Known(Generic[S]):
    """A network that has a name.

    Attributes:
        name: its name in code and in a link, torchvision's or timm's where they have it.
        title: its name for people.
        group: the heading it stands under.
        spec: the network.
        source: where it comes from.
        special: what makes it special, in one sentence.
        input_size: height and width it was made for.
    """

    name: str
    title: str
    group: str
    spec: S
    source: str
    special: str
    input_size: tuple[int, int] = (224, 224)


Preset = Known[ResNetSpec]


def preset(name: str) -> ResNetSpec:
    """The spec of a named network.

    Args:
        name: such as ``resnet50``, see ``presets()``; also a title, ``ResNet-50``, however it is spelled.

    Raises:
        SpecError: when there is no network of that name.

    Examples:
        >>> preset("ResNet-50").depths
        (3, 4, 6, 3)
        >>> preset("resnet50").replace(depths=(3, 4, 23, 3)) == preset("resnet101")
        True
    """
    known = meant(name, _TITLES)
    if known is None:
        raise no_network(name, _BY_NAME, ", ".join(_BY_NAME))
    return _BY_NAME[known].spec


def presets() -> tuple[Preset, ...]:
    """All named networks: the eight that people know first, then group by group."""
    return tuple(_BY_NAME.values())


def preset_of(spec: ResNetSpec) -> Preset | None:
    """The named network that a spec equals, if there is one."""
    return _BY_SPEC.get(spec)


def _imagenet(depth: int, **changes: Any) -> ResNetSpec:
    block, depths = DEPTHS[depth]
    return ResNetSpec(**{"block": block, "depths": depths, **changes})


def _cifar(depth: int, shortcut: Shortcut) -> ResNetSpec:
    """Section 4.2 of arXiv 1512.03385: 6n + 2 layers in three stages of n blocks."""
    n = (depth - 2) // 6
    return ResNetSpec(
        block="basic", depths=(n, n, n), widths=CIFAR_WIDTHS, stem="cifar", shortcut=shortcut, num_classes=10
    )


def _known() -> list[Preset]:
    """The eight that people know."""
    group = "Best known"
    special = {
        18: "The smallest of the paper: two basic blocks in each of four stages.",
        34: "Basic blocks in the stages of ResNet-50.",
        50: "The usual backbone: bottleneck blocks, stride on the 3×3 (v1.5).",
        101: "ResNet-50 with 23 blocks in place of 6 in conv4_x.",
        152: "The deepest of the paper on ImageNet, 8 and 36 blocks in conv3_x and conv4_x.",
    }
    rows = [Preset(f"resnet{d}", f"ResNet-{d}", group, _imagenet(d), f"{HE}; torchvision", special[d]) for d in DEPTHS]
    return [
        *rows,
        Preset(
            "resnext50_32x4d",
            "ResNeXt-50 32×4d",
            group,
            _imagenet(50, groups=32, base_width=4),
            f"{RESNEXT}; torchvision",
            "The 3×3 in 32 groups of 4 channels: more paths at the cost of ResNet-50.",
        ),
        Preset(
            "wide_resnet50_2",
            "Wide ResNet-50-2",
            group,
            _imagenet(50, base_width=128),
            f"{WIDE}; torchvision",
            "Twice the channels inside every bottleneck, the same channels outside.",
        ),
        Preset(
            "resnet20",
            "ResNet-20 (CIFAR)",
            group,
            _cifar(20, "A"),
            HE,
            "Three stages of three blocks for 32×32 pictures, zero padding shortcuts.",
            (32, 32),
        ),
    ]


def _wider() -> list[Preset]:
    group = "ResNeXt and Wide"
    return [
        Preset(
            "resnext101_32x8d",
            "ResNeXt-101 32×8d",
            group,
            _imagenet(101, groups=32, base_width=8),
            f"{RESNEXT}; torchvision",
            "ResNet-101 in 32 groups of 8 channels: about twice its parameters and its work.",
        ),
        Preset(
            "resnext101_64x4d",
            "ResNeXt-101 64×4d",
            group,
            _imagenet(101, groups=64, base_width=4),
            f"{RESNEXT}; torchvision",
            "64 groups of 4 channels: the largest cardinality in torchvision.",
        ),
        Preset(
            "wide_resnet101_2",
            "Wide ResNet-101-2",
            group,
            _imagenet(101, base_width=128),
            f"{WIDE}; torchvision",
            "ResNet-101 with twice the channels inside every bottleneck.",
        ),
    ]


def _original() -> list[Preset]:
    return [
        Preset(
            f"resnet{d}v1",
            f"ResNet-{d} v1",
            "The paper's stride (v1)",
            _imagenet(d, stride_on="1x1"),
            HE,
            "The paper's own: the stride on the first 1×1, which skips three pixels of four.",
        )
        for d in (50, 101, 152)
    ]


def _plain() -> list[Preset]:
    return [
        Preset(
            f"plain{d}",
            f"Plain-{d}",
            "Plain networks",
            _imagenet(d, shortcut="none"),
            HE,
            f"ResNet-{d} without its shortcuts: what the paper compares with.",
        )
        for d in (18, 34)
    ]


def _preactivation() -> list[Preset]:
    return [
        Preset(
            f"preact{d}",
            f"Pre-activation ResNet-{d}",
            "Pre-activation (v2)",
            _imagenet(d, order="pre", shortcut_norm=False),
            PREACT,
            "Norm and ReLU before each convolution, so that nothing stands on the path from block to block.",
        )
        for d in DEPTHS
    ]


def _tweaks() -> list[Preset]:
    group = "Stem, shortcut and gate"
    return [
        Preset(
            "resnet50c",
            "ResNet-50-C",
            group,
            _imagenet(50, stem="deep"),
            f"{BAG_OF_TRICKS}; timm",
            "Three 3×3 convolutions in place of the 7×7 stem.",
        ),
        Preset(
            "resnet50d",
            "ResNet-50-D",
            group,
            _imagenet(50, stem="deep", shortcut="D"),
            f"{BAG_OF_TRICKS}; timm",
            "The deep stem, and shortcuts that average before they project, so that no pixel is lost.",
        ),
        Preset(
            "resnet18d",
            "ResNet-18-D",
            group,
            _imagenet(18, stem="deep", shortcut="D"),
            f"{BAG_OF_TRICKS}; timm",
            "ResNet-18 with the deep stem and averaging shortcuts.",
        ),
        *_blurred(group),
        Preset(
            "seresnet50",
            "SE-ResNet-50",
            group,
            _imagenet(50, squeeze_excite=True),
            f"{SE}; timm",
            "A gate at the end of each block weighs its channels by what the whole map holds.",
        ),
    ]


def _blurred(group: str) -> list[Preset]:
    """Timm's networks with blur pools."""
    deep = {"stem": "deep", "shortcut": "D"}
    rows: list[tuple[int, str, dict[str, Any]]] = [(18, "", {}), (50, "", {}), (50, "d", deep), (101, "d", deep)]
    return [
        Preset(
            f"resnetblur{depth}{letter}",
            f"ResNetBlur-{depth}{letter and '-D'}",
            group,
            _imagenet(depth, antialias=True, **changes),
            f"{BLUR}; timm",
            f"ResNet-{depth}{letter and '-D'} whose strides are those of blur pools: an answer changes less when the "
            "picture is shifted.",
        )
        for depth, letter, changes in rows
    ]


def _textbook() -> list[Preset]:
    return [
        Preset(
            "d2l_resnet18",
            "ResNet-18 (d2l)",
            "From a textbook",
            _imagenet(18, conv_bias=True, shortcut_norm=False, in_channels=1, num_classes=10),
            D2L,
            "One channel, ten classes; convolutions keep a bias in front of the norm, projections have no norm.",
        )
    ]


def _for_cifar() -> list[Preset]:
    special = {
        110: "The paper's best on CIFAR-10, 6.43\u00a0% error.",
        1202: "More than a thousand layers: trains well, and generalises worse than 110 (7.93\u00a0% error).",
    }
    residual = [
        Preset(
            f"resnet{d}",
            f"ResNet-{d} (CIFAR)",
            "For CIFAR",
            _cifar(d, "A"),
            HE,
            special.get(d, f"Three stages of {(d - 2) // 6} blocks for 32×32 pictures, zero padding shortcuts."),
            (32, 32),
        )
        for d in (32, 44, 56, 110, 1202)
    ]
    plain = [
        Preset(
            f"plain{d}",
            f"Plain-{d} (CIFAR)",
            "For CIFAR",
            _cifar(d, "none"),
            HE,
            f"ResNet-{d} without its shortcuts: the deeper, the worse it trains.",
            (32, 32),
        )
        for d in (20, 32, 44, 56, 110)
    ]
    return [*residual, *plain]


_GROUPS = (_known, _wider, _original, _plain, _preactivation, _tweaks, _textbook, _for_cifar)
_BY_NAME: dict[str, Preset] = {p.name: p for group in _GROUPS for p in group()}
_TITLES: dict[str, str] = {p.name: p.title for p in _BY_NAME.values()}
_BY_SPEC: dict[ResNetSpec, Preset] = {p.spec: p for p in _BY_NAME.values()}
