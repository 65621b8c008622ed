"""Which weights a network shall have: the choice as a value, as text in a link, and what there is to choose from.

Needs no torch: the picker and the link are read before torch is imported. ``explorer.model.weights`` loads them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.architecture.families import Spec, family_of
from explorer.architecture.published import PUBLISHED, TAGS, PublishedWeights
from explorer.architecture.spec import ResNetSpec
from explorer.errors import LinkError

Source = Literal["random", "fresh", "published", "file", "example", "run"]

EXAMPLE = "digits"
# What torchvision's other classifiers have besides: SWAG's, fine-tuned end to end or in the last layer alone.
SWAG_TAGS = ("IMAGENET1K_SWAG_E2E_V1", "IMAGENET1K_SWAG_LINEAR_V1")
MAX_SEED = 2**31 - 1
RUN = "run:"
_RUN = re.compile(r"run:[0-9a-f]{12}", re.ASCII)
_SEEDED = re.compile(r"(random|fresh)(?:-([0-9]{1,10}))?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class WeightsChoice:
    """Which weights were chosen: the key under which a loaded network is kept.

    What does not apply to the source stands at its default, so that equal choices are equal.

    Attributes:
        source: random (running statistics estimated from sample pictures), fresh (random, running statistics as torch
            makes them), published, file (uploaded), example (trained in this repository), or run (trained here).
        seed: of random and fresh weights.
        tag: of published weights, ``IMAGENET1K_V2``.
        digest: sha256 of an uploaded file; of a run, which of its weights.
        run: id of the training run.
    """

    source: Source = "random"
    seed: int = 0
    tag: str = ""
    digest: str = ""
    run: str = ""

    def __post_init__(self) -> None:
        if self.source not in ("random", "fresh"):
            object.__setattr__(self, "seed", 0)
        if self.source != "published":
            object.__setattr__(self, "tag", "")
        if self.source not in ("file", "run"):
            object.__setattr__(self, "digest", "")
        if self.source != "run":
            object.__setattr__(self, "run", "")

    def to_text(self) -> str | None:
        """The choice as a link carries it; None for an uploaded file, which no link can carry."""
        match self.source:
            case "random" | "fresh":
                return f"{self.source}-{self.seed}" if self.seed else self.source
            case "published":
                return self.tag
            case "example":
                return EXAMPLE
            case "run":
                return f"{RUN}{self.run}"
            case "file":
                return None

    @classmethod
    def from_text(cls, text: str) -> "WeightsChoice":
        """The choice that a link carries.

        Args:
            text: ``random``, ``random-7``, ``fresh``, ``IMAGENET1K_V1``, ``digits``, or ``run:`` and a run's id.

        Raises:
            LinkError: when it is none of them.
        """
        if text == EXAMPLE:
            return cls(source="example")
        if text in (*TAGS, *SWAG_TAGS):
            return cls(source="published", tag=text)
        if _RUN.fullmatch(text):
            return cls(source="run", run=text.removeprefix(RUN))
        seeded = _SEEDED.fullmatch(text)
        if seeded is None or int(seeded[2] or 0) > MAX_SEED:
            raise LinkError(
                f"The link asks for weights {text[:40]!r}, which do not exist: choose random, random-7 for another "
                f"seed, fresh, {', '.join(TAGS)}, {EXAMPLE}, or {RUN} and the id of a training run."
            )
        return cls(source="random" if seeded[1] == "random" else "fresh", seed=int(seeded[2] or 0))


@dataclass(frozen=True, kw_only=True)
class WeightsSource:
    """Something to choose for one network.

    Attributes:
        choice: what is chosen by it; of a file without its digest.
        label: its name for people.
        reason: one sentence why this network cannot have it; None where it can.
    """

    choice: WeightsChoice
    label: str
    reason: str | None = None


def example_spec() -> ResNetSpec:
    """The network of the trained example: the paper's CIFAR ResNet-20 at half its width, on one channel."""
    return ResNetSpec(
        block="basic",
        depths=(3, 3, 3),
        widths=(8, 16, 32),
        stem="cifar",
        shortcut="A",
        in_channels=1,
        num_classes=10,
    )


def example_input_size() -> tuple[int, int]:
    """Height and width in pixels that the trained example was trained at: the paper's for CIFAR."""
    return (32, 32)


def sources_for(spec: Spec, there: Sequence[PublishedWeights], *, seed: int = 0) -> tuple[WeightsSource, ...]:
    """What there is to choose from for a network, with the reason where something does not apply.

    Args:
        spec: the network.
        there: its published weights, from ``published`` or, for other classifiers of torchvision too,
            ``explorer.model.published``.
        seed: that random and fresh weights shall have.
    """
    example = WeightsSource(
        choice=WeightsChoice(source="example"),
        label="Trained example: digits",
        reason=None if fits_example(spec) else f"The trained example is a network of its own, {_example_words()}.",
    )
    return (
        WeightsSource(choice=WeightsChoice(seed=seed), label="Random, calibrated"),
        WeightsSource(choice=WeightsChoice(source="fresh", seed=seed), label="Random, fresh statistics"),
        *_published_sources(spec, there),
        *([] if family_of(spec).measured else [example]),
        WeightsSource(choice=WeightsChoice(source="file"), label="A file of yours"),
    )


def fits_example(spec: Spec) -> bool:
    """Whether a network can have the trained example's weights."""
    return spec in (example_spec(), example_spec().replace(zero_init_residual=True))


def published(spec: Spec) -> tuple[PublishedWeights, ...]:
    """The published weights of a network, the oldest first; none where it is not one of torchvision's ten ResNets.

    How a network starts (``zero_init_residual``) does not matter to weights that replace what it started with.
    """
    return PUBLISHED.get(family_of(spec).torchvision_name, ())


def _published_sources(spec: Spec, there: Sequence[PublishedWeights]) -> tuple[WeightsSource, ...]:
    if not there:
        family = family_of(spec)
        choice = WeightsChoice(source="published", tag=TAGS[0])
        label = f"Published by {family.publisher}"
        return (WeightsSource(choice=choice, label=label, reason=family.why_not_published),)
    return tuple(
        WeightsSource(
            choice=WeightsChoice(source="published", tag=weights.tag),
            label=f"{weights.title}, torchvision ({weights.acc1:.1f}\u00a0%)",
        )
        for weights in there
    )


def _example_words() -> str:
    spec = example_spec()
    return f"ResNet-{spec.nominal_depth} with {spec.widths[0]}, {spec.widths[1]} and {spec.widths[2]} channels"
