"""The app starts and shows something, on every kind of screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.app_page import AppPage

PAGES = {
    "Feature maps": "/feature-maps",
    "BatchNorm": "/batchnorm",
    "Block": "/block",
    "Compare": "/compare",
    "Cost": "/cost",
    "Transfer learning": "/transfer",
    "Learn": "/learn",
}
SCREENS = [
    pytest.param({"width": width, "scheme": scheme}, id=f"{width}-{scheme}")
    for width, scheme in ((1440, "light"), (390, "dark"))
]


@pytest.mark.parametrize("page", SCREENS, indirect=True)
def test_first_page_shows_its_totals_and_nothing_sticks_out(page: AppPage) -> None:
    page.open("/")
    expect(page.expect_text("25,557,032")).to_be_in_viewport()
    assert not page.scrolls_sideways()


@pytest.mark.parametrize("page", [{"width": 390}], indirect=True)
def test_every_page_can_be_reached_and_left_again(page: AppPage) -> None:
    page.open("/")
    for title, address in PAGES.items():
        page.go(title)
        assert page.path.split("?")[0] == address
    page.go("Architecture")
    assert page.path.split("?")[0] == "/"
