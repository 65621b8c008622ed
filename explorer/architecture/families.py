"""Every family of networks that can be chosen, and the questions that have an answer for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from explorer.architecture.describe import describe
from explorer.architecture.names import meant, no_network
from explorer.architecture.own import PREFIX as OWN
from explorer.architecture.own import OwnSpec
from explorer.architecture.presets import Known, preset_of, presets
from explorer.architecture.published import PUBLISHED
from explorer.architecture.spec import DEFAULTS, OUTPUT_STRIDE, ResNetSpec
from explorer.architecture.stargan import INPUT_SIZE as STARGAN_INPUT_SIZE
from explorer.architecture.stargan import PICTURE_CHANNELS, StarGANSpec, describe_stargan, domain_names, stargan_title
from explorer.architecture.stargan import SOURCE as STARGAN_SOURCE
from explorer.architecture.stargan import TITLE as STARGAN_TITLE
from explorer.architecture.title import title
from explorer.architecture.torchvision_list import CLASSES, TorchvisionSpec, classifiers
from explorer.architecture.torchvision_list import SOURCE as TORCHVISION_SOURCE
from explorer.architecture.tree import Network
from explorer.architecture.values import shown
from explorer.errors import SpecError

DescribedSpec = ResNetSpec | StarGANSpec
"""What has a tree of ours."""
Spec = DescribedSpec | TorchvisionSpec | OwnSpec

STARGAN = "stargan"
MOST_BLOCKS = 2000
MOST_CHANNELS = 65_536
MOST_CLASSES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Family:
    """What the family of a network says of it.

    Attributes:
        title: its name for people.
        usual_size: height and width in pixels that it was made for.
        tree: describes it; raises ``SpecError`` where there is no tree.
        start: the name that an address starts from; None for the family that needs none.
        measured: whether its plan is measured on the real thing, for want of a tree.
        outputs: of a classifier, 0 where there is none.
        picture_channels: of the picture that goes in.
        domains: what the domains are called that a picture can be asked for in; none for a classifier.
        smallest_side: in pixels, of pictures that leave 2×2 at the last stage, where that is known.
        torchvision_name: its name in torchvision; empty where torchvision does not have it.
        publisher: who publishes weights for such networks.
        why_not_published: one sentence why there are no published weights for it.
        too_large: why a shared server should not draw what can be described, a sentence each.
    """

    title: str
    usual_size: tuple[int, int]
    tree: Callable[[], Network]
    start: str | None
    measured: bool = False
    outputs: int = 0
    picture_channels: int = 3
    domains: tuple[str, ...] = ()
    smallest_side: int = 1
    torchvision_name: str = ""
    publisher: str = "torchvision"
    why_not_published: str = ""
    too_large: tuple[str, ...] = ()


def family_of(spec: Spec) -> Family:
    """What the family of a network says of it."""
    return _FAMILIES[type(spec)](spec)


def _resnet(spec: ResNetSpec) -> Family:
    known, is_cifar = preset_of(spec), spec.stem == "cifar"
    return Family(
        title=title(spec),
        usual_size=known.input_size if known else (32, 32) if is_cifar else (224, 224),
        tree=lambda: describe(spec),
        start=None,
        outputs=spec.outputs,
        picture_channels=spec.in_channels,
        smallest_side=2 * spec.stride,
        torchvision_name=_torchvision_name(spec),
        why_not_published=_why_not_published(spec),
        too_large=_too_large(spec),
    )


def _stargan(spec: StarGANSpec) -> Family:
    return Family(
        title=stargan_title(spec),
        usual_size=STARGAN_INPUT_SIZE,
        tree=lambda: describe_stargan(spec),
        start=STARGAN,
        picture_channels=PICTURE_CHANNELS,
        domains=domain_names(spec),
        publisher="its authors",
        why_not_published="The authors of StarGAN offer its trained weights with their source, "
        "github.com/yunjey/stargan: fetch the file there and drop it on the page Checkpoint.",
    )


def _classifier(spec: TorchvisionSpec) -> Family:
    known, usual = spec.classifier, spec.num_classes == CLASSES

    def no_tree() -> Network:
        raise SpecError(
            f"{known.title} is measured, not described: explorer.model.families builds it, and "
            "explorer.model.torchvision_models has its plan."
        )

    return Family(
        title=spec.title,
        usual_size=(known.side, known.side),
        tree=no_tree,
        start=spec.name,
        measured=True,
        outputs=spec.num_classes,
        torchvision_name=spec.name if usual else "",
        why_not_published=f"There are no published weights for {known.title} here."
        if usual
        else f"The published weights of {known.title} are for {CLASSES:,} classes, not {spec.num_classes:,}.",
    )


def _own(spec: OwnSpec) -> Family:
    facts = spec.facts

    def no_tree() -> Network:
        raise SpecError(f"{facts.title} is measured, not described: it was given as a module and has no tree.")

    return Family(
        title=facts.title,
        usual_size=facts.input_size,
        tree=no_tree,
        start=f"{OWN}{spec.name}",
        measured=True,
        outputs=facts.outputs,
        picture_channels=facts.channels,
        publisher="nobody",
        why_not_published=f"{facts.title} was given with its weights.",
    )


_FAMILIES: dict[type, Callable[[Any], Family]] = {
    ResNetSpec: _resnet,
    StarGANSpec: _stargan,
    TorchvisionSpec: _classifier,
    OwnSpec: _own,
}


def _torchvision_name(spec: ResNetSpec) -> str:
    # how a network starts does not matter to weights that replace what it started with, nor does where it dilates
    known = preset_of(spec.replace(zero_init_residual=False, output_stride=DEFAULTS[OUTPUT_STRIDE]))
    return known.name if known and known.name in PUBLISHED else ""


def _why_not_published(spec: ResNetSpec) -> str:
    imagenet = spec.replace(in_channels=3, num_classes=1000, added_classes=0)
    if not _torchvision_name(imagenet):
        count = {10: "ten"}.get(len(PUBLISHED), str(len(PUBLISHED)))
        return f"torchvision publishes weights for its {count} residual networks, not for {title(spec)}."
    if spec.added_classes:
        return f"The published weights of {title(imagenet)} have no layer after fc: set the added classes to 0."
    return (
        f"The published weights of {title(imagenet)} are for 1,000 classes and 3 input channels, "
        f"not {spec.num_classes:,} and {spec.in_channels:,}."
    )


def _too_large(spec: ResNetSpec) -> tuple[str, ...]:
    sentences = []
    if sum(spec.depths) > MOST_BLOCKS:
        sentences.append(f"The network has {sum(spec.depths):,} blocks; at most {MOST_BLOCKS:,} are shown here.")
    widest = max(max(spec.widths) * spec.expansion, *map(spec.inner_width, spec.widths))
    if widest > MOST_CHANNELS:
        sentences.append(f"The network has up to {widest:,} channels; at most {MOST_CHANNELS:,} are shown here.")
    if spec.num_classes > MOST_CLASSES:
        sentences.append(f"The network has {spec.num_classes:,} classes; at most {MOST_CLASSES:,} are shown here.")
    return tuple(sentences)


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
        name: such as ``resnet50``, ``ResNet-50``, ``stargan`` or ``VGG-16``; ``own:`` and a name for one that this
            process was given.

    Raises:
        SpecError: when there is no network of that name.
    """
    if name.startswith(OWN):
        own = OwnSpec(name=name.removeprefix(OWN))
        return Known(name, own.facts.title, "Yours", own, "explorer.show", own.facts.given, own.facts.input_size)
    known = {one.name: one for one in known_networks()}
    found = meant(name, {one.name: one.title for one in known.values()})
    if found is None:
        ours = ", ".join(preset.name for preset in presets())
        raise no_network(name, known, f"{ours}, {STARGAN} or a classifier of torchvision such as vgg16")
    return known[found]


def known_of(spec: Spec) -> Known[Spec] | None:
    """The named network that a spec equals, if there is one."""
    return _by_spec().get(spec)


def title_of(spec: Spec) -> str:
    """A network's name for people."""
    return family_of(spec).title


def usual_size(spec: Spec) -> tuple[int, int]:
    """Height and width in pixels that a network was made for."""
    return family_of(spec).usual_size


def network_of(wanted: Network | Spec | str) -> Network:
    """The tree of a network that has one.

    Args:
        wanted: its spec or its name; a tree is given back as it is.

    Raises:
        SpecError: when there is no such network, it has no tree, or this is no network at all.
    """
    if isinstance(wanted, Network):
        return wanted
    spec = named(wanted).spec if isinstance(wanted, str) else wanted
    if type(spec) not in _FAMILIES:
        raise SpecError(
            f"{shown(wanted)} is no network; give a spec, what describe returns, or a name such as resnet50."
        )
    return family_of(spec).tree()


@cache
def _by_spec() -> dict[Spec, Known[Spec]]:
    return {known.spec: known for known in known_networks()}
