"""The landscape around the weights of a run, and the path that it took there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.labs.landscape.loss import Statistics, WeightsLoss
from explorer.labs.landscape.plane import FEWEST_EPOCHS, Path, path_plane, random_plane, vector_of
from explorer.labs.landscape.surface import COARSE, Square, Surface, surface
from explorer.labs.training.config import RunConfig
from explorer.labs.training.initialise import initialised
from explorer.labs.training.pictures import data_of
from explorer.labs.training.state import fill
from explorer.model.build import ObservableModule
from explorer.model.download import Progress

Weights = Mapping[str, np.ndarray]
MOST_EPOCHS = 24
_MOST_NUMBERS = 60_000_000
_ROOM = 1.25


@dataclass(frozen=True, eq=False, kw_only=True)
class Walked:
    """A training in the plane that lies closest to it.

    Attributes:
        surface: the loss in the plane, with the norms' statistics of the last epoch where they are kept.
        epochs: those whose weights are known; 0 is before training.
        places: of each in the plane.
        projected: the loss at each of these places.
        own: the loss of each epoch's own weights, which lie beside the plane.
        explained: the share of the epochs' variance along each of the two directions.
    """

    surface: Surface
    epochs: tuple[int, ...]
    places: tuple[tuple[float, float], ...]
    projected: tuple[float, ...]
    own: tuple[float, ...]
    explained: tuple[float, float]


def spread(count: int, most: int) -> np.ndarray:
    """At most so many of the places 0 to ``count`` − 1, at equal distances, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


def pictures_of(config: RunConfig, count: int) -> tuple[Tensor, Tensor]:
    """Pictures that a run learns from, at equal distances among all of them, and their labels.

    Args:
        config: of the run.
        count: how many at most.

    Raises:
        LabError: the pictures are not here any more.
    """
    data = data_of(config)
    places = torch.from_numpy(spread(len(data.train_labels), count))
    return data.as_input(data.train_pixels[places]), data.train_labels[places]


def around(
    model: ObservableModule,
    images: Tensor,
    labels: Tensor,
    *,
    seed: int = 0,
    statistics: Statistics = "kept",
    steps: int = COARSE,
    known: Surface | None = None,
    progress: Progress | None = None,
    what: str = "",
) -> Surface:
    """The loss around a network's weights, on the plane of two random directions, from −1 to 1 along both.

    Args:
        model: trained; it stays as it is.
        images: ``(N, C, H, W)``, what it takes.
        labels: ``(N,)``.
        seed: of the directions.
        statistics: as for ``WeightsLoss``.
        steps: along a side of the grid.
        known: a coarser grid of the same.
        progress: as for ``surface``.
        what: likewise.

    Raises:
        ExplorerError: as ``WeightsLoss`` does.
    """
    plane, loss = random_plane(model.torch_module, seed=seed), WeightsLoss(model, images, labels, statistics=statistics)
    return surface(lambda a, b: loss(plane.at(a, b)), steps=steps, known=known, progress=progress, what=what)


def model_of(config: RunConfig, weights: Weights) -> ObservableModule:
    """The network of a run with weights of it.

    Raises:
        LabError: the weights are not the network's.
    """
    model = initialised(config.spec, seed=config.seed)
    fill(model, weights)
    return model


def walked(
    config: RunConfig,
    weights: Callable[[int], Weights],
    epochs: tuple[int, ...],
    *,
    pictures: int,
    statistics: Statistics = "kept",
    steps: int = COARSE,
    known: Walked | None = None,
    progress: Progress | None = None,
    what: str = "",
) -> Walked:
    """The loss in the plane that lies closest to a run's epochs, with the run's path.

    Args:
        config: of the run.
        weights: of an epoch.
        epochs: whose weights are kept; of many those at equal distances are taken.
        pictures: that the loss is taken over, of those that the run learns from.
        statistics: as for ``WeightsLoss``.
        steps: along a side of the grid.
        known: the same with a coarser grid.
        progress: as for ``surface``.
        what: likewise.

    Raises:
        LabError: the epochs span no plane, or weights or pictures are not here.
    """
    images, labels = pictures_of(config, pictures)
    size = vector_of(model_of(config, weights(epochs[-1]))).numel()
    most = max(FEWEST_EPOCHS, min(MOST_EPOCHS, _MOST_NUMBERS // size))
    some = tuple(epochs[place] for place in spread(len(epochs), most))
    vectors, own = [], []
    for epoch in some:
        model = model_of(config, weights(epoch))
        vectors.append(vector_of(model))
        loss = WeightsLoss(model, images, labels, statistics=statistics)
        if known is None:
            own.append(loss(vectors[-1]))
    path = path_plane(vectors)
    plane = path.plane
    return Walked(
        surface=surface(
            lambda a, b: loss(plane.at(a, b)),
            _around(path),
            steps=steps,
            known=None if known is None else known.surface,
            progress=progress,
            what=what,
        ),
        epochs=some,
        places=path.places,
        projected=tuple(loss(plane.at(*place)) for place in path.places) if known is None else known.projected,
        own=tuple(own) if known is None else known.own,
        explained=path.explained,
    )


def _around(path: Path) -> Square:
    """A square with room around all of a path."""
    places = np.array(path.places)
    low, high = places.min(axis=0), places.max(axis=0)
    x, y = (low + high) / 2
    return Square(x=float(x), y=float(y), reach=float((high - low).max() / 2 * _ROOM))
