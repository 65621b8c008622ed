"""Every family of networks that can be chosen, and the questions that have an answer for all of them."""

from dataclasses import dataclass
from functools import cache

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset_of, presets, title
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import INPUT_SIZE as STARGAN_INPUT_SIZE
from explorer.architecture.stargan import SOURCE as STARGAN_SOURCE
from explorer.architecture.stargan import TITLE as STARGAN_TITLE
from explorer.architecture.stargan import StarGANSpec, describe_stargan, stargan_title
from explorer.architecture.torchvision_list import SOURCE as TORCHVISION_SOURCE
from explorer.architecture.torchvision_list import TorchvisionSpec, classifiers
from explorer.architecture.tree import Network

DescribedSpec = ResNetSpec | StarGANSpec
"""What has a tree of ours."""
Spec = DescribedSpec | TorchvisionSpec

STARGAN = "stargan"


@dataclass(frozen=True)
class Known:
    """A network that has a name.

    Attributes:
        name: in code and in a link.
        title: for people.
        group: the heading it stands under.
        spec: the network.
        source: where it comes from.
        special: what makes it special, in one sentence.
        input_size: height and width it was made for.
    """

    name: str
    title: str
    group: str
    spec: Spec
    source: str
    special: str
    input_size: tuple[int, int]


@cache
def known_networks() -> tuple[Known, ...]:
    """Every network with a name: the presets, the StarGAN generator, the other classifiers of torchvision."""
    residual = (Known(p.name, p.title, p.group, p.spec, p.source, p.special, p.input_size) for p in presets())
    generator = Known(
        STARGAN,
        STARGAN_TITLE,
        "Generators",
        StarGANSpec(),
        STARGAN_SOURCE,
        "A picture and a target domain go in, the picture of that domain comes out; six residual units are its trunk.",
        STARGAN_INPUT_SIZE,
    )
    others = (
        Known(
            c.name,
            c.title,
            "torchvision",
            TorchvisionSpec(name=c.name),
            TORCHVISION_SOURCE,
            f"A network of the family {c.family}, made for {c.side}×{c.side}; beside the ResNets, for comparison.",
            (c.side, c.side),
        )
        for c in classifiers()
    )
    return (*residual, generator, *others)


def known_of(spec: Spec) -> Known | None:
    """The named network that a spec equals, if there is one."""
    return _by_spec().get(spec)


def title_of(spec: Spec) -> str:
    """A network's name for people."""
    match spec:
        case ResNetSpec():
            return title(spec)
        case StarGANSpec():
            return stargan_title(spec)
    return spec.classifier.title


def usual_size(spec: Spec) -> tuple[int, int]:
    """Height and width in pixels that a network was made for."""
    match spec:
        case ResNetSpec():
            named = preset_of(spec)
            return named.input_size if named else (32, 32) if spec.stem == "cifar" else (224, 224)
        case StarGANSpec():
            return STARGAN_INPUT_SIZE
    return (spec.classifier.side, spec.classifier.side)


def network_of(spec: DescribedSpec) -> Network:
    """The tree of a network that has one."""
    return describe(spec) if isinstance(spec, ResNetSpec) else describe_stargan(spec)


@cache
def _by_spec() -> dict[Spec, Known]:
    return {known.spec: known for known in known_networks()}
