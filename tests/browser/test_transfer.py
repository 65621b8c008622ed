"""Transfer learning: digits 0 to 4 carried over to 5 to 9 with one click, found again, opened elsewhere."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.browser.app_page import AppPage
from tests.browser.conftest import OpenTab

SEEN = re.compile(r"classifies \d+\.\d\s% of the held-out pictures correctly, training from scratch \d+\.\d\s%")


def test_digits_are_carried_over_found_again_and_opened(page: AppPage, open_tab: OpenTab) -> None:
    page.open("/transfer?x_ways=scratch,head&x_epochs=3")
    expect(page.tab.locator(".st-key-x_figure .main-svg").first).to_be_in_viewport(ratio=1)
    expect(page.expect_text(SEEN)).to_be_in_viewport()
    page.press("Train 2 ways")
    ends = page.tab.locator(".ends tbody tr")
    expect(ends).to_have_count(2)
    page.expect_text(SEEN)
    page.idle()
    assert not page.scrolls_sideways()

    # what is said is what the runs are kept with
    page.select("One run", "fc alone, 5 per class, digits 5 to 9")
    saved = json.loads(page.download("JSON")[1])
    assert saved["trainable"] == ["fc"]
    assert saved["config"]["per_class"] == 5
    accuracy = f"{100 * (1 - saved['epochs'][-1]['test_error']):.1f}\u00a0%"
    expect(ends.last).to_contain_text(accuracy)

    # somebody else who has the address sees the same, on a phone
    other = open_tab(width=390, scheme="dark").open(page.path)
    other.expect_text(SEEN)
    assert not other.scrolls_sideways()

    page.tab.get_by_role("link", name="Open in Feature maps", exact=True).click()
    page.idle()
    page.expect_text(re.compile(f"trained here: fc alone, 5 per class, .*{accuracy} test accuracy"))
    page.expect_text("Five best classes")
    page.back().expect_text(SEEN)

    page.choose("Show", "What each way does").choose("Way", "A layer after fc")
    page.expect_text("30 of 68,507 parameters are trained")
    page.back().expect_text("165 of 68,477 parameters are trained")
    page.back()
    page.tab.get_by_role("link", name="See these runs among all kept ones").click()
    page.idle()
    page.expect_text("Kept runs")
    expect(page.tab.locator(".ends tbody tr")).to_have_count(3)
