"""Small matrices: numbers that fit their cells, one scale, sums that are told."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.views.matrices import (
    MOST_CELLS,
    Matrix,
    corner_words,
    matrices_html,
    matrix_table,
    short,
    square,
    sum_note,
    value_note,
)
from explorer.views.one_value.drawing import matrix

BACKGROUND = re.compile(r"background:rgb\((\d+),(\d+),(\d+)\);color:(#\w+)")


def luminance(rgb: tuple[int, ...]) -> float:
    """Relative luminance of WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def colours(html: str) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [
        ((int(r), int(g), int(b)), tuple(int(ink[i : i + 2], 16) for i in (1, 3, 5)))
        for r, g, b, ink in BACKGROUND.findall(html)
    ]


def drawn(*values: np.ndarray) -> str:
    return matrices_html([Matrix("m", v, value_note("m", v)) for v in values], ["+"] * (len(values) - 1))


VALUES = np.linspace(-1, 1, 100).reshape(10, 10)


@pytest.mark.parametrize("html", [drawn(VALUES), matrix(VALUES, "x")], ids=["beside others", "of one value"])
def test_every_number_can_be_read_on_its_colour(html: str) -> None:
    cells = colours(html)
    assert len(cells) == VALUES.size
    for background, ink in cells:
        high, low = sorted((luminance(background), luminance(ink)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_both_drawings_have_the_same_colours() -> None:
    assert colours(drawn(VALUES)) == colours(matrix(VALUES, "x"))


def test_rows_and_columns_are_named_and_what_people_wrote_is_escaped() -> None:
    table = ElementTree.fromstring(
        matrix_table("<b>", [[square("1", title='it\'s "1"')], [square("2")]], across=["y\\x", "<i>"], down=["a", "&"])
    )
    assert [[cell.text for cell in row] for row in table.iter("tr")] == [["y\\x", "<i>"], ["a", "1"], ["&", "2"]]
    assert [cell.get("scope") for cell in table.iter("th")] == ["col", "col", "row", "row"]
    assert (table.findtext("caption"), next(table.iter("td")).get("title")) == ("<b>", 'it\'s "1"')


def test_one_scale_holds_for_all_and_zero_is_neutral() -> None:
    (zero, _), (half, _), (whole, _) = colours(drawn(np.array([[0.0, 1.0]]), np.array([[2.0]])))
    assert max(zero) - min(zero) == 0
    assert half[0] > half[2]
    assert whole != half
    (alone, _), *_ = colours(drawn(np.array([[1.0]])))
    assert alone == whole


def test_of_a_large_map_the_corner_is_shown_and_said() -> None:
    html = drawn(np.ones((28, 12)))
    assert html.count("<td") == MOST_CELLS**2
    assert corner_words((28, 12)) == "Shown is the top left corner, 10×10 of 28×12."
    assert corner_words((MOST_CELLS, 3)) == ""


def test_a_sum_says_its_two_parts() -> None:
    main, shortcut = np.array([[-0.3125]]), np.array([[1.2]])
    assert sum_note(main, shortcut, main + shortcut)(0, 0) == "−0.3125 + 1.2 = 0.8875"
    assert sum_note(shortcut, main, main + shortcut)(0, 0) == "1.2 − 0.3125 = 0.8875"


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.314, "−0.31"), (-0.001, "0.00"), (123.45, "123.5"), (12345, "1e4"), (float("nan"), "NaN"), (1234.5, "1234")],
)
def test_a_number_fits_its_cell(value: float, text: str) -> None:
    assert short(value) == text


def test_whole_numbers_have_no_decimals() -> None:
    assert short(36.0, whole=True) == "36"
    assert ">36<" in drawn(np.array([[36.0, 7.0]]))


def test_titles_are_escaped_and_a_missing_map_is_said() -> None:
    html = matrices_html([Matrix("<b>", None, lambda y, x: "", "no <i> here")], [])
    assert "&lt;b&gt;" in html
    assert "no &lt;i&gt; here" in html


def test_values_that_are_not_finite_do_not_stop_the_drawing() -> None:
    assert "NaN" in drawn(np.array([[np.nan, np.inf, 1.0]]))
    assert drawn(np.full((2, 2), np.nan))
