"""How numbers read: figures, shares, times, counts and sizes, also where one is rounded over the edge of its unit."""

from __future__ import annotations

import pytest

from explorer.views.numbers import duration, in_bytes, in_short, loss_text, percent, true_minus, written

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


@pytest.mark.parametrize(
    ("value", "figures", "text"),
    [
        (-0.12344, 4, "−0.1234"),
        (1.2e-6, 4, "1.2e−6"),
        (1234.5, 2, "1200"),
        (0.0347, 2, "0.035"),
        (123456.0, 2, "1.2e5"),
        (-2.05504755374, 12, "−2.05504755374"),
        (float("nan"), 4, "NaN"),
        (-float("inf"), 4, "−∞"),
    ],
)
def test_a_number_is_rounded_to_its_figures_and_has_a_true_minus(value, figures, text):
    assert written(value, figures) == text


@pytest.mark.parametrize("share", [0.0, 0.0444, 0.5, 0.98765, 1.0])
def test_a_share_is_as_python_writes_it_with_a_space_that_does_not_break(share):
    assert percent(share) == f"{share:.1%}".replace("%", "\u00a0%")
    assert percent(share, 0) == f"{share:.0%}".replace("%", "\u00a0%")


def test_a_share_has_three_figures_where_asked_and_a_dash_where_it_is_not_known():
    assert [percent(share, figures=3) for share in (0.0034, 0.9767, 1.0, 0.0)] == [
        "0.34\u00a0%",
        "97.7\u00a0%",
        "100\u00a0%",
        "0\u00a0%",
    ]
    assert percent(float("nan")) == "–"


def test_times_are_seconds_and_then_minutes():
    assert [duration(seconds) for seconds in (12.4, 89.0, 90.0, 200.0)] == ["12 s", "89 s", "2 min", "3 min"]


def test_only_the_sign_changes():
    assert true_minus("-0.31") == "−0.31"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0512, "0.051"),
        (1.954, "1.95"),
        (999.4, "999.40"),
        (1500.0, "1,500"),
        (1.58e9, "1.58·10⁹"),
        (-2.5e6, "-2.50·10⁶"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
    ],
)
def test_a_loss_reads_as_numbers_do_here_however_large(value: float, text: str) -> None:
    assert loss_text(value) == text
