"""Learn: a chapter is read, its link followed, and one step back leads to the chapter again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.app_page import AppPage


def title(page: AppPage) -> str:
    return page.tab.locator("h2.chapter").inner_text()


def test_a_chapter_is_read_its_link_followed_and_one_step_back_is_the_chapter(page: AppPage) -> None:
    page.open("/compare?network=resnet34").go("Learn")
    assert title(page) == "Five networks, one table"
    page.press("4. Where the shape changes")
    assert title(page) == "Where the shape changes"
    assert page.query["chapter"] == "shapes"
    page.expect_text("投影")
    # the link is a whole state: the network that was chosen before does not come along
    page.go("The block that changes the shape")
    assert page.path.startswith("/block?")
    assert "network" not in page.query
    page.expect_text("1×64×56×56 → 1×128×28×28")
    page.back()
    assert title(page) == "Where the shape changes"
    page.press("A factor per layer →")
    assert title(page) == "A factor per layer"
    expect(page.tab.locator("h2.chapter")).to_be_in_viewport()
    expect(page.tab.get_by_test_id("stPlotlyChart")).to_have_count(1)


@pytest.mark.parametrize("page", [{"width": 390, "scheme": "dark"}], indirect=True, ids=["390-dark"])
def test_a_phone_has_a_drop_down_and_nothing_sticks_out(page: AppPage) -> None:
    page.open("/learn")
    assert not page.scrolls_sideways()
    expect(page.tab.locator(".st-key-learn_contents")).to_be_hidden()
    page.select("Chapter", "14. The textbook's ResNet-18")
    assert page.query == {"chapter": "d2l-network"}
    page.expect_text("3,904")
    assert not page.scrolls_sideways()
