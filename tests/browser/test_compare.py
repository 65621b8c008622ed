"""Journey 3: ResNet-18 against ResNet-50, and on from there."""

from __future__ import annotations

import csv
import io
import json

import pytest
from playwright.sync_api import expect

from tests.browser.app_page import AppPage

SCREENS = [
    pytest.param({"width": width, "scheme": scheme}, id=f"{width}-{scheme}")
    for width, scheme in ((1440, "light"), (390, "dark"))
]
OTHER_PARTS = {"table": "Structure", "picture": "One picture through all", "all": "All networks"}


def on_the_first_screen(page: AppPage, text: str) -> bool:
    """Whether a text can be read without scrolling."""
    box = page.expect_text(text).bounding_box()
    size = page.tab.viewport_size
    assert size is not None
    return box is not None and box["y"] + box["height"] <= size["height"]


def test_compare_18_with_50_from_the_first_page_to_the_downloads(page: AppPage) -> None:
    page.open("/").go("Compare")
    for words in (
        "ResNet-50 has 2.19 times the parameters and 2.25 times the work (MACs) of ResNet-18",
        "+13,867,520",
        "18 = 17 + 1",
        "12 identity, 4 projection",
    ):
        assert on_the_first_screen(page, words), words
    expect(page.tab.get_by_test_id("stPlotlyChart")).to_have_count(2)
    shares = page.tab.get_by_test_id("stPlotlyChart").first.bounding_box()
    assert shares is not None
    assert shares["y"] + shares["height"] <= 900

    name, data = page.download("CSV")
    assert name == "compare-224x224.csv"
    total = {row["network"]: row for row in csv.DictReader(io.StringIO(data.decode())) if row["stage"] == "total"}
    assert total["ResNet-18"]["params"] == "11689512"
    assert total["ResNet-50"]["params"] == "25557032"
    assert total["ResNet-50"]["macs_difference"] == str(4_089_184_256 - 1_814_073_344)
    assert len(json.loads(page.download("JSON")[1])) == 14
    assert page.download("Markdown")[1].decode().startswith("| stage |")


def test_bars_change_and_back_undoes_one_choice(page: AppPage) -> None:
    page.open("/compare")
    page.choose("Bars show", "MACs").choose("Counted", "By kind")
    assert page.query == {"measure": "macs", "by": "kind"}
    page.back()
    assert page.query == {"measure": "macs"}
    expect(page.tab.get_by_role("radiogroup", name="Counted").get_by_role("radio", name="By stage")).to_be_checked()


def test_a_third_network_joins_and_two_always_stay(page: AppPage) -> None:
    page.open("/compare")
    box = page.tab.get_by_role("combobox", name="Networks to compare")
    box.click()
    box.fill("ResNet-101")
    page.tab.get_by_role("option", name="ResNet-101", exact=True).click()
    box.press("Escape")
    page.idle()
    page.expect_text("ResNet-101 has 3.81 times the parameters")
    assert page.query == {"nets": "resnet18,resnet50,resnet101"}
    page.press("Remove ResNet-101").press("Remove ResNet-50")
    page.expect_text("A comparison needs at least two networks")
    assert page.query == {}


def test_table_1_stands_as_in_the_paper(page: AppPage) -> None:
    page.open("/compare").press("Table 1")
    table = page.tab.locator(".compared table")
    expect(table.locator("thead th")).to_have_text(
        ["", "output", "ResNet-18", "ResNet-34", "ResNet-50", "ResNet-101", "ResNet-152"]
    )
    expect(table.get_by_role("row", name="FLOPs in the paper")).to_contain_text("3.8 × 10⁹")
    page.expect_text("3,857,973,248, cut off and not rounded")


def test_one_picture_through_both_shows_a_stage_of_each(page: AppPage) -> None:
    page.open("/compare?nets=resnet18,resnet50&size=96&network=resnet18").choose("View", "One picture through all")
    page.press("Run the picture through all")
    pictures = page.tab.locator(".stages img")
    expect(pictures).to_have_count(12)
    page.select("Stage side by side", "conv4_x · layer3")
    page.expect_text("256×6×6; mean")
    page.expect_text("1024×6×6; mean")
    assert page.query["at"] == "layer3"


def test_ticked_rows_of_all_networks_are_compared(page: AppPage) -> None:
    page.open("/compare?part=all")
    page.expect_text("What accuracy costs")
    table = page.tab.get_by_test_id("stDataFrame").bounding_box()
    assert table is not None
    for row in (0, 1):
        # a header and rows of 35 pixels, painted on a canvas; the boxes to tick stand first
        page.tab.mouse.click(table["x"] + 17, table["y"] + 35 * (row + 1) + 17)
        page.idle()
    page.press("Compare ResNet-18, ResNet-34")
    page.expect_text("ResNet-34 has 1.86 times the parameters")
    assert page.query == {"nets": "resnet18,resnet34"}


def test_a_shared_comparison_shows_the_same_and_says_what_was_wrong(page: AppPage) -> None:
    page.open("/compare?nets=resnet34,nothing,block~basic~depths~1.1.1.1,this&network=plain34&measure=macs")
    page.expect_text("'nothing' is no network to compare and was left out.")
    for name in ("ResNet-34", "ResNet-10: basic, 1-1-1-1", "Plain-34 (this)"):
        expect(page.tab.locator(".compared thead")).to_contain_text(name)


@pytest.mark.parametrize("page", SCREENS, indirect=True)
def test_nothing_sticks_out_on_any_screen(page: AppPage) -> None:
    page.open("/compare")
    assert not page.scrolls_sideways()
    for part, label in OTHER_PARTS.items():
        page.choose("View", label)
        assert page.query == {"part": part}
        assert not page.scrolls_sideways(), label
