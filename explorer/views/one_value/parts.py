"""One output value and the parts that it is made of: plain arrays and numbers, worked out again in float64."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

# Of the magnitudes that are added up: what float32 may lose on the way, whatever the order of the additions.
ROUNDING = 1e-5
Places = tuple[int | None, ...]


class Origin(NamedTuple):
    """Where in what arrives one number stands.

    Attributes:
        input: which of the arriving maps, from 0; an addition has two.
        channel: or feature.
        y: row.
        x: column.
    """

    input: int
    channel: int
    y: int = 0
    x: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightedSum:
    """Σ w·x + b: of a convolution, a transposed convolution or a linear layer.

    Attributes:
        kind: which of them.
        patch: the arriving values that meet the kernel, ``(C, kernel height, kernel width)``, 0 where there is none.
        kernel: the weights of the output channel, of the same shape.
        bias: b, None where there is none.
        rows: the row of the map that each row of the kernel meets; None in the padding, and in a transposed
            convolution where the stride leaves a gap.
        columns: likewise.
        first_channel: the arriving channel that ``patch`` begins with, above 0 in a later group.
        arriving: how many channels arrive in all, more than C where there are groups.
    """

    kind: Literal["conv", "convtranspose", "linear"]
    patch: np.ndarray
    kernel: np.ndarray
    bias: float | None
    rows: Places
    columns: Places
    first_channel: int
    arriving: int

    @cached_property
    def products(self) -> np.ndarray:
        """w·x, ``(C, kernel height, kernel width)``."""
        return self.patch * self.kernel

    @cached_property
    def sums(self) -> np.ndarray:
        """Σ w·x of every arriving channel, ``(C,)``."""
        return self.products.sum(axis=(1, 2))

    @cached_property
    def largest_first(self) -> tuple[int, ...]:
        """Places in ``sums``, the largest magnitude first; equal ones keep their order."""
        magnitudes = np.nan_to_num(np.abs(self.sums), nan=np.inf)
        return tuple(int(place) for place in np.argsort(-magnitudes, kind="stable"))

    @property
    def meets(self) -> np.ndarray:
        """Where the kernel meets a value of the map, ``(kernel height, kernel width)``."""
        return _meets(self.rows, self.columns)

    @property
    def value(self) -> float:
        """Σ w·x + b."""
        return float(self.products.sum()) + (self.bias or 0.0)

    @property
    def reach(self) -> float:
        """The magnitudes of all that is added up."""
        return float(np.abs(self.products).sum()) + abs(self.bias or 0.0)

    def origin(self, place: int) -> Origin | None:
        """Where the largest product of an arriving channel comes from; None where the kernel meets padding only."""
        meets = self.meets
        if not meets.any():
            return None
        at = _largest(np.where(meets, np.abs(self.products[place]), -1.0))
        return _origin(at, self.rows, self.columns, self.channel(place))

    def channel(self, place: int) -> int:
        """The number of an arriving channel, counted over all groups."""
        return self.first_channel + place


@dataclass(frozen=True, eq=False, kw_only=True)
class Window:
    """The largest, or the mean, of the values of one channel under a window.

    Attributes:
        how: which of the two.
        values: under the window, ``(window height, window width)``, 0 outside the map.
        rows: the row of the map under each row of the window, None outside the map.
        columns: likewise.
        channel: of the map.
        zeros: how many places of the padding a mean counts as zeros.
    """

    how: Literal["max", "mean"]
    values: np.ndarray
    rows: Places
    columns: Places
    channel: int
    zeros: int = 0

    @property
    def meets(self) -> np.ndarray:
        """Where the window lies on the map, ``(window height, window width)``."""
        return _meets(self.rows, self.columns)

    @property
    def value(self) -> float:
        """The largest value of those on the map, or the mean of all that count."""
        there = self.values[self.meets]
        return float(there.max() if self.how == "max" else there.sum() / (there.size + self.zeros))

    @property
    def reach(self) -> float:
        """The mean of the magnitudes of what is averaged; of a maximum its own, for it is copied."""
        return (
            float(np.abs(self.values[self.meets]).sum() / (self.meets.sum() + self.zeros))
            if self.how == "mean"
            else abs(self.value)
        )

    @property
    def at(self) -> tuple[int, int]:
        """Row and column in the window of the largest value; of a mean that of the largest magnitude."""
        sizes = np.abs(self.values) if self.how == "mean" else self.values
        return _largest(np.where(self.meets, sizes, -np.inf))

    def origin(self) -> Origin:
        """Where the value at ``at`` stands in the map."""
        return _origin(self.at, self.rows, self.columns, self.channel)


@dataclass(frozen=True, kw_only=True)
class Normalised:
    """γ · (x − μ) / √(σ² + ε) + β.

    Attributes:
        x: what arrives.
        mean: μ.
        var: σ².
        eps: ε.
        gamma: γ.
        beta: β.
        source: where μ and σ² are from: kept since training, or taken over the batch, the picture's channel or the
            picture's group of channels.
        count: over how many values they are taken; 0 for running ones.
        origin: where x stands.
    """

    x: float
    mean: float
    var: float
    eps: float
    gamma: float
    beta: float
    source: Literal["running", "batch", "channel", "group"]
    count: int
    origin: Origin

    @property
    def normalised(self) -> float:
        """x̂ = (x − μ) / √(σ² + ε)."""
        return (self.x - self.mean) / math.sqrt(self.var + self.eps)

    @property
    def value(self) -> float:
        """γ·x̂ + β."""
        return self.gamma * self.normalised + self.beta

    @property
    def reach(self) -> float:
        """The magnitudes of all that is added up."""
        scale = abs(self.gamma) / math.sqrt(self.var + self.eps)
        return scale * (abs(self.x) + abs(self.mean)) + abs(self.beta)


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Two values added, or one times the other.

    Attributes:
        how: ``add`` for main path + shortcut, ``mul`` for x · gate.
        first: of the main path.
        second: of the shortcut or the gate.
        origins: where both stand.
    """

    how: Literal["add", "mul"]
    first: float
    second: float
    origins: tuple[Origin, Origin]

    @property
    def value(self) -> float:
        """The sum or the product."""
        return self.first + self.second if self.how == "add" else self.first * self.second

    @property
    def reach(self) -> float:
        """The magnitudes of what is added up."""
        return abs(self.first) + abs(self.second) if self.how == "add" else abs(self.value)


@dataclass(frozen=True, kw_only=True)
class Applied:
    """A function of the one value at the same place.

    Attributes:
        function: its name, such as ``ReLU``.
        rule: how it is worked out, in x.
        x: what arrives.
        value: what it makes of it.
        origin: where x stands.
    """

    function: str
    rule: str
    x: float
    value: float
    origin: Origin

    @property
    def reach(self) -> float:
        """The magnitude that rounding goes by."""
        return max(abs(self.x), abs(self.value))


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A value carried over as it is.

    Attributes:
        how: by a flattening, a concatenation, the sub-sampling and padding of a shortcut, or unchanged (dropout).
        value: what is carried over, 0 in a channel that a padding appends.
        origin: where it stood; None in an appended channel.
    """

    how: Literal["flatten", "concat", "pad", "same"]
    value: float
    origin: Origin | None

    @property
    def reach(self) -> float:
        """The magnitude that rounding goes by."""
        return abs(self.value)


Parts = WeightedSum | Window | Normalised | Joined | Applied | Taken


@dataclass(frozen=True, eq=False, kw_only=True)
class OneValue:
    """One value that a layer put out, and what it is made of.

    Attributes:
        layer: the row's name.
        channel: or feature, from 0.
        y: row of the position; 0 where there are no positions.
        x: column of the position.
        put_out: what the layer put out.
        parts: what it is made of.
    """

    layer: str
    channel: int
    y: int
    x: int
    put_out: float
    parts: Parts

    @property
    def difference(self) -> float:
        """What the parts come to, less what the layer put out; 0 when both are the same infinity or NaN."""
        value = self.parts.value
        if value == self.put_out or (math.isnan(value) and math.isnan(self.put_out)):
            return 0.0
        return value - self.put_out

    @property
    def is_rounding(self) -> bool:
        """Whether float32's rounding explains the difference."""
        return abs(self.difference) <= ROUNDING * self.parts.reach


def _meets(rows: Places, columns: Places) -> np.ndarray:
    return np.outer([row is not None for row in rows], [column is not None for column in columns])


def _largest(values: np.ndarray) -> tuple[int, int]:
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(row), int(column)


def _origin(at: tuple[int, int], rows: Places, columns: Places, channel: int) -> Origin:
    """Where in the map a place of the window stands, which must lie on the map."""
    y, x = rows[at[0]], columns[at[1]]
    assert y is not None
    assert x is not None
    return Origin(0, channel, y, x)
