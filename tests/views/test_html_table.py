"""Small tables as HTML: what people wrote is escaped, columns keep their kind, rows their names."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from explorer.views.html_table import SHORT, Cell, figures_table, html_table


def drawn(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(html)


def cells(html: str) -> list[list[ElementTree.Element]]:
    return [list(row) for row in drawn(html).iter("tr")]


def test_all_that_people_wrote_is_escaped() -> None:
    html = html_table(["<i>", Cell("a & b")], [["<b>", Cell("x < y", title='it\'s "1"', kind="words")]], stacked=True)
    assert [[cell.text for cell in row] for row in cells(html)] == [["<i>", "a & b"], ["<b>", "x < y"]]
    assert cells(html)[1][1].get("title") == 'it\'s "1"'
    assert cells(html)[1][1].get("data-of") == "a & b"


def test_columns_and_rows_are_named_for_those_who_do_not_see_the_table() -> None:
    head, body = cells(html_table(["network", "error"], [["a", "1"]]))
    assert [(cell.tag, cell.get("scope")) for cell in [*head, *body]] == [
        ("th", "col"),
        ("th", "col"),
        ("th", "row"),
        ("td", None),
    ]


def test_the_kind_of_a_column_holds_for_its_cells_beside_their_own() -> None:
    html = html_table(["", Cell("Params", "number wide")], [["a", Cell("1" * (SHORT + 1), "words")]], kind="own")
    assert drawn(html).get("class") == "table own"
    assert [row[1].get("class") for row in cells(html)] == ["number wide short", "number wide words"]


@pytest.mark.parametrize(("text", "kind"), [("64×56×56", "short"), ("a text of several words", None)])
def test_what_is_short_stays_on_one_line(text: str, kind: str | None) -> None:
    assert cells(html_table(["", ""], [["", text]]))[1][1].get("class") == kind


def test_figures_stand_on_the_right_and_words_on_the_left() -> None:
    for row in cells(figures_table(["stage", "first", "second"], [["a", "1", "2"]])):
        assert ["number" in (cell.get("class") or "") for cell in row] == [False, True, True]


def test_only_the_picked_row_is_marked() -> None:
    rows = drawn(html_table(["name"], [["a"], ["b"], ["c"]], picked=1)).findall(".//tbody/tr")
    assert [row.get("class") for row in rows] == [None, "picked", None]


def test_a_cell_may_have_a_colour_and_markup_of_its_own() -> None:
    cell = cells(html_table(["", ""], [["a", Cell(html="<b>1</b>", colour="#112233")]]))[1][1]
    assert (cell.get("style"), cell[0].tag, cell[0].text) == ("color:#112233", "b", "1")


def test_a_row_without_a_cell_for_every_column_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        html_table(["a", "b"], [["1"]])
