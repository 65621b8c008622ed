"""Journey 8: a stranger sees a trained network at work, and what is chosen after that stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from explorer.architecture.codec import to_params
from explorer.architecture.examples import CLOTHES_READER
from tests.browser.app_page import AppPage
from tests.browser.conftest import OpenTab, person
from tests.browser.server import AppServer
from tests.browser.watch import Watch

CLOTHES = {**to_params(CLOTHES_READER.spec), "weights": "clothes"}
OFFER = "Load ResNet-50's ImageNet weights (98 MB)"


def test_a_stranger_is_welcomed_once_where_it_hides_no_total(browser: Browser, server: AppServer) -> None:
    with person(browser) as stranger:
        tab = stranger.new_page()
        tab.set_viewport_size({"width": 390, "height": 844})
        page = AppPage(tab, server.url, Watch(tab, been_here=False))
        welcome = tab.locator(".st-key-welcome")
        page.open("/?depths=3,4,23,3")
        expect(welcome).to_have_count(0)
        page.open("/")
        expect(welcome.get_by_role("link")).to_have_count(3)
        tab.get_by_test_id("stMetricValue").first.click(trial=True)
        welcome.get_by_role("button", name="Close").click()
        expect(welcome).to_be_hidden()
        tab.reload()
        page.idle()
        expect(welcome).to_be_hidden()
        assert not page.watch.faults


@pytest.mark.parametrize("page", [{}, {"width": 390, "scheme": "dark"}], indirect=True)
def test_a_stranger_sees_the_clothes_reader_name_a_boot(page: AppPage) -> None:
    page.open("/feature-maps")
    page.expect_text("Ankle boot 9")
    page.expect_text("✓ Right, as its label says.")
    if page.tab.locator(".st-key-fold_network").is_visible():
        page.unfold("network")
    assert page.selected("Weights").startswith("clothes, ")
    assert page.selected("Picture").startswith("Ankle boot")
    assert page.query == CLOTHES
    page.expect_text(OFFER)
    assert not page.scrolls_sideways()


def test_norms_open_on_the_same_network_with_pictures_of_its_kind(page: AppPage) -> None:
    page.open("/batchnorm")
    page.expect_text("trained example: clothes")
    page.expect_text("8 pictures of clothes")
    page.expect_text(OFFER)
    assert page.query == CLOTHES


@pytest.mark.parametrize("path", ["/feature-maps", "/batchnorm?aspect=line"])
def test_the_address_that_was_chosen_takes_the_place_of_the_bare_one(page: AppPage, path: str) -> None:
    page.tab.goto("about:blank")
    page.open(path)
    assert CLOTHES.items() <= page.query.items()
    page.tab.reload()
    page.idle()
    assert CLOTHES.items() <= page.query.items()
    page.select("Input size", "32×32")
    page.back()
    assert page.selected("Input size") == "28×28"
    page.tab.go_back()
    assert page.tab.url == "about:blank"


def test_one_step_leads_back_to_the_page_where_nothing_was_chosen(page: AppPage) -> None:
    page.open("/")
    page.go("Feature maps")
    assert page.query == CLOTHES
    page.go("BatchNorm")
    assert page.query == CLOTHES
    page.back()
    page.back()
    assert page.path == "/"
    assert page.selected("Network") == "ResNet-50"
    assert page.selected("Weights") == "none chosen yet"


def test_a_link_shows_the_same_to_somebody_else(open_tab: OpenTab) -> None:
    mine = open_tab().open("/feature-maps")
    theirs = open_tab().open(mine.path)
    assert theirs.query == mine.query == CLOTHES
    theirs.expect_text("✓ Right, as its label says.")


def test_a_network_that_is_chosen_stays_with_random_weights_and_says_so(page: AppPage) -> None:
    page.open("/feature-maps")
    page.select("Network", "ResNet-50")
    page.expect_text("No classes are named: the weights are random")
    assert page.query == {"weights": "random"}
    assert page.selected("Picture").startswith("A temple")
    page.expect_text(OFFER)
    page.tab.reload()
    page.idle()
    assert page.selected("Weights") == "random"
    page.press(OFFER)
    page.expect_text("could not be fetched")
    page.press("Show the trained example: clothes")
    page.expect_text("✓ Right, as its label says.")
    assert page.query == CLOTHES


def test_weights_are_changed_in_the_row_and_the_picture_with_them(page: AppPage) -> None:
    page.open("/feature-maps")
    page.select("Weights", "digits, 99\u00a0% · trained example")
    assert page.query["weights"] == "digits"
    assert page.selected("Picture").startswith("Digit 0")
    page.expect_text("✓ Right, as its label says.")
    page.select("Picture", "A temple in China (640×427)")
    page.expect_text("This network was trained on handwritten digits, white on black")
    page.select("Weights", "random")
    page.enter("Seed", 7)
    assert page.query["weights"] == "random-7"
