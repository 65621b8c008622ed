"""How far a batch's statistics are from those of the whole set, and what that does to the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.examples import DIGIT_READER, example_facts
from explorer.errors import LabError
from explorer.model.batchnorm import norm_layers
from explorer.model.build import ObservableModule
from explorer.model.example import digit_inputs
from explorer.model.forward import passed, run
from explorer.model.guard import Mode, borrowed
from explorer.model.precision import in_double
from explorer.model.probe import known_names
from explorer.model.samples import digit_labels

SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
DRAWS = 400
"""Batches of each size that the errors of mean and variance are taken over."""
PICTURES = 64
"""At least this many pictures go through the network at each batch size."""
_AT_ONCE = 64


@dataclass(frozen=True, kw_only=True)
class StatisticsError:
    """How far mean and variance of random batches are from those of the whole set.

    Attributes:
        size: pictures in a batch.
        mean: root mean square of (μ_batch − μ) / σ over all draws and channels.
        variance: root mean square of σ²_batch / σ² − 1, variances divided by the number of values.
        expected: ``mean`` by the law of 1/√n, from the spread of the pictures' own means: √(mean of s²/σ²) / √n.
        independent: what it would be if all values of a picture were drawn on their own: 1 / √(n·H·W).
    """

    size: int
    mean: float
    variance: float
    expected: float
    independent: float


@dataclass(frozen=True, kw_only=True)
class BatchEffect:
    """What the answers are worth when every norm takes the batch's statistics.

    Attributes:
        size: pictures in a batch.
        pictures: that were looked at.
        difference: root mean square of train − eval logits, over that of the eval logits.
        train_accuracy: share of the pictures that are classified correctly in train mode, 0 to 1.
        eval_accuracy: of the same pictures in eval mode.
    """

    size: int
    pictures: int
    difference: float
    train_accuracy: float
    eval_accuracy: float


@dataclass(frozen=True, eq=False, kw_only=True)
class TwoAnswers:
    """What a network says of one picture, alone and as the first of a batch; logits ``(classes,)``."""

    train_alone: np.ndarray
    train_in_batch: np.ndarray
    eval_alone: np.ndarray
    eval_in_batch: np.ndarray


@cache
def held_out_digits() -> tuple[Tensor, Tensor]:
    """The digits that the trained example has not seen, as it takes them, and their classes; shared, do not change.

    Returns:
        ``(N, 1, H, W)``, float32, and ``(N,)``, int64.
    """
    places = np.array(example_facts(DIGIT_READER).held_out)
    return digit_inputs(places), torch.from_numpy(digit_labels()[places])


def statistics_errors(
    model: ObservableModule,
    images: Tensor,
    layer: str,
    *,
    sizes: Sequence[int] = SIZES,
    draws: int = DRAWS,
) -> tuple[StatisticsError, ...]:
    """Mean and variance of random batches at one norm against those of all pictures.

    What arrives there is taken in eval mode, so that a picture's values are its own; the pictures of a batch are drawn
    with replacement. Channels that never vary are left out.

    Args:
        model: from ``build``.
        images: the whole set, ``(N, C, H, W)``.
        layer: name of a norm.
        sizes: of the batches.
        draws: batches of each size.

    Raises:
        ExplorerError: there is no such norm.
        LabError: nothing varies there.
    """
    known_names([layer], norm_layers(model), "norm")
    own_mean, own_square, positions = _moments_of_pictures(model, images, layer)
    mean = own_mean.mean(axis=0)
    var = own_square.mean(axis=0) - mean**2
    varies = var > 1e-12 * np.maximum(own_square.mean(axis=0), 1e-30)
    if not varies.any():
        raise LabError(f"Nothing varies at {layer} on these pictures: choose another norm.")
    own_mean, own_square, mean, var = own_mean[:, varies], own_square[:, varies], mean[varies], var[varies]
    spread_of_means = own_mean.var(axis=0)
    draw = np.random.default_rng(0)
    found = []
    for size in sizes:
        # how often each picture is in each batch, as shares: (draws, N)
        shares = draw.multinomial(size, np.full(len(images), 1 / len(images)), draws) / size
        batch_mean, batch_square = shares @ own_mean, shares @ own_square
        means = (batch_mean - mean) / np.sqrt(var)
        variances = (batch_square - batch_mean**2) / var - 1
        found.append(
            StatisticsError(
                size=size,
                mean=_root_mean_square(means),
                variance=_root_mean_square(variances),
                expected=float(np.sqrt((spread_of_means / var).mean() / size)),
                independent=1 / float(np.sqrt(size * positions)),
            )
        )
    return tuple(found)


def batch_effects(
    model: ObservableModule,
    images: Tensor,
    labels: Tensor,
    *,
    sizes: Sequence[int] = SIZES,
    least: int = PICTURES,
) -> tuple[BatchEffect, ...]:
    """Logits and accuracy in train mode against eval mode, by the size of the batch.

    Args:
        model: from ``build``; no running statistic of it is changed.
        images: the whole set, ``(N, C, H, W)``; the pictures of a batch are drawn with replacement.
        labels: their classes, ``(N,)``.
        sizes: of the batches.
        least: at least so many pictures are looked at for each size.

    Raises:
        InputSizeError: a batch is too small for a norm in train mode.
    """
    labels = labels.to(model.device)
    with borrowed(model, "eval"):
        evaluated = torch.cat([passed(model, some) for some in images.split(_AT_ONCE)])
    draw = torch.Generator().manual_seed(0)
    found = []
    for size in sizes:
        drawn = torch.randint(len(images), (-(-least // size), size), generator=draw)
        with borrowed(model, "train"):
            trained = torch.cat([passed(model, images[batch]) for batch in drawn])
        every = drawn.flatten().to(model.device)
        expected, right = evaluated[every], labels[every]
        found.append(
            BatchEffect(
                size=size,
                pictures=len(every),
                difference=_root_mean_square(_array(trained - expected)) / _root_mean_square(_array(expected)),
                train_accuracy=_accuracy(trained, right),
                eval_accuracy=_accuracy(expected, right),
            )
        )
    return tuple(found)


def two_answers(model: ObservableModule, images: Tensor) -> TwoAnswers:
    """What a network says of the first picture, alone and among the others, in both modes.

    Args:
        model: from ``build``; no running statistic of it is changed.
        images: ``(N, C, H, W)``, the picture first.

    Raises:
        InputSizeError: one picture is too small for a norm in train mode.
    """
    return TwoAnswers(
        train_alone=_first_answer(model, images[:1], "train"),
        train_in_batch=_first_answer(model, images, "train"),
        eval_alone=_first_answer(model, images[:1], "eval"),
        eval_in_batch=_first_answer(model, images, "eval"),
    )


def _first_answer(model: ObservableModule, images: Tensor, mode: Mode) -> np.ndarray:
    with borrowed(model, mode):
        return _array(passed(model, images)[0])


def _moments_of_pictures(model: ObservableModule, images: Tensor, layer: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Mean and mean square of what arrives at a norm, ``(N, C)`` each, and the number of positions."""
    means, squares = [], []
    positions = 0

    def measure(name: str, arriving: tuple[Tensor, ...], _output: Tensor) -> None:
        nonlocal positions
        if name == layer:
            values = arriving[0].detach().cpu().double().flatten(2)
            positions = values.shape[2]
            means.append(values.mean(2).numpy())
            squares.append((values**2).mean(2).numpy())

    for some in images.split(_AT_ONCE):
        run(model, some, measure)
    return np.concatenate(means), np.concatenate(squares), positions


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt((values**2).mean()))


def _accuracy(logits: Tensor, right: Tensor) -> float:
    return float(in_double(logits.argmax(1) == right).mean())


def _array(values: Tensor) -> np.ndarray:
    return values.detach().cpu().double().numpy()
