"""The rules for ticks: few enough, evenly apart or at decades, and written as what they are."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.views.charts.axes import (
    MOST_TICKS,
    even_ticks,
    gaps,
    linear_range,
    log_axis,
    log_range,
    log_ticks,
    share_axis,
)

powers = st.floats(-300, 300)
SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def value_of(text: str) -> float:
    """The number that a tick says."""
    digit, _, power = text.rpartition("10") if any(letter in text for letter in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹") else (text, "", "")
    if not power:
        return float(text.replace(",", ""))
    return float(f"{digit.removesuffix('·') or 1}e{power.translate(SUPERSCRIPT)}")


@settings(deadline=None)
@given(powers, st.floats(0, 300), st.integers(4, 12))
def test_ticks_are_digits_of_powers_of_ten_within_the_axis_and_few_enough(low: float, wide: float, most: int) -> None:
    high = min(low + wide, 300)
    ticks = log_ticks(low, high, most)
    assert len(ticks) <= most
    for tick in ticks:
        assert low - 1e-6 <= math.log10(tick) <= high + 1e-6
        assert f"{tick:.9e}".partition("e")[0].rstrip("0").rstrip(".") in "123456789"


@settings(deadline=None)
@given(st.integers(-200, 200), st.floats(3, 90))
def test_beyond_three_decades_every_tick_is_a_power_of_ten_and_they_stand_evenly(low: int, wide: float) -> None:
    ticks = log_ticks(low, low + wide)
    steps = {later - earlier for earlier, later in pairwise(round(math.log10(tick), 6) for tick in ticks)}
    assert {round(math.log10(tick), 6) % 1 for tick in ticks} == {0}
    assert len(steps) == 1
    assert 2 <= len(ticks) <= MOST_TICKS


@settings(deadline=None)
@given(st.floats(-20, 20), st.floats(0.5, 3))
def test_within_a_few_decades_there_are_ticks_to_read_by(low: float, wide: float) -> None:
    ticks = log_ticks(low, low + wide)
    assert len(ticks) >= 2
    for power in range(math.ceil(low + 1e-6), math.floor(low + wide - 1e-6) + 1):
        assert any(math.isclose(tick, float(f"1e{power}")) for tick in ticks), "every decade has its tick"


@settings(deadline=None)
@given(powers, st.floats(0.5, 300))
def test_every_tick_says_its_value(low: float, wide: float) -> None:
    axis = log_axis("σ", low, min(low + wide, 300))
    for tick, text in zip(axis.get("tickvals", []), axis.get("ticktext", []), strict=True):
        assert value_of(text) == pytest.approx(tick, rel=1e-5)


def test_numbers_near_one_are_written_out_and_others_as_powers() -> None:
    assert log_axis("", -2, 1)["ticktext"] == ["0.01", "0.1", "1", "10"]
    assert log_axis("", 3, 4)["ticktext"] == ["1,000", "2,000", "5,000", "10,000"]
    assert log_axis("", -6, 0)["ticktext"] == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "1"]
    assert log_axis("", 5, 6)["ticktext"] == ["10⁵", "2·10⁵", "5·10⁵", "10⁶"]
    assert log_axis("", -1, 0, percent=True)["ticktext"] == ["10\u00a0%", "20\u00a0%", "50\u00a0%", "100\u00a0%"]


def test_an_axis_too_short_for_two_ticks_is_left_to_plotly() -> None:
    assert "tickvals" not in log_axis("", math.log10(2.2), math.log10(2.4))
    shares = log_axis("", math.log10(0.022), math.log10(0.024), percent=True, most=4)
    assert shares["ticktext"] == ["2.2\u00a0%", "2.3\u00a0%", "2.4\u00a0%"]


@settings(deadline=None)
@given(st.floats(-2, 2), st.floats(1e-4, 3), st.integers(3, 10))
def test_ticks_of_a_linear_axis_are_round_evenly_apart_and_few_enough(low: float, wide: float, most: int) -> None:
    ticks = even_ticks(low, low + wide, most)
    assert 1 <= len(ticks) <= most
    assert all(low - 1e-9 <= tick <= low + wide + 1e-9 for tick in ticks)
    apart = [later - earlier for earlier, later in pairwise(ticks)]
    for step in apart:
        assert step == pytest.approx(apart[0], rel=1e-6)
        assert f"{step:.6e}"[0] in "125"


def test_shares_read_as_they_do_in_the_text_and_stay_shares() -> None:
    axis = share_axis("error", 0, 1.05)
    assert axis["ticktext"] == [f"{part}\u00a0%" for part in (0, 20, 40, 60, 80, 100)]
    assert axis["tickvals"] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert axis["range"] == [0, 1.05]
    assert share_axis("error", 0, 0.012, most=4)["ticktext"] == ["0\u00a0%", "0.5\u00a0%", "1\u00a0%"]


def test_a_linear_axis_has_room_around_its_values_or_none_to_show() -> None:
    assert linear_range([0, 1, None, math.inf]) == pytest.approx((-0.05, 1.05))
    assert linear_range([0.3, 0.3]) == pytest.approx((0.25, 0.35))
    assert linear_range([math.nan]) is None


@settings(deadline=None)
@given(st.lists(st.none() | st.floats() | st.integers(-5, 5)))
def test_what_an_axis_cannot_show_is_a_gap_and_all_else_stays(values: list[float | None]) -> None:
    for log in (False, True):
        drawn = gaps(values, log=log)
        for value, shown in zip(values, drawn, strict=True):
            can_be_shown = value is not None and math.isfinite(value) and (value > 0 or not log)
            assert shown == (value if can_be_shown else None)
    known = [value for value in gaps(values, log=True) if value is not None]
    ends = log_range(values)
    assert (ends is None) == (not known)
    if ends is not None:
        below, above = math.log10(min(known)) - ends[0], ends[1] - math.log10(max(known))
        assert below == pytest.approx(above)
        assert above > 0
