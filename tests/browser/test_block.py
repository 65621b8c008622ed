"""Journey 6: one block, from the two checks of the d2l text to a broken padding and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.app_page import AppPage

SCREENS = [
    pytest.param({"width": width, "scheme": scheme}, id=f"{width}-{scheme}")
    for width, scheme in ((1440, "light"), (390, "dark"))
]
FIRST, SECOND = "d2l's first check: 4×3×6×6 → 4×3×6×6", "d2l's second check: 4×3×6×6 → 4×6×3×3"


def note_of(page: AppPage, matrix: int) -> str:
    """What is said of the first cell of a matrix while the mouse is over it."""
    cell = page.tab.locator(".numbers figure").nth(matrix).locator("td").first
    cell.hover()
    return str(cell.evaluate("cell => getComputedStyle(cell, '::after').content")).strip('"')


def test_the_two_checks_then_a_padding_is_broken_and_mended(page: AppPage) -> None:
    page.open("/").go("Block")
    assert page.selected("Example") == FIRST
    expect(page.expect_text("180 params")).to_be_in_viewport()
    expect(page.tab.locator(".numbers figure").first).to_be_in_viewport()
    assert re.fullmatch(r"\S+ [+−] \S+ = \S+", note_of(page, 2))

    page.select("Example", SECOND)
    page.expect_text("4×3×6×6 → 4×6×3×3 · 546 params")
    assert page.query == {"b_channels_out": "6", "b_stride": "2", "b_shortcut": "projection"}
    page.tab.locator('[data-id="layer1.0.conv2"]').locator("visible=true").click()
    page.idle()
    assert page.query["b_step"] == "conv2"
    page.back().back()
    assert page.query == {}

    page.enter("Padding", 0)
    page.expect_text("F(x) is 4×3×2×2 and cannot be added to 4×3×6×6 from the shortcut.")
    assert "✕ Clash: these shapes do not agree" in page.tab.locator(".diagram svg").last.inner_html()
    page.press("Mend it: padding 1")
    page.expect_text("180 params")
    assert page.query == {}
    page.back()
    assert page.query == {"b_padding": "0"}
    page.back()
    assert page.selected("Example") == FIRST


@pytest.mark.parametrize("page", SCREENS, indirect=True)
def test_no_part_of_the_page_scrolls_sideways(page: AppPage) -> None:
    page.open("/block")
    assert not page.scrolls_sideways()
    for query in ("b_padding=0", "b_part=side", "b_part=side&b_compared=shortcuts", "b_part=side&b_compared=joins"):
        page.open(f"/block?{query}")
        assert not page.scrolls_sideways(), query


def test_a_kept_run_loses_its_blocks_one_by_one(page: AppPage) -> None:
    page.open("/training?t_set=own&t_depths=14&t_widths=4,8,8&t_kinds=residual&t_epochs=2").press("Train the one")
    link = page.tab.get_by_role("link", name="Take blocks out", exact=True)
    expect(page.tab.locator(".ends tbody tr")).to_have_count(1)
    link.click()
    page.idle()
    expect(page.tab.get_by_role("combobox", name="Network", exact=True)).to_have_count(0)  # not these parts' network
    said = page.expect_text(re.compile(r"Residual-14, widths 4-8-8.* after epoch 2 .*\d\s%")).inner_text()
    before = page.query
    assert "b_run" in before
    page.choose("Try", "F(x) by epoch")
    page.expect_text("times as long as its shortcut")
    assert page.query["b_run"] == before["b_run"]
    page.back().expect_text(said)
    assert page.query == before
