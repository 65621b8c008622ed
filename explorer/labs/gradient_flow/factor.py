"""By how much a number is multiplied from layer to layer: fitted, and written so that it can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.views.numbers import power_text

_LEAST_POINTS = 3
_SAME = 0.05  # powers of ten by which a rounded factor may miss after all steps


@dataclass(frozen=True, kw_only=True)
class Factor:
    """By how much a number is multiplied on its way through the layers: step by step, and from end to end.

    Attributes:
        per_layer: from one layer to the next, of a line fitted through the logarithms (least squares).
        steps: from the first layer to the last; one less than there are layers.
        overall: the number at the last layer over that at the first, as they were seen; None where one of the two is
            0, infinite or no number.
    """

    per_layer: float
    steps: int
    overall: float | None

    @property
    def sentence(self) -> str:
        """``× 0.87 per layer in the fitted line; × 4.15·10⁻⁴ from end to end, in 55 steps``."""
        line = f"× {self.per_layer_text} per layer in the fitted line"
        return line if self.overall is None else f"{line}; {self.overall_text} from end to end, in {self.steps:,} steps"

    @property
    def per_layer_text(self) -> str:
        """``per_layer`` in as many figures as it takes to come to the same after all steps: ``0.87``, ``0.99963``."""
        texts = [f"{self.per_layer:.{figures}g}" for figures in range(3, 9)]
        enough = (text for text in texts if self.steps * abs(math.log10(float(text) / self.per_layer)) < _SAME)
        return next(enough, texts[-1])

    @property
    def overall_text(self) -> str:
        """``overall`` in three figures: ``4.15·10⁻⁴``, ``105``; ``no factor`` where there is none."""
        return "no factor" if self.overall is None else f"× {power_text(self.overall, figures=3)}"


def fitted(values: Sequence[float]) -> Factor | None:
    """The factor of the numbers along the layers.

    Args:
        values: one for each layer, in the order of the pass. The line goes through all that have a logarithm.

    Returns:
        None where fewer than three are finite and above 0.
    """
    points = [(i, math.log(value)) for i, value in enumerate(values) if _has_logarithm(value)]
    if len(points) < _LEAST_POINTS:
        return None
    x, y = np.array(points).T
    slope = float(np.polyfit(x, y, 1)[0])
    seen = all(map(_has_logarithm, (values[0], values[-1])))
    return Factor(per_layer=math.exp(slope), steps=len(values) - 1, overall=values[-1] / values[0] if seen else None)


def _has_logarithm(value: float) -> bool:
    return math.isfinite(value) and value > 0
