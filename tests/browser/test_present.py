"""A teacher puts a lecture together, presents it with keys, and sends it to somebody else."""

from __future__ import annotations

import pypdfium2
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.app_page import AppPage


def presented(page: AppPage) -> str | None:
    """What the page says of itself: ``page``, ``figure``, or None where nothing is presented."""
    mark: str | None = page.tab.evaluate("document.documentElement.dataset.present ?? null")
    return mark


def add(page: AppPage, figure: Locator) -> None:
    figure.hover()
    page.tab.get_by_role("button", name="Add to lecture").click()
    page.idle()


def fills_the_screen(figure: Locator) -> bool:
    """Whether a figure is as wide or as high as the window, but for the line below it, and inside it."""
    box = figure.bounding_box()
    assert box is not None
    inside = box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= 1440 and box["y"] + box["height"] <= 880
    return inside and (box["width"] > 1380 or box["height"] > 800)


def test_a_lecture_is_put_together_presented_and_sent(page: AppPage) -> None:
    tab = page.open("/?network=resnet34").tab
    profile, diagram = tab.locator(".st-key-profile"), tab.locator(".st-key-diagram")

    # one key: no controls, and Escape brings them back; not while typing
    tab.keyboard.press("p")
    page.idle()
    assert presented(page) == "page"
    assert page.query["present"] == "1"
    expect(tab.get_by_role("combobox", name="Network")).to_be_hidden()
    assert not page.scrolls_sideways()  # tables and charts are as wide as the screen
    tab.keyboard.press("Escape")
    page.idle()
    assert presented(page) is None
    assert "present" not in page.query
    tab.get_by_role("combobox", name="Network").press("p")
    assert presented(page) is None
    tab.keyboard.press("Escape")

    add(page, profile.locator(".js-plotly-plot"))
    add(page, diagram)
    page.open("/compare")  # another session: the browser has kept the two
    page.press("Present").enter("Title of this view", "Two networks").press("Add this view to the lecture")
    tab.keyboard.press("Escape")
    page.go("Lecture")
    assert page.tab.get_by_label("Title of view 3").input_value() == "Two networks"
    sent = tab.locator("pre.code").inner_text().strip()
    assert "Present 3 views" in tab.locator(".st-key-lecture_start a").inner_text()
    tab.keyboard.press("p")
    page.idle()
    expect(tab.get_by_text("1 / 3")).to_be_visible()
    assert page.query["present"] == "profile"
    assert page.query["network"] == "resnet34"
    tab.wait_for_function("document.querySelector('.st-key-profile').dataset.alone !== undefined")
    assert fills_the_screen(profile)
    tab.keyboard.press("ArrowRight")
    page.idle()
    expect(tab.get_by_text("2 / 3")).to_be_visible()
    tab.wait_for_function("document.querySelector('.st-key-diagram').dataset.alone !== undefined")
    assert fills_the_screen(diagram)
    tab.keyboard.press("PageDown")
    page.idle()
    expect(tab.get_by_text("Two networks")).to_be_visible()
    page.expect_text("ResNet-50 has 2.19 times the parameters")
    page.expect_text("All at input size 224×224.")

    # whoever has the address sees the same
    page.open(sent.partition(page.tab.evaluate("location.host"))[2])
    expect(tab.get_by_text("1 / 3")).to_be_visible()
    assert page.query["present"] == "profile"


def test_a_chart_is_saved_as_a_page_of_its_size(page: AppPage) -> None:
    chart = page.open("/?network=resnet18").tab.locator(".st-key-profile .js-plotly-plot")
    chart.hover()
    name, content = page.download("PDF")
    assert name == "profile.pdf"
    sheet = pypdfium2.PdfDocument(content)[0]
    box = chart.bounding_box()
    assert box is not None
    assert sheet.get_size() == pytest.approx((0.75 * box["width"], 0.75 * box["height"]), abs=0.1)
    drawn = sheet.render().to_pil()
    assert len(drawn.getcolors(100_000)) > 100, "stages in their colours"
