"""Gradient flow: from the first page to a question, its factors and their download."""

from __future__ import annotations

import csv
import io
import math
import re

import pytest
from playwright.sync_api import expect

from tests.browser.app_page import AppPage

SCREENS = [
    pytest.param({"width": width, "scheme": scheme}, id=f"{width}-{scheme}")
    for width, scheme in ((1440, "light"), (390, "dark"))
]


@pytest.mark.parametrize("page", SCREENS, indirect=True)
def test_a_question_is_answered_with_a_factor_per_layer_and_its_numbers(page: AppPage) -> None:
    page.open("/").go("Gradient flow")
    expect(page.tab.get_by_test_id("stPlotlyChart")).to_have_count(2)
    page.expect_text("Seen here")
    page.press("Vanishing without norm")
    row = page.tab.locator(".flows tbody tr").nth(1)
    expect(row).to_contain_text("from end to end, in 54 steps")
    expect(row).to_contain_text("plain-56, no norm")
    page.expect_text("section 4.1")
    assert not page.scrolls_sideways()

    name, data = page.download("CSV")
    assert name == "gradient-flow.csv"
    rows = [row for row in csv.DictReader(io.StringIO(data.decode())) if row["network"] == "plain-56, no norm"]
    assert len(rows) == 55
    first, last = float(rows[0]["gradient"]), float(rows[-1]["gradient"])
    assert first < 1e-15 < 1e-3 < last
    # what is fitted and said is about what lies between the ends
    said = row.locator("td").nth(1).inner_text()
    factor = float(said.split("×")[1].split()[0])
    assert factor == pytest.approx(math.exp(math.log(first / last) / 54), rel=0.1)
    figure, power = said.split("× ")[2].split()[0].split("·10")
    exponent = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    assert float(figure) * 10**exponent == pytest.approx(first / last, rel=0.01)

    page.back()
    expect(page.tab.locator(".flows tbody tr")).to_have_count(4)


@pytest.mark.parametrize("page", [{"width": 390, "scheme": "dark"}], indirect=True, ids=["390-dark"])
def test_a_trained_run_is_opened_from_training_and_looked_at_by_epoch(page: AppPage) -> None:
    page.open("/training?t_set=own&t_depths=8&t_widths=4,8,8&t_kinds=residual&t_epochs=2").press("Train the one")
    opened = page.tab.get_by_role("link", name="Open in Gradient flow", exact=True)
    expect(page.tab.locator(".ends tbody tr")).to_have_count(1)
    opened.click()
    page.idle()
    rows = page.tab.locator(".flows tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("epoch 2")
    page.expect_text("By epoch")
    assert not page.scrolls_sideways()

    # each choice is one step of Back
    page.choose("A line for each of the", "Kept runs")
    expect(rows).not_to_have_count(3)
    page.select("Each at", "the start")
    page.expect_text("at the end of epoch 0")
    # runs of other tests are here too, each at its last epoch
    page.back().expect_text(re.compile(r"at the end of epochs? [1-9]"))
    page.back().expect_text("By epoch")
