"""What is measured: around runs or around the chosen network, coarse first; shipped where the app has it already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from explorer.architecture.families import family_of
from explorer.errors import LabError
from explorer.labs.data.picture_sets import PictureSet
from explorer.labs.landscape.effort import PICTURES, Effort, effort_of
from explorer.labs.landscape.of_run import Walked, around, model_of, pictures_of, spread, walked
from explorer.labs.landscape.plane import FEWEST_EPOCHS
from explorer.labs.landscape.surface import FINE, Surface
from explorer.labs.runs.jobs import Run
from explorer.labs.shipped.landscapes import shipped_around, shipped_path
from explorer.labs.training.one_thread import threads_for
from explorer.model.weights import Loaded
from explorer.ui import cached, state
from explorer.ui.cached import Ready
from explorer.ui.inside.landscape.params import NORMS, SEED
from explorer.ui.inside.pictures import Seen
from explorer.ui.runs.kept import manager, no_weights_words
from explorer.ui.slow import Progress

Found = Surface | Walked
Make = Callable[[int, Any, Progress], Found]


@dataclass(frozen=True, eq=False, kw_only=True)
class Shown:
    """One landscape of the page.

    Attributes:
        label: what people read.
        classes: of the pictures.
        pictures: which the loss is taken over, in words.
        parameters: of the network.
        effort: what it takes; None where it comes with the app.
        key: what the numbers depend on, beside the steps.
        make: measures it with so many steps, given the coarser one.
    """

    label: str
    classes: int
    pictures: str
    parameters: int
    effort: Effort | None
    key: tuple[Any, ...]
    make: Make

    def steps(self, level: int) -> int:
        """Steps along a side: at level 0 the coarsest, then twice as many at each."""
        return FINE if self.effort is None else min(self.effort.fine, self.effort.coarse << level)

    @property
    def levels(self) -> int:
        """How often it becomes finer."""
        return 0 if self.effort is None else (self.effort.fine // self.effort.coarse).bit_length() - 1

    def at(self, level: int, progress: Progress) -> Found:
        """The landscape at a level.

        Raises:
            ExplorerError: it cannot be measured, with the sentence why.
        """
        level = min(level, self.levels)

        def make() -> Found:
            known = self.at(level - 1, progress) if level else None
            return self.make(self.steps(level), known, progress)

        return cached.result(
            ("landscape", *self.key, self.steps(level)), make, lambda found: surface_of(found).loss.nbytes
        )


def surface_of(found: Found) -> Surface:
    """The loss in a plane, with a path or without."""
    return found.surface if isinstance(found, Walked) else found


def of_run(run: Run, *, path: bool) -> Shown:
    """The landscape around the last weights of a run, or the plane of its path.

    Args:
        run: the run.
        path: whether it is the plane of its path.

    Raises:
        ExplorerError: it has no weights or too few, or the network is too large.
    """
    store, config = manager().store, run.config
    epochs = store.weight_epochs(run.id)
    if not epochs:
        raise LabError(no_weights_words(run))
    if path and len(epochs) < FEWEST_EPOCHS:
        raise LabError(
            f"{run.name}: a plane takes the weights of three epochs and {len(epochs)} are kept; choose a run that kept "
            "more."
        )
    norms, seed = state.get(NORMS), state.get(SEED)
    plan = cached.plan_of(config.spec, config.input_size)
    shipped = _shipped(run, path=path)
    effort = None if shipped is not None else effort_of(plan)
    pictures = PICTURES if effort is None else effort.pictures

    def make(steps: int, known: Any, progress: Progress) -> Found:
        if shipped is not None:
            return shipped
        settings = {"statistics": norms, "steps": steps, "known": known, "progress": progress, "what": run.name}
        with threads_for(config.input_size):
            if path:
                return walked(
                    config, lambda epoch: store.weights(run.id, epoch=epoch), epochs, pictures=pictures, **settings
                )
            model = model_of(config, store.weights(run.id, epoch=epochs[-1]))
            return around(model, *pictures_of(config, pictures), seed=seed, **settings)

    return Shown(
        label=run.name,
        classes=config.spec.outputs,
        pictures=f"{pictures:,} pictures that the networks learn from",
        parameters=plan.params,
        effort=effort,
        key=(run.id, epochs if path else epochs[-1], norms, None if path else seed),
        make=make,
    )


def of_network(ready: Ready, seen: Seen) -> Shown:
    """The landscape around the weights of the chosen network.

    Args:
        ready: the network.
        seen: labelled pictures.

    Raises:
        ExplorerError: the pictures are not of its classes, or the network is too large.
    """
    norms, seed = state.get(NORMS), state.get(SEED)
    labels = torch.from_numpy(labels_of(seen.pictures, ready.loaded, family_of(seen.spec).outputs))
    effort = effort_of(seen.plan, ready.device)
    learned = np.flatnonzero(seen.pictures.learned)
    among = learned if len(learned) else seen.pictures.tested
    places = among[spread(len(among), effort.pictures)]

    def make(steps: int, known: Any, progress: Progress) -> Found:
        with threads_for(seen.plan.input_size):
            return around(
                ready.model,
                seen.inputs(places),
                labels[places],
                seed=seed,
                statistics=norms,
                steps=steps,
                known=known,
                progress=progress,
                what=seen.plan.network.title,
            )

    return Shown(
        label=seen.plan.network.title,
        classes=len(seen.pictures.classes),
        pictures=f"{len(places):,} pictures of {seen.pictures.title}",
        parameters=seen.plan.params,
        effort=effort,
        key=(*ready.key, seen.key, norms, seed),
        make=make,
    )


def labels_of(pictures: PictureSet, loaded: Loaded, outputs: int) -> np.ndarray:
    """The place among a network's outputs of the class of every picture, ``(N,)``: by name, or in order without names.

    Args:
        pictures: labelled.
        loaded: what the network was filled with.
        outputs: how many it has.

    Raises:
        LabError: the network has no classes, or others.
    """
    assert pictures.labels is not None, "only labelled pictures can be chosen"
    if not loaded.classifies or not outputs:
        raise LabError(
            "A landscape is one of a classifier's loss, and this network has no classes: choose another one."
        )
    names = loaded.classes
    if names is not None and set(pictures.classes) <= set(names):
        return np.array([names.index(name) for name in pictures.classes])[pictures.labels]
    if names is None and len(pictures.classes) == outputs:
        return pictures.labels
    raise LabError(
        f"The loss takes pictures of the network's own classes; {pictures.title} are of others: choose other pictures, "
        "or a zip whose folders have the names of its classes."
    )


def _shipped(run: Run, *, path: bool) -> Found | None:
    if not run.is_shipped:
        return None
    if path:
        return shipped_path(run.id, state.get(NORMS))
    return shipped_around(run.id, state.get(NORMS)) if state.get(SEED) == 0 else None
