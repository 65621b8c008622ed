"""By how much a number is multiplied from layer to layer: fitted, and written so that it can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.views.numbers import power_of_ten

_LEAST_POINTS = 3
_SAME = 0.05  # powers of ten by which a rounded factor may miss after all layers


@dataclass(frozen=True, kw_only=True)
class Factor:
    """By how much a number is multiplied from one layer to the next, on average.

    Attributes:
        per_layer: from a fitted line through the logarithms (least squares).
        layers: how many there are.
    """

    per_layer: float
    layers: int

    @property
    def overall(self) -> float:
        """``per_layer`` to the power of ``layers``; infinity where that is too large."""
        return _power(self.per_layer, self.layers)

    @property
    def sentence(self) -> str:
        """``× 0.87 per layer: after 56 layers 4·10⁻⁴``."""
        return f"× {self.per_layer_text} per layer: after {self.layers:,} layers {self.overall_text}"

    @property
    def per_layer_text(self) -> str:
        """``per_layer`` in as many figures as it takes to come to the same after all layers: ``0.87``, ``0.99963``."""
        texts = [f"{self.per_layer:.{figures}g}" for figures in range(3, 9)]
        enough = (text for text in texts if self.layers * abs(math.log10(float(text) / self.per_layer)) < _SAME)
        return next(enough, texts[-1])

    @property
    def overall_text(self) -> str:
        """``overall`` in a figure or two, also where no float may hold it: ``4·10⁻⁴``, ``510``, ``2·10⁸⁶``."""
        return _written(self.layers * math.log10(self.per_layer))


def fitted(values: Sequence[float]) -> Factor | None:
    """The factor of a line through the logarithms of all values that have one.

    Args:
        values: one for each layer, in the order of the pass.

    Returns:
        None where fewer than three are finite and above 0.
    """
    points = [(i, math.log(value)) for i, value in enumerate(values) if math.isfinite(value) and value > 0]
    if len(points) < _LEAST_POINTS:
        return None
    x, y = np.array(points).T
    slope = float(np.polyfit(x, y, 1)[0])
    return Factor(per_layer=math.exp(slope), layers=len(values))


def _power(base: float, exponent: int) -> float:
    try:
        return base**exponent
    except OverflowError:
        return math.inf


def _written(exponent: float) -> str:
    """Ten to a power that no float may hold, in one figure: ``4·10⁻⁴``, ``0.3``, ``12``."""
    if -2 < exponent < 3:
        return f"{float(f'{10**exponent:.2g}'):g}"
    whole = math.floor(exponent)
    figure = round(10 ** (exponent - whole))
    if figure == 10:
        figure, whole = 1, whole + 1
    return f"{figure}·{power_of_ten(whole)}"
