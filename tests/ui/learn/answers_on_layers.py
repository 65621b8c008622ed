"""Right answers to questions about channels and what layers are worth, by scikit-learn, SciPy and counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
from scipy.stats import binom, binomtest
from sklearn.decomposition import PCA
from torch import nn

from tests.ui.learn.answers_on_depth import Values, named, number

# --- channels ---


def pure_by_chance(values: Values, answer: str) -> bool:
    stage = named(values["network"]).get_submodule(f"layer{values['stage']}")
    *_, last = (module for module in stage.modules() if isinstance(module, nn.BatchNorm2d))
    least = 9 if values["case"] == "all" else 8
    return number(answer) == last.num_features * _share(least)


@cache
def _share(least: int) -> float:
    """Of all sequences of nine cats and dogs those with at least so many of one animal."""
    commonest = [max(Counter(sequence).values()) for sequence in product("cd", repeat=9)]
    return sum(most >= least for most in commonest) / len(commonest)


def variance_in_plane(values: Values, answer: str) -> bool:
    variances = [values[name] for name in ("first", "second", "third", "fourth")]
    points = np.concatenate([np.diag(np.sqrt(variances)), -np.diag(np.sqrt(variances))])
    explained = PCA(2).fit(points).explained_variance_ratio_.sum()
    return percentage(answer) == pytest.approx(100 * explained, abs=0.5)


def percentage(answer: str) -> float:
    return float(answer.removesuffix("\u00a0%"))


def distance_in_plane(values: Values, answer: str) -> bool:
    return number(answer) == np.linalg.norm([values["near"], values["rest"]])


# --- worth ---


def pictures_for_interval(values: Values, answer: str) -> bool:
    errors = [binom(count, 0.7).std() / count for count in (values["pictures"], int(number(answer)))]
    return errors[0] / errors[1] == pytest.approx(values["reach"] / values["smaller"])


def all_correct(values: Values, answer: str) -> bool:
    interval = binomtest(values["pictures"], values["pictures"]).proportion_ci(method="wilson")
    return percentage(answer) == pytest.approx(100 * interval.low, abs=0.051)


def noise_alike(values: Values, answer: str) -> bool:
    return number(answer) == pytest.approx(_alike(values["features"], values["pictures"]), abs=0.02)


@cache
def _alike(features: int, pictures: int) -> float:
    """The CKA of two layers of noise, 20 times, from products of features as Kornblith and others write it."""
    draws = torch.Generator().manual_seed(0)
    first, second = torch.randn(2, 20, pictures, features, dtype=torch.float64, generator=draws)
    first, second = (layer - layer.mean(dim=1, keepdim=True) for layer in (first, second))
    pairs = (first, second), (first, first), (second, second)
    common, *alone = (torch.linalg.matrix_norm(one.mT @ other) for one, other in pairs)
    return float((common**2 / (alone[0] * alone[1])).mean())


RIGHT: dict[str, Callable[[Values, str], bool]] = {
    worked_out.__name__.replace("_", "-"): worked_out
    for worked_out in (
        *(pure_by_chance, variance_in_plane, distance_in_plane),
        *(pictures_for_interval, all_correct, noise_alike),
    )
}
"""As in ``answers_on_depth``."""
