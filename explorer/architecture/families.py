"""Every family of networks that can be chosen, and the questions that have an answer for all of them."""

from functools import cache

from explorer.architecture.describe import describe
from explorer.architecture.presets import Known, preset_of, presets, title
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


@cache
def known_networks() -> tuple[Known[Spec], ...]:
    """Every network with a name: the presets, the StarGAN generator, the other classifiers of torchvision."""
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
    return (*presets(), generator, *others)


def known_of(spec: Spec) -> Known[Spec] | None:
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
def _by_spec() -> dict[Spec, Known[Spec]]:
    return {known.spec: known for known in known_networks()}
