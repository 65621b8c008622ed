"""The small example of a norm -> words and a table: every formula filled in, every number to twelve digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explorer.views.numbers import written

FIGURES = 12


@dataclass(frozen=True, kw_only=True)
class Moments:
    """What one channel's values come to.

    Attributes:
        count: how many values are taken together.
        mean: of them; of the batch.
        var: divided by the number of values.
        var_unbiased: divided by one less.
    """

    count: int
    mean: float
    var: float
    var_unbiased: float


@dataclass(frozen=True, kw_only=True)
class Step:
    """One update of the running statistics: what they were, and the weight of the new batch."""

    weight: float
    mean_before: float
    var_before: float


def exact(value: float) -> str:
    """A number to twelve digits: ``−2.05504755374``."""
    return written(value, FIGURES)


def batch_formulas(moments: Moments, *, x: float, gamma: float, beta: float, eps: float) -> tuple[str, ...]:
    """Train mode: mean, the two variances, and what one value becomes, with the mistake beside it.

    Args:
        moments: of the values that are normalised together.
        x: the first of them.
        gamma: γ.
        beta: β.
        eps: ε.
    """
    n = moments.count
    lines = (
        f"μ = (x₁ + … + x_N) / N = {exact(moments.mean)}, N = {n}",
        f"σ² = ((x₁ − μ)² + … + (x_N − μ)²) / N = {exact(moments.var)}: what the batch is divided by",
        f"s² = σ² · N / (N − 1) = {exact(moments.var)} · {n} / {n - 1} = {exact(moments.var_unbiased)}: what goes into "
        "the running variance",
    )
    return (
        *lines,
        f"y₁ = γ·(x₁ − μ) / √(σ² + ε) + β = {_output(x, moments.mean, moments.var, gamma, beta, eps)}",
        f"mistake: with s² instead of σ², y₁ would be "
        f"{exact(gamma * (x - moments.mean) / np.sqrt(moments.var_unbiased + eps) + beta)}",
    )


def update_formulas(moments: Moments, step: Step) -> tuple[str, ...]:
    """How an update changes the running statistics, with the mistake beside it.

    Args:
        moments: of the new batch, averaged over the pictures where each has its own.
        step: the update.
    """
    m, rest = step.weight, 1 - step.weight
    mean = rest * step.mean_before + m * moments.mean
    var = rest * step.var_before + m * moments.var_unbiased
    wrong = rest * step.var_before + m * moments.var
    return (
        f"running μ = (1 − m)·running μ + m·μ = {_short(rest)}·{_bracket(step.mean_before)} + {_short(m)}·"
        f"{_bracket(moments.mean)} = {exact(mean)}",
        f"running σ² = (1 − m)·running σ² + m·s² = {_short(rest)}·{exact(step.var_before)} + {_short(m)}·"
        f"{exact(moments.var_unbiased)} = {exact(var)}",
        f"mistake: with σ² instead of s² it would be {exact(wrong)}",
    )


def eval_formula(*, x: float, mean: float, var: float, gamma: float, beta: float, eps: float) -> str:
    """Eval mode: what one value becomes with running statistics."""
    return f"y₁ = γ·(x₁ − running μ) / √(running σ² + ε) + β = {_output(x, mean, var, gamma, beta, eps)}"


def outputs_table(x: np.ndarray, train: np.ndarray, evaluated: np.ndarray) -> pd.DataFrame:
    """Every value of a batch with what it becomes in both modes, to twelve digits.

    Args:
        x: ``(N, C, H, W)``.
        train: the output in train mode.
        evaluated: the output in eval mode.
    """
    rows: list[dict[str, Any]] = []
    for place in np.ndindex(x.shape):
        picture, channel, y, column = place
        rows.append(
            {
                "picture": picture,
                "channel": channel,
                "y": y,
                "x": column,
                "value": exact(x.item(place)),
                "train": exact(train.item(place)),
                "eval": exact(evaluated.item(place)),
            }
        )
    return pd.DataFrame(rows)


def _output(x: float, mean: float, var: float, gamma: float, beta: float, eps: float) -> str:
    y = gamma * (x - mean) / np.sqrt(var + eps) + beta
    root = f"√({exact(var)} + {written(eps)})"
    return f"{exact(gamma)}·({exact(x)} − {_bracket(mean)}) / {root} + {_bracket(beta)} = {exact(y)}"


def _short(value: float) -> str:
    return f"{value:.6g}"


def _bracket(value: float) -> str:
    return f"({exact(value)})" if value < 0 else exact(value)
