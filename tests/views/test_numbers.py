"""Counts and sizes in three figures, also where a number is rounded over the edge of its unit."""

from __future__ import annotations

import pytest

from explorer.views.numbers import in_bytes, in_short

UNITS = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.00 k"),
        (9_994, "9.99 k"),
        (9_995, "10.0 k"),
        (99_949, "99.9 k"),
        (99_950, "100 k"),
        (999_499, "999 k"),
        (999_500, "1.00 M"),
        (999_999, "1.00 M"),
        (25_557_032, "25.6 M"),
        (4_089_184_256, "4.09 G"),
        (999_999_999, "1.00 G"),
        (-999_999, "-1.00 M"),
        (-25_557_032, "-25.6 M"),
        (-12, "-12"),
    ],
)
def test_a_count_has_three_figures(value, text):
    assert in_short(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(12, "12 B"), (999_999, "1.00 MB"), (102_549_160, "103 MB"), (999_499_999_999, "999 GB")]
)
def test_a_size_has_three_figures(value, text):
    assert in_bytes(value) == text


@pytest.mark.parametrize("write", [in_short, in_bytes])
@pytest.mark.parametrize("step", UNITS.values())
def test_no_number_is_rounded_to_a_thousand_of_a_unit(write, step):
    for thousandths in range(9_980, 10_021):
        value = step * thousandths // 10_000
        text = write(value).removesuffix("B").split()
        figures = float(text[0])
        assert figures < 1_000, (value, text)
        unit = UNITS.get(text[1], 1) if len(text) > 1 else 1
        assert figures * unit == pytest.approx(value, rel=0.0051)
