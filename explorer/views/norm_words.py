"""Norms -> words and tables: numbers with their formula filled in, what was checked, findings, channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from explorer.architecture.plan import paper_name
from explorer.views.numbers import written

Line = tuple[float, float]
Sign = Literal["found", "clear", "skipped"]

SIGNS: dict[Sign, str] = {"found": "▲", "clear": "✓", "skipped": "–"}

# problem -> what it means for the network
MEANINGS: dict[str, str] = {
    "never updated": "no batch ever went into the running statistics: in eval mode the norm normalises nothing",
    "non-finite": "γ, β or a running statistic is NaN or infinite, and so is all that follows",
    "negative variance": "no variance is negative: below −ε its root, and all that follows, is NaN in eval mode",
    "tiny variance": "the channel hardly varied in training: dividing by so little magnifies the smallest change",
    "near-zero γ": "the output of the channel is β, whatever its input",
    "mean far from batch": "these pictures are unlike those that the running mean was estimated from",
    "variance far from batch": "these pictures vary more, or less, than those of the running variance",
}
FINDING_COLUMNS = ["finding", "layer", "stage", "channel", "value", "threshold", "meaning"]


class FindingLike(Protocol):
    """What is asked of a finding of ``explorer.model.norm_findings``."""

    @property
    def layer(self) -> str:
        """The norm."""

    @property
    def channel(self) -> int | None:
        """Which one, None for the whole norm."""

    @property
    def problem(self) -> str:
        """A key of ``MEANINGS``."""

    @property
    def value(self) -> float:
        """What was looked at."""

    @property
    def threshold(self) -> float | None:
        """What it was held against."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked for in all norms.

    Attributes:
        problem: a key of ``MEANINGS``.
        sign: whether it was found, was not, or could not be looked for.
        words: how often and by which measure.
    """

    problem: str
    sign: Sign
    words: str


def checks(
    found: Sequence[FindingLike],
    limits: Mapping[str, str],
    *,
    norms: int,
    channels: int,
    skipped: Mapping[str, str],
) -> tuple[Check, ...]:
    """What was looked for, found or not, in the order of ``MEANINGS``.

    Args:
        found: all findings.
        limits: by problem the measure in words, such as ``|γ| < 0.001``.
        norms: how many were looked at.
        channels: how many they have together.
        skipped: by problem the reason why it was not looked for.
    """
    result = []
    for problem in MEANINGS:
        hits = [finding for finding in found if finding.problem == problem]
        measure = f" ({limits[problem]})" if problem in limits else ""
        layers = len({finding.layer for finding in hits})
        if problem in skipped:
            result.append(Check(problem=problem, sign="skipped", words=f"not checked: {skipped[problem]}"))
        elif not hits:
            of = f"{norms:,} norms" if problem == "never updated" else f"{channels:,} channels"
            result.append(Check(problem=problem, sign="clear", words=f"none of {of}{measure}"))
        elif all(finding.channel is None for finding in hits):
            result.append(Check(problem=problem, sign="found", words=f"{layers:,} of {norms:,} norms{measure}"))
        else:
            words = f"{len(hits):,} of {channels:,} channels, in {layers:,} of {norms:,} norms{measure}"
            result.append(Check(problem=problem, sign="found", words=words))
    return tuple(result)


def findings_table(found: Sequence[FindingLike], stages: Mapping[str, str]) -> pd.DataFrame:
    """All findings, a row per channel; a finding about a whole norm has no channel.

    Args:
        found: all findings.
        stages: the stage of every norm.
    """
    rows = [
        (one.problem, one.layer, paper_name(stages[one.layer]), one.channel, one.value, one.threshold) for one in found
    ]
    frame = pd.DataFrame([(*row, MEANINGS[row[0]]) for row in rows], columns=FINDING_COLUMNS)
    return frame.astype({"channel": "Int64", "value": "float64", "threshold": "float64"})


def channel_table(numbers: Mapping[str, np.ndarray | None]) -> pd.DataFrame:
    """All channels of one norm, a row each; what the norm does not keep has no column.

    Args:
        numbers: columns by name, ``(C,)`` each.
    """
    known = {name: values for name, values in numbers.items() if values is not None}
    frame = pd.DataFrame(known)
    frame.insert(0, "channel", np.arange(len(frame)))
    return frame


def picture_table(mean: np.ndarray, var: np.ndarray, running_mean: float, running_var: float) -> pd.DataFrame:
    """What an instance norm normalises one channel with: the running numbers, and each picture's own.

    Args:
        mean: of the channel in each picture, ``(N,)``.
        var: variance likewise.
        running_mean: of the channel, which eval mode uses for every picture.
        running_var: likewise.
    """
    pictures = [f"picture {number}" for number in range(1, len(mean) + 1)]
    return pd.DataFrame(
        {
            "Normalised with": ["running, in eval mode", *pictures],
            "Mean": [running_mean, *mean],
            "Variance": [running_var, *var],
        }
    )


def line_text(line: Line) -> str:
    """A line with its numbers: ``y = 0.5·x − 1.25``."""
    a, b = line
    return f"y = {written(a)}·x {'−' if b < 0 else '+'} {written(abs(b))}"


def moments_text(values: np.ndarray) -> str:
    """Mean and standard deviation of some values, in one line."""
    known = finite(values)
    if not known.size:
        return "no finite value"
    lost = values.size - known.size
    note = f", {lost:,} not finite" if lost else ""
    mean, deviation = _moments(known)
    return f"mean {written(mean)} · standard deviation {written(deviation)}{note}"


def spread_text(values: np.ndarray) -> str:
    """Mean, variance and standard deviation of some values, in one line."""
    known = finite(values)
    if not known.size:
        return "no finite value"
    mean, deviation = _moments(known)
    return f"mean {written(mean)} · variance {written(deviation**2)} · standard deviation {written(deviation)}"


def line_formulas(*, gamma: float, beta: float, mean: float, var: float, eps: float) -> tuple[str, str]:
    """How a and b of the line of eval mode come about, with the numbers filled in.

    Args:
        gamma: γ.
        beta: β.
        mean: the running mean.
        var: the running variance.
        eps: ε.
    """
    a = gamma / np.sqrt(var + eps)
    return (
        f"a = γ / √(σ² + ε) = {written(gamma)} / √({written(var)} + {written(eps)}) = {written(a)}",
        f"b = β − a·μ = {written(beta)} − {_bracket(a)}·{_bracket(mean)} = {written(beta - a * mean)}",
    )


def step_formulas(
    *, x: float, mean: float, var: float, eps: float, gamma: float, beta: float, count: int
) -> tuple[str, str, str, str]:
    """The four steps of a norm for one value, with the numbers filled in.

    Args:
        x: the value.
        mean: of all values.
        var: of all values, divided by their number.
        eps: ε.
        gamma: γ.
        beta: β.
        count: how many values.
    """
    normalised = (x - mean) / np.sqrt(var + eps)
    scaled = gamma * normalised + beta
    root = f"√({written(var)} + {written(eps)})"
    return (
        f"1 mean: μ = (x₁ + … + x_N) / N = {written(mean)}, over N = {count:,} values",
        f"2 variance: σ² = ((x₁ − μ)² + … + (x_N − μ)²) / N = {written(var)}",
        f"3 normalise: x̂ = (x − μ) / √(σ² + ε) = ({written(x)} − {_bracket(mean)}) / {root} = {written(normalised)}",
        f"4 scale and shift: y = γ·x̂ + β = {_bracket(gamma)}·{_bracket(normalised)} + {_bracket(beta)} = "
        f"{written(scaled)}",
    )


def finite(values: np.ndarray) -> np.ndarray:
    """The values that are neither NaN nor infinite, as one long array in float64."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    return flat[np.isfinite(flat)]


def _moments(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation; a mean that is nothing but rounding is 0."""
    mean, deviation = float(values.mean()), float(values.std())
    return (0.0 if abs(mean) < 1e-12 * deviation else mean), deviation


def _bracket(value: float) -> str:
    """A negative number in brackets, as it stands behind a sign."""
    return f"({written(value)})" if value < 0 else written(value)
