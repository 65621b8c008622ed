"""Identity on the page Block under AppTest: each experiment says what is so."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.app import open_part, sentences, url, widget


def part() -> None:
    from explorer.ui import shell, state
    from explorer.ui.block.identity import claims
    from explorer.ui.pages import PAGES

    state.read("block", PAGES)
    shell.say_problems()
    claims.show()


def opened(**query: str) -> AppTest:
    return open_part(part, **query)


def words(at: AppTest) -> str:
    return " ".join(str(element.value) for element in [*at.markdown, *at.caption])


def table(at: AppTest) -> list[list[str]]:
    html = next(element.proto.body for element in at.get("html") if "<div class='table" in element.proto.body)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in html.split("<tr")[2:]]


def test_the_table_says_which_blocks_pass_x_on_and_numbers_show_where_not() -> None:
    at = opened()
    answers = {row[0]: row[1:4] for row in table(at)}
    assert answers["Identity shortcut, batch norm"] == ["✓ exact", "✕ no", "2.613"]
    assert answers["Pre-activation: norm and ReLU before"] == ["✓ exact", "✓ exact", "0"]
    assert answers["Zero padding, 3 → 6 channels"] == ["✕ no", "✕ no", "shape changes"]
    assert "17 of 36 values differ" in words(at)
    widget(at, "b_sign").set_value("positive").run()
    assert url(at) == {"b_sign": "positive"}
    assert " 0 of 36 values differ" in words(at)
    widget(at, "b_variant").select("strided").run()
    assert not at.exception
    assert "nothing to subtract" in words(at)


def test_appended_identity_blocks_leave_every_answer_as_it_was() -> None:
    at = opened(b_claim="append", b_more="1", b_stage="3")
    rows = table(at)
    assert rows[0][1:] == rows[1][1:] == ["98.7\u00a0%", "0", "0"]
    assert float(rows[2][1].rstrip("\u00a0%")) < 20
    assert "With 1 identity block more, 444 of 450 held-out pictures are classified correctly as before" in words(at)
    assert "not one logit changes" in words(at)


def test_blocks_taken_out_are_drawn_with_what_they_add() -> None:
    at = opened(b_claim="lesions")
    figure = json.loads(at.get("plotly_chart")[0].proto.spec)
    accuracy, ratios = figure["data"]
    assert len(accuracy["customdata"]) == len(ratios["customdata"]) == 9
    whole, mean, least, *_, last = table(at)
    assert whole == ["Whole", "98.7\u00a0%"]
    assert least[1].startswith("layer3.2: 97")
    assert last[0] == "Without layer3"
    assert f"classifies {mean[1]} correctly on average instead of 98.7\u00a0%" in words(at)


def test_a_factor_falls_out_before_a_norm_and_not_without_one() -> None:
    at = opened(b_claim="scale", b_factor="2")
    verdicts = {row[0]: row[2] for row in table(at)}
    assert verdicts["Batch norm, train mode, ε = 1e−30"] == "stays, to the last bit"
    assert verdicts["Batch norm, train mode, ε = 1e−5"] == "stays, to rounding"
    assert verdicts["Batch norm, eval mode"] == verdicts["No norm"] == "changes"
    widget(at, "b_factor").set_value("0.0001").run()
    assert {row[0]: row[2] for row in table(at)}["Batch norm, train mode, ε = 1e−5"] == "changes"


@pytest.mark.parametrize("query", [{"b_variant": "huge"}, {"b_more": "51"}, {"b_factor": "0"}, {"b_stage": "7"}])
def test_a_bad_link_is_told(query: dict[str, str]) -> None:
    at = opened(b_claim="zeros", **query)
    assert "It was left out." in " ".join(sentences(at))
