"""Every family of networks that can be chosen, and the questions that have an answer for all of them."""

from functools import cache

from explorer.architecture.describe import describe
from explorer.architecture.names import meant, no_network
from explorer.architecture.presets import Known, preset_of, presets, title
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import INPUT_SIZE as STARGAN_INPUT_SIZE
from explorer.architecture.stargan import SOURCE as STARGAN_SOURCE
from explorer.architecture.stargan import TITLE as STARGAN_TITLE
from explorer.architecture.stargan import StarGANSpec, describe_stargan, stargan_title
from explorer.architecture.torchvision_list import SOURCE as TORCHVISION_SOURCE
from explorer.architecture.torchvision_list import TorchvisionSpec, classifiers
from explorer.architecture.tree import Network
from explorer.architecture.values import shown
from explorer.errors import SpecError

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


def named(name: str) -> Known[Spec]:
    """The network that somebody means by a name or a title, however it is spelled.

    Args:
        name: such as ``resnet50``, ``ResNet-50``, ``stargan`` or ``VGG-16``.

    Raises:
        SpecError: when there is no network of that name.
    """
    known = {one.name: one for one in known_networks()}
    found = meant(name, {one.name: one.title for one in known.values()})
    if found is None:
        own = ", ".join(preset.name for preset in presets())
        raise no_network(name, known, f"{own}, {STARGAN} or a classifier of torchvision such as vgg16")
    return known[found]


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


def network_of(wanted: Network | Spec | str) -> Network:
    """The tree of a network that has one.

    Args:
        wanted: its spec or its name; a tree is given back as it is.

    Raises:
        SpecError: when there is no such network, it has no tree, or this is no network at all.
    """
    known = named(wanted).spec if isinstance(wanted, str) else wanted
    match known:
        case Network():
            return known
        case ResNetSpec():
            return describe(known)
        case StarGANSpec():
            return describe_stargan(known)
        case TorchvisionSpec():
            raise SpecError(
                f"{title_of(known)} is measured, not described: explorer.model.families builds it, and "
                "explorer.model.torchvision_models has its plan."
            )
    raise SpecError(f"{shown(wanted)} is no network; give a spec, what describe returns, or a name such as resnet50.")


@cache
def _by_spec() -> dict[Spec, Known[Spec]]:
    return {known.spec: known for known in known_networks()}
