"""Which weights a network shall have: the choice as a value, as text in a link, and what there is to choose from.

Needs no torch: the picker and the link are read before torch is imported. ``explorer.model.weights`` loads them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.architecture.examples import EXAMPLES, example_facts
from explorer.architecture.families import Spec, family_of
from explorer.architecture.hub import is_here
from explorer.architecture.own import OwnSpec
from explorer.architecture.published import PUBLISHED, TAGS, PublishedWeights
from explorer.errors import LinkError

Source = Literal["random", "fresh", "published", "file", "example", "run", "given"]

# What torchvision's other classifiers have besides: SWAG's, fine-tuned end to end or in the last layer alone.
SWAG_TAGS = ("IMAGENET1K_SWAG_E2E_V1", "IMAGENET1K_SWAG_LINEAR_V1")
MAX_SEED = 2**31 - 1
GIVEN = "given"
"""The weights that a network of this process came with."""
RUN = "run:"
RUN_ID = r"(?:[0-9a-f]{12}|[a-z]+_[0-9A-Za-z_]{1,40})"
"""A run's id: twelve digits, or words joined by underscores for those that come with the app."""
TEXTS = f"random, random-7 for another seed, fresh, {', '.join((*TAGS, *EXAMPLES))}, or {RUN} and the id of a run"
"""What a link may say for weights, in words."""
_RUN = re.compile(f"{RUN}{RUN_ID}", re.ASCII)
_SEEDED = re.compile(r"(random|fresh)(?:-([0-9]{1,10}))?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class WeightsChoice:
    """Which weights were chosen: the key under which a loaded network is kept.

    What does not apply to the source stands at its default, so that equal choices are equal.

    Attributes:
        source: random (running statistics estimated from sample pictures), fresh (random, running statistics as torch
            makes them), published, file (uploaded), example (trained in this repository), run (trained here), or given
            (with a network that this process was given).
        seed: of random and fresh weights.
        example: name of the trained example, ``digits``.
        tag: of published weights, ``IMAGENET1K_V2``.
        digest: sha256 of an uploaded file; of a run, which of its weights.
        run: id of the training run.
    """

    source: Source = "random"
    seed: int = 0
    example: str = "digits"
    tag: str = ""
    digest: str = ""
    run: str = ""

    def __post_init__(self) -> None:
        if self.source not in ("random", "fresh"):
            object.__setattr__(self, "seed", 0)
        if self.source != "example":
            object.__setattr__(self, "example", "")
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
                return self.example
            case "run":
                return f"{RUN}{self.run}"
            case "given":
                return GIVEN
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
        if text in EXAMPLES:
            return cls(source="example", example=text)
        if text == GIVEN:
            return cls(source="given")
        if text in (*TAGS, *SWAG_TAGS):
            return cls(source="published", tag=text)
        if _RUN.fullmatch(text):
            return cls(source="run", run=text.removeprefix(RUN))
        seeded = _SEEDED.fullmatch(text)
        if seeded is None or int(seeded[2] or 0) > MAX_SEED:
            raise LinkError(f"The link asks for weights {text[:40]!r}, which do not exist: choose {TEXTS}.")
        return cls(source="random" if seeded[1] == "random" else "fresh", seed=int(seeded[2] or 0))


@dataclass(frozen=True, kw_only=True)
class WeightsSource:
    """Something to choose for one network.

    Attributes:
        choice: what is chosen by it; of a file without its digest.
        label: its name for people: ``published, ImageNet V2``.
        note: what it takes to have it: ``on disk``, or what has to be fetched, ``98 MB``.
        reason: one sentence why this network cannot have it; None where it can.
    """

    choice: WeightsChoice
    label: str
    note: str = ""
    reason: str | None = None


def sources_for(spec: Spec, there: Sequence[PublishedWeights]) -> tuple[WeightsSource, ...]:
    """What there is to choose from for a network, with the reason where something does not apply.

    A trained example is a network of its own, which is chosen with it.

    Args:
        spec: the network.
        there: its published weights, from ``published`` or, for other classifiers of torchvision too,
            ``explorer.model.published``.
    """
    if isinstance(spec, OwnSpec):
        return (WeightsSource(choice=WeightsChoice(source="given"), label="as it was given"),)
    return (
        *_published_sources(spec, there),
        *(
            WeightsSource(
                choice=WeightsChoice(source="example", example=example.name),
                label=f"{example.name}, {100 * example_facts(example).accuracy:.0f}\u00a0%",
                note="trained example",
            )
            for example in EXAMPLES.values()
        ),
        WeightsSource(choice=WeightsChoice(), label="random"),
        WeightsSource(choice=WeightsChoice(source="fresh"), label="random, fresh statistics"),
        WeightsSource(choice=WeightsChoice(source="file"), label="a file of yours"),
    )


def published(spec: Spec) -> tuple[PublishedWeights, ...]:
    """The published weights of a network, the oldest first; none where it is not one of torchvision's ten ResNets.

    How a network starts (``zero_init_residual``) does not matter to weights that replace what it started with.
    """
    return PUBLISHED.get(family_of(spec).torchvision_name, ())


def by_preference(there: Sequence[PublishedWeights]) -> list[PublishedWeights]:
    """Published weights, the newest first; behind them SWAG's, which want larger pictures or were made in part."""
    return sorted(there, key=lambda weights: weights.tag not in SWAG_TAGS)[::-1]


def best_here(there: Sequence[PublishedWeights]) -> PublishedWeights | None:
    """The first of some published weights that are on this disk, by preference, if one is."""
    return next((weights for weights in by_preference(there) if is_here(weights)), None)


def _published_sources(spec: Spec, there: Sequence[PublishedWeights]) -> tuple[WeightsSource, ...]:
    if not there:
        family = family_of(spec)
        choice = WeightsChoice(source="published", tag=TAGS[0])
        return (
            WeightsSource(choice=choice, label=f"published by {family.publisher}", reason=family.why_not_published),
        )
    return tuple(
        WeightsSource(
            choice=WeightsChoice(source="published", tag=weights.tag),
            label=f"published, {weights.title.replace('ImageNet-1K SWAG', 'SWAG').replace('-1K', '')}",
            note="on disk" if is_here(weights) else weights.megabytes,
        )
        for weights in by_preference(there)
    )
