"""Journey 5: a link shows the same to somebody else, and one choice is one step of Back."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.app_page import AppPage
from tests.browser.conftest import OpenTab


def test_every_choice_is_one_step_of_back(page: AppPage) -> None:
    page.open("/")
    page.select("Depth", "18")
    page.choose("Block", "Bottleneck")
    page.choose("Shortcuts", "Plain")
    page.go("Compare")
    assert page.query["shortcut"] == "none"
    page.back()
    assert page.path.startswith("/?")
    assert page.selected("Network") == "Plain-26: bottleneck, 2-2-2-2"
    page.back()
    assert page.selected("Network") == "ResNet-26: bottleneck, 2-2-2-2"
    page.back()
    assert page.selected("Network") == "ResNet-18"
    page.back()
    assert page.selected("Network") == "ResNet-50"
    assert page.path == "/"


def test_a_shared_link_opens_the_same_in_another_browser(open_tab: OpenTab) -> None:
    mine = open_tab().open("/")
    mine.select("Network", "ResNet-34")
    size = mine.tab.get_by_role("combobox", name="Input size", exact=True)
    size.fill("96x128")
    size.press("Enter")
    mine.idle()
    mine.choose("Table", "Blocks")
    mine.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    mine.press("Copy link").expect_text("Copied.")
    assert mine.tab.evaluate("navigator.clipboard.readText()") == mine.tab.url
    theirs = open_tab(width=390).open(mine.path)
    theirs.expect_text("ResNet-34 · 96×128 · random")
    theirs.unfold("network")
    assert theirs.selected("Network") == "ResNet-34"
    assert theirs.selected("Input size") == "96×128"
    assert theirs.metric("Parameters") == mine.metric("Parameters") == "21,797,672"
    assert theirs.query == mine.query == {"network": "resnet34", "size": "96x128", "tab": "blocks"}


def read_code(page: AppPage) -> str:
    """What a phone that is held before the screen reads from the QR code."""
    image = page.tab.locator("#link_code img")
    image.wait_for()
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(image.screenshot())).convert("L"))
    return str(code.text)


@pytest.mark.parametrize("page", [{}, {"width": 390, "height": 844, "scheme": "dark"}], indirect=True)
def test_the_qr_code_of_any_page_opens_what_is_shown(page: AppPage) -> None:
    page.open("/compare?nets=resnet18%2Cresnet50&size=64")
    code = page.tab.locator("#link_code")
    expect(code).to_have_count(0)
    button = page.tab.get_by_role("button", name="QR code", exact=True)
    button.click()
    page.idle()
    assert read_code(page) == page.tab.url
    box, screen = page.tab.locator("#link_code section").bounding_box(), page.tab.viewport_size
    assert box is not None
    assert screen is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= screen["width"]
    # the browser tests' server listens for this machine alone
    expect(code).to_contain_text("Other machines cannot open this address")
    page.tab.keyboard.press("Escape")
    expect(code).to_have_count(0)
    # another page, another code
    button.click()
    page.idle()
    read_code(page)
    page.go("Lecture")
    expect(code).to_have_count(0)
    button.click()
    page.idle()
    assert read_code(page) == page.tab.url


def test_what_is_presented_has_its_qr_code_too(page: AppPage) -> None:
    page.open("/?network=resnet18&size=64&present=1")
    page.tab.get_by_role("button", name="QR code", exact=True).click()
    page.idle()
    assert read_code(page) == page.tab.url
    image = page.tab.locator("#link_code img").bounding_box()
    assert image is not None
    assert image["width"] > 500  # for those at the back
    page.tab.keyboard.press("Escape")
    expect(page.tab.locator("#link_code")).to_have_count(0)
    assert page.query["present"] == "1"  # the first Escape closes the code alone


def test_a_typed_size_that_is_none_is_refused_and_nothing_changes(page: AppPage) -> None:
    page.open("/compare?size=96")
    size = page.tab.get_by_role("combobox", name="Input size", exact=True)
    size.fill("banana")
    size.press("Enter")
    page.idle()
    page.expect_text("type a side such as 224")
    assert page.selected("Input size") == "96×96"
    assert page.query == {"size": "96"}


def test_opening_more_options_changes_nothing(page: AppPage) -> None:
    page.open("/?network=seresnet50&size=64")
    before = page.path
    page.tab.get_by_role("button", name="More options", exact=True).click()
    page.tab.get_by_role("textbox", name="Blocks per stage").wait_for()
    page.idle()
    assert page.path == before
    page.switch("Bias in convolutions")
    assert page.query["conv_bias"] == "yes"
    page.tab.keyboard.press("Escape")
    page.idle().back()
    assert page.path == before


def test_the_first_page_opens_by_its_name_too(page: AppPage) -> None:
    page.open("/architecture?network=resnet34")
    assert page.selected("Network") == "ResNet-34"
    page.go("Block").go("Architecture")
    assert page.path.startswith("/?")
    assert page.query["network"] == "resnet34"
