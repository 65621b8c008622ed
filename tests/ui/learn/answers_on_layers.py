"""Right answers to questions about channels and what layers are worth, by scikit-learn, SciPy and counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np
import pytest
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


RIGHT: dict[str, Callable[[Values, str], bool]] = {
    worked_out.__name__.replace("_", "-"): worked_out
    for worked_out in (pure_by_chance, variance_in_plane, distance_in_plane)
}
"""As in ``answers_on_depth``."""
