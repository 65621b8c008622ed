"""The landscape in a real browser: it grows finer while one looks, can be stopped, and goes on."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.app_page import AppPage

# its coarse picture begins by itself, and its finest takes a minute
NETWORK = "block=basic&depths=1,1,1&widths=8,16,32&stem=cifar&in_channels=1&num_classes=10&size=32&weights=fresh"


def test_it_is_drawn_coarse_at_once_stops_where_it_is_and_goes_on(page: AppPage) -> None:
    page.open("/inside?i_part=landscape")
    page.tab.goto(page.tab.url.partition("?")[0] + f"?{NETWORK}&i_part=landscape&land_of=network&i_set=digits")
    chart = page.tab.get_by_test_id("stPlotlyChart")
    stop = page.tab.get_by_test_id("stButton").get_by_role("button", name="Stop")
    expect(chart).to_have_count(1)
    stop.click()
    page.idle()
    expect(page.tab.get_by_text("The loss around the weights: stopped.")).to_be_visible()
    expect(chart).to_have_count(1)
    page.tab.get_by_role("button", name="Begin again").click()
    stop.click()
    page.idle()
    expect(chart).to_have_count(1)
