"""What is known of weights before any are loaded, and so before torch is: which there are, and what they learned."""

from __future__ import annotations

from functools import lru_cache

from explorer.architecture.examples import EXAMPLES, IMAGENET_PICTURES, TrainedOn
from explorer.architecture.families import Spec, family_of, usual_size
from explorer.architecture.own import OwnSpec
from explorer.architecture.published import PublishedWeights
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.weights import GIVEN, WeightsChoice, best_here, published
from explorer.errors import ExplorerError
from explorer.ui.params.shared import Size


def published_for(spec: Spec) -> tuple[PublishedWeights, ...]:
    """The published weights of a network of any family, the oldest first."""
    if not family_of(spec).measured:
        return published(spec)
    from explorer.model.published import published_weights  # a network that is measured needs torch in any case

    return published_weights(spec)


def first_choice() -> tuple[Spec, str]:
    """Network and weights for whoever has chosen nothing.

    ResNet-50 with published weights where they are on this disk, else the best trained example.
    """
    here = best_here(published(ResNetSpec()))
    best = next(iter(EXAMPLES.values()))
    return (ResNetSpec(), here.tag) if here else (best.spec, best.name)


def weights_for(spec: Spec, now: str) -> str:
    """The weights that a network gets when it is chosen: published ones where they are on this disk, else random.

    One that this process was given has its own.

    Args:
        spec: the network.
        now: the weights of the network before, as in a link; random ones of a seed or with fresh statistics stay.
    """
    if isinstance(spec, OwnSpec):
        return GIVEN
    if now.startswith(("random-", "fresh")):
        return now
    here = best_here(published_for(spec))
    return here.tag if here else "random"


def size_for(spec: Spec, weights: str) -> Size:
    """The input size while nobody has chosen one: what the weights were trained at, or the network was made for."""
    example = EXAMPLES.get(weights)
    return example.input_size if example and example.fits(spec) else usual_size(spec)


def trained_on(weights: str) -> TrainedOn | None:
    """What some weights, as in a link, were trained on; None for random ones and where nobody knows."""
    choice = WeightsChoice.from_text(weights)
    match choice.source:
        case "published":
            return IMAGENET_PICTURES
        case "example":
            return EXAMPLES[choice.example].pictures
        case "run":
            try:
                return _of_run(choice.run)
            except ExplorerError:  # it is not here any more
                return None
    return None


@lru_cache(maxsize=64)
def _of_run(run_id: str) -> TrainedOn:
    from explorer.labs.data import sets
    from explorer.ui.runs.kept import manager

    return sets.trained_on(manager().store.run(run_id).config.data)
