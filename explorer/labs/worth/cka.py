"""How alike layers are: linear CKA with the unbiased estimator of HSIC, its interval, and what chance alone gives.

Kornblith et al. 2019, arXiv 1905.00414; the estimator is Song et al. 2012 (JMLR 13), used so by Nguyen et al. 2021,
arXiv 2010.15327. Written with U-centred matrices (Székely and Rizzo 2014) it is a cosine:
HSIC(K, L) = Σ A·B / (n (n − 3)), with A and B the U-centred K and L.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.errors import LabError
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.features import at_once, position_means
from explorer.views.similarity import Alike

LEAST = 64
"""Pictures below which chance alone makes layers alike or not."""
DRAWS = 200
"""Subsamples for the interval, and as many random pairings."""
_LEFT_OUT = 4  # one in so many pictures, of a subsample
_DEVIATIONS = 1.96
_ROUNDING = 1e-12
_CHUNK = 8_000_000  # values that are brought to double precision at once


def gram_matrices(
    model: ObservableModule,
    plan: Plan,
    pictures: Callable[[range], Tensor],
    count: int,
    rows: Sequence[str],
    *,
    flattened: bool = False,
    progress: Progress | None = None,
) -> np.ndarray:
    """Inner products of what rows output for every two pictures, centred over the pictures.

    Args:
        model: from ``build``, or wrapped.
        plan: of it, at the size of the pictures.
        pictures: the pictures of some places as the network gets them, ``(n, C, H, W)``.
        count: how many there are.
        rows: names of rows of the plan.
        flattened: whether every value of a map is a feature; else each channel's mean over the positions is one.
        progress: told the share that is done; may raise to end the work.

    Returns:
        ``(rows, count, count)``, float64.

    Raises:
        LabError: there are fewer than 64 pictures.
        ExplorerError: as for ``position_means``.
    """
    if count < LEAST:
        raise LabError(
            f"CKA needs {LEAST} pictures or more, and there are {count}: with fewer, chance alone decides how alike "
            "layers look. Choose another set, or add pictures."
        )
    found: dict[str, np.ndarray] = {}
    if flattened:

        def keep(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
            found[name] = _gram(output.flatten(1))

        at_once(model, pictures(range(count)), keep, rows, progress=progress)
    else:
        means = position_means(model, plan, pictures, count, rows, progress=progress)
        for row, values in means.items():
            with np.errstate(invalid="ignore"):  # what is infinite gives NaN
                centred = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
            found[row] = centred @ centred.T
    return np.stack([found[row] for row in rows])


def cka(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Linear CKA of every two Gram matrices.

    Args:
        first: ``(rows, n, n)``, of the same pictures in the same order.
        second: likewise ``(others, n, n)``.

    Returns:
        ``(rows, others)``, from −1 to 1; NaN where HSIC of one with itself is not above 0, up to rounding.
    """
    return _directions(first) @ _directions(second).T


def alike(
    first: np.ndarray, second: np.ndarray, *, draws: int = DRAWS, seed: int = 0, progress: Progress | None = None
) -> Alike:
    """CKA with what may be believed of it.

    The interval is that of a delete-d jackknife (Shao and Wu 1989): subsamples without replacement, since a bootstrap
    would put copies of a picture beside each other. Pairing the pictures of one side at random shows what chance gives.

    Args:
        first: as for ``cka``.
        second: likewise.
        draws: of subsamples, and as many of pairings.
        seed: of both.
        progress: told the share that is done; may raise to end the work.
    """
    pictures = first.shape[1]
    random = np.random.default_rng(seed)
    value = cka(first, second)
    kept = pictures - pictures // _LEFT_OUT
    by_sample, by_chance = [], []
    ours, theirs = _directions(first), _directions(second).reshape(second.shape)
    for draw in range(draws):
        if progress is not None:
            progress(draw / draws, f"Intervals: {draw} of {draws} subsamples")
        sample = random.permutation(pictures)[:kept]
        by_sample.append(cka(_of(first, sample), _of(second, sample)))
        by_chance.append(ours @ _of(theirs, random.permutation(pictures)).reshape(len(second), -1).T)
    spread = _DEVIATIONS * np.sqrt(jackknife_variance(np.stack(by_sample), pictures, kept))
    chance_low, chance_high = np.quantile(np.stack(by_chance), (0.025, 0.975), axis=0)
    return Alike(
        value=value,
        low=np.maximum(value - spread, -1.0),
        high=np.minimum(value + spread, 1.0),
        chance_low=chance_low,
        chance_high=chance_high,
        pictures=pictures,
    )


def jackknife_variance(values: np.ndarray, count: int, kept: int) -> np.ndarray:
    """The variance of an estimate, from its values on subsamples without replacement.

    Args:
        values: one for each subsample, along the first axis.
        count: pictures that there are.
        kept: those of a subsample.
    """
    return kept / (count - kept) * ((values - values.mean(axis=0)) ** 2).mean(axis=0)


def _gram(values: Tensor) -> np.ndarray:
    """Inner products of the centred rows of ``(n, features)``, some features at a time."""
    total = np.zeros((len(values), len(values)))
    for part in values.split(max(1, _CHUNK // len(values)), dim=1):
        features = part.cpu().double()
        features -= features.mean(dim=0)
        total += (features @ features.T).numpy()
    return total


def _of(matrices: np.ndarray, places: np.ndarray) -> np.ndarray:
    return matrices[:, places[:, None], places]


def _directions(grams: np.ndarray) -> np.ndarray:
    """U-centred matrices of length 1, each as one row; NaN where there is none."""
    count = grams.shape[1]
    own = np.arange(count)
    centred = grams.copy()
    centred[:, own, own] = 0
    sums = centred.sum(axis=2) / (count - 2)
    centred -= sums[:, :, None] + sums[:, None, :]
    centred += sums.sum(axis=1)[:, None, None] / (count - 1)
    centred[:, own, own] = 0
    flat = centred.reshape(len(grams), -1)
    length = np.linalg.norm(flat, axis=1)
    size = np.abs(grams).max(axis=(1, 2)) * count
    return flat / np.where(length > _ROUNDING * size, length, np.nan)[:, None]
