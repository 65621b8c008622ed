"""What the view of blocks taken out asks of a network: on as many pictures, of as many blocks, as fit into the time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.families import family_of
from explorer.errors import LabError
from explorer.labs.identity.effort import Effort, fitting, spread
from explorer.labs.identity.lesions import (
    Lesion,
    OnPictures,
    block_lesions,
    keeping_shape,
    removable,
    removable_stages,
    stage_lesions,
)
from explorer.labs.training.one_thread import threads_for
from explorer.labs.worth.draws import sets_of
from explorer.labs.worth.taken_out import DRAWS, AtRandom, random_lesions
from explorer.model.features import batch_size
from explorer.model.forward import logits_of
from explorer.ui import models
from explorer.ui.inside.beside import LookedAt
from explorer.ui.inside.pictures import Seen
from explorer.ui.slow import Progress

T = TypeVar("T")
_MOST_PICTURES = 500
_SECONDS = {False: 2.5, True: 90.0}
_FEWEST_PICTURES = {False: 4, True: 8}
_MOST_COUNTS = {False: 5, True: 9}
_FEWEST_BLOCKS = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Subject:
    """A network, and the pictures that it is tested with.

    Attributes:
        network: the network.
        seen: the pictures as it gets them.
        places: of those that it is tested with.
        of: how many there are.
        labels: where their classes stand among its outputs; None where they are not known.
        effort: what fits into the time.
        key: of what is measured.
    """

    network: LookedAt
    seen: Seen
    places: np.ndarray
    of: int
    labels: Tensor | None
    effort: Effort
    key: tuple

    @property
    def guessing(self) -> float:
        """Accuracy of guessing."""
        return 1 / max(1, len(self.seen.pictures.classes))

    def on_pictures(self) -> OnPictures:
        """The network on its pictures; run it within ``network.running()``."""
        inputs = self.seen.inputs(self.places)
        size = batch_size(self.network.plan)
        models.admit_pictures(self.network.ready, self.network.plan, pictures=min(len(inputs), size))
        model = self.network.ready.model
        return OnPictures(model=model, answers=lambda: logits_of(model, inputs.split(size)), labels=self.labels)


@dataclass(frozen=True, kw_only=True)
class Singly:
    """Blocks and stages, each taken out alone.

    Attributes:
        accuracy: with nothing taken out; NaN without labels.
        blocks: in order.
        stages: likewise.
    """

    accuracy: float
    blocks: tuple[Lesion, ...]
    stages: tuple[Lesion, ...]


@dataclass(frozen=True, kw_only=True)
class Together:
    """Several blocks taken out at random.

    Attributes:
        accuracy: with nothing taken out; NaN without labels.
        counts: what is left, by how many blocks are taken out.
    """

    accuracy: float
    counts: tuple[AtRandom, ...]


def subject(network: LookedAt, seen: Seen, *, at_random: bool, full: bool) -> Subject:
    """A network with as many pictures and passes as fit into the time.

    Args:
        network: the network.
        seen: the chosen pictures.
        at_random: whether several blocks are taken out at random.
        full: whether it may take longer.

    Raises:
        LabError: it has no answers, or no block that can be taken out.
    """
    _refuse(network, at_random=at_random)
    model, pictures = network.ready.model, seen.pictures
    there = pictures.tested if len(pictures.tested) else np.arange(len(pictures))
    if at_random:
        blocks = len(keeping_shape(model))
        passes = 1 + sum(sets_of(blocks, count, DRAWS) for count in _counts(blocks, full=full))
        fewest = passes
    else:
        passes = 1 + len(removable_stages(model)) + len(removable(model))
        fewest = min(passes, 1 + len(removable_stages(model)) + _FEWEST_BLOCKS)
    effort = fitting(
        network.plan,
        pictures=min(len(there), _MOST_PICTURES),
        passes=passes,
        seconds=_SECONDS[full],
        fewest_pictures=_FEWEST_PICTURES[full],
        fewest_passes=fewest,
    )
    # drawn, since at equal distances classes that take turns would be left out
    places = np.sort(np.random.default_rng(0).permutation(there)[: effort.pictures])
    labels = pictures.labels_among(network.ready.loaded.classes, family_of(network.spec).outputs)
    return Subject(
        network=network,
        seen=seen.shown_to(network),
        places=places,
        of=len(there),
        labels=None if labels is None else torch.from_numpy(labels[places]),
        effort=effort,
        key=("taken out", network.key, seen.shown_to(network).key, at_random, effort.pictures, effort.passes),
    )


def singly(subject: Subject, progress: Progress) -> Singly:
    """Every block, or some at equal distances, and every stage taken out alone.

    Args:
        subject: the network.
        progress: told how far it is.
    """
    model = subject.network.ready.model
    stages = removable_stages(model)
    blocks = spread(removable(model), max(2, subject.effort.passes - len(stages) - 1))
    with subject.network.running(), threads_for(subject.network.plan.input_size):
        tested = subject.on_pictures()
        lesions = _told(
            (*stages, *blocks), chain(stage_lesions(tested), block_lesions(tested, blocks=blocks)), progress
        )
        return Singly(accuracy=tested.accuracy, stages=lesions[: len(stages)], blocks=lesions[len(stages) :])


def together(subject: Subject, progress: Progress, *, full: bool) -> Together:
    """More and more blocks taken out at random, of those that keep the shape.

    Args:
        subject: the network.
        progress: told how far it is.
        full: whether it may take longer.
    """
    pool = keeping_shape(subject.network.ready.model)
    counts = _counts(len(pool), full=full)
    with subject.network.running(), threads_for(subject.network.plan.input_size):
        tested = subject.on_pictures()
        words = [f"{count} of {len(pool)} blocks" for count in counts]
        found = _told(words, random_lesions(tested, pool, counts), progress)
        return Together(accuracy=tested.accuracy, counts=found)


def _told(words: Sequence[str], found: Iterable[T], progress: Progress) -> tuple[T, ...]:
    """What is found one after the other, each told before it is looked for."""
    remaining, made = iter(found), []
    for place, word in enumerate(words):
        progress(place / len(words), f"Without {word}")
        made.append(next(remaining))
    return tuple(made)


def _counts(blocks: int, *, full: bool) -> tuple[int, ...]:
    """How many blocks are taken out together: numbers from 1 to all, at equal distances."""
    places = np.linspace(1, blocks, min(blocks, _MOST_COUNTS[full])).round().astype(int)
    return tuple(dict.fromkeys(places.tolist()))


def _refuse(network: LookedAt, *, at_random: bool) -> None:
    title, loaded = network.plan.network.title, network.ready.loaded
    if network.plan.makes_pictures or not loaded.classifies:
        raise LabError(f"{title} has no classes, so there is no answer that could change: choose a classifier.")
    if family_of(network.spec).outputs == 1:
        raise LabError(f"{title} has one output, so its first answer is always the same: choose another network.")
    if network.plan.network.measured:
        raise LabError(f"{title} is measured and not described, so its blocks are not known: choose a ResNet.")
    if not (keeping_shape if at_random else removable)(network.ready.model):
        why = "each changes the shape" if at_random else "each changes the shape and has no shortcut"
        raise LabError(f"No block of {title} can be taken out: {why}.")
