"""Journey 5: a link shows the same to somebody else, and one choice is one step of Back."""

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
