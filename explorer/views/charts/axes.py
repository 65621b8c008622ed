"""Axes: their titles and ranges, and the one rule each for the ticks of a logarithmic one and of one of shares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from explorer.views.charts.figure import Part
from explorer.views.numbers import percent, power_of_ten

MOST_TICKS = 8
_STEPS = (1, 2, 5, 10, 20, 50, 100)  # powers of ten from tick to tick
_ROOM = 0.06  # of what is shown, at both ends
_ROUNDING = 1e-9
_PLAIN = (-4, 4)  # within these powers numbers are written out


def axis(title: str = "", **settings: Any) -> Part:
    """An axis as Plotly writes it.

    Args:
        title: what it measures, with the unit.
        **settings: what else Plotly's axis has.
    """
    return {"title": {"text": title}, **settings}


def log_axis(
    title: str, low: float, high: float, *, most: int = MOST_TICKS, percent: bool = False, **settings: Any
) -> Part:
    """A logarithmic axis.

    Ticks stand at every digit of a power of ten, at 1, 2 and 5, at powers of ten, or at every n-th power: the first of
    these that has few enough of them. Shares too close together for these have even ones.

    Args:
        title: what it measures, with the unit.
        low: where it begins, in powers of ten: ``-2.0`` for 0.01.
        high: where it ends.
        most: ticks that there is room for.
        percent: whether values are shares.
        **settings: what else Plotly's axis has.
    """
    ticks = log_ticks(low, high, most)
    if percent and len(ticks) < 2:
        ticks = even_ticks(10**low, 10**high, most)
    words = {"tickvals": ticks, "ticktext": _written(ticks, percent)} if len(ticks) > 1 else {}
    return axis(title, type="log", range=[low, high], **words, **settings)


def share_axis(title: str, low: float, high: float, *, most: int = MOST_TICKS, **settings: Any) -> Part:
    """A linear axis of shares, whose ticks read ``40 %``.

    Args:
        title: what it measures.
        low: the share where it begins.
        high: where it ends.
        most: ticks that there is room for.
        **settings: what else Plotly's axis has.
    """
    ticks = even_ticks(low, high, most)
    return axis(title, range=[low, high], tickvals=ticks, ticktext=_written(ticks, shares=True), **settings)


def even_ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten between two numbers: of the smallest step that gives few enough."""
    power = math.floor(math.log10((high - low) / most))
    ticks: list[float] = []
    for step in (float(f"{digit}e{exponent}") for exponent in (power, power + 1) for digit in (1, 2, 5)):
        first, last = math.ceil(low / step - _ROUNDING), math.floor(high / step + _ROUNDING)
        ticks = [count * step for count in range(first, last + 1)]
        if len(ticks) <= most:
            break
    return ticks


def log_ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """Places of the ticks between two powers of ten; fewer than two only where the ends are closer than two digits."""
    ticks: list[float] = []
    for digits, step in [(tuple(range(1, 10)), 1), ((1, 2, 5), 1), *(((1,), step) for step in _STEPS)]:
        powers = range(step * math.floor(low / step), math.floor(high) + 1, step)
        ticks = [
            float(f"{digit}e{power}")
            for power in powers
            for digit in digits
            if low - _ROUNDING <= power + math.log10(digit) <= high + _ROUNDING
        ]
        if len(ticks) <= most:
            break
    return ticks


def log_range(values: np.ndarray | Iterable[float | None]) -> tuple[float, float] | None:
    """Powers of ten that a logarithmic axis runs between, with room around the values; None where it can show none."""
    known = _finite(values)
    known = known[known > 0]
    if not known.size:
        return None
    low, high = math.log10(known.min()), math.log10(known.max())
    room = _ROOM * (high - low) or 0.5
    return low - room, high + room


def linear_range(values: np.ndarray | Iterable[float | None]) -> tuple[float, float] | None:
    """Numbers that a linear axis runs between, with room around the values; None where there are none."""
    known = _finite(values)
    if not known.size:
        return None
    low, high = float(known.min()), float(known.max())
    room = (high - low) * 0.05 or max(abs(high), 1.0) * 0.05
    return low - room, high + room


def gaps(values: Iterable[float | None], *, log: bool = False) -> list[float | None]:
    """Values with a gap where an axis cannot show one: NaN, infinity, what is not positive on a logarithmic one."""
    return [
        value if value is not None and math.isfinite(value) and (value > 0 or not log) else None for value in values
    ]


def _finite(values: np.ndarray | Iterable[float | None]) -> np.ndarray:
    known = np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=float)
    return known[np.isfinite(known)]


def _written(ticks: Sequence[float], shares: bool) -> list[str]:
    """Numbers written out, or as powers of ten where one of them is far from 1."""
    if shares:
        return [percent(tick, figures=6) for tick in ticks]
    if all(_PLAIN[0] < math.log10(tick) <= _PLAIN[1] for tick in ticks):
        return [f"{tick:,.6g}" for tick in ticks]
    return [_power(tick) for tick in ticks]


def _power(tick: float) -> str:
    digit, _, power = f"{tick:.0e}".partition("e")
    times = "" if digit == "1" else f"{digit}·"
    return digit if int(power) == 0 else f"{times}{power_of_ten(int(power))}"
