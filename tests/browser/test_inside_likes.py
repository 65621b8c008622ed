"""All pictures by depth in a real browser: points move without the server, and where they stand is an address."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.app_page import AppPage

# where a picture's point is, on the screen
PLACE = """(root, picture) => {
  const { cloud } = root, [x, y] = cloud.places()[picture], bounds = cloud.canvas.getBoundingClientRect();
  return [bounds.left + x, bounds.top + y];
}"""


def test_points_move_without_the_server_and_a_click_shows_the_nearest_pictures(page: AppPage) -> None:
    page.open("/inside?i_part=likes&like_view=embedding&i_set=clothes")
    cloud = page.tab.locator(".cloud")
    said = cloud.locator(".at")
    expect(said).to_have_text(re.compile(r"^layer3\.2, trained: 88\s% of the 8 nearest pictures"))
    asked, there = page.tab.evaluate("window.lastAsked"), cloud.evaluate(PLACE, 3)
    slider = cloud.locator("input")
    slider.evaluate("input => { input.value = 0.4; input.dispatchEvent(new Event('input')); }")
    expect(said).to_have_text(re.compile(r"^pixels, trained: 42\s% "))
    assert cloud.evaluate(PLACE, 3) != there
    assert page.tab.evaluate("window.lastAsked") == asked

    slider.evaluate("input => input.dispatchEvent(new Event('change'))")
    page.idle()
    assert page.query["like_depth"] == "pixels"
    slider.press("ArrowRight")
    page.tab.wait_for_url(re.compile("like_depth=stem"))
    page.idle()

    page.tab.emulate_media(reduced_motion="no-preference")
    cloud.get_by_role("button", name="Play").click()
    expect(said).to_contain_text("layer1.1, trained: ")
    cloud.get_by_role("button", name="Pause").click()
    page.tab.wait_for_url(re.compile("like_depth=layer"))
    page.tab.emulate_media(reduced_motion="reduce")
    slider.press("ArrowLeft")
    page.idle()

    canvas = cloud.locator("canvas")
    canvas.scroll_into_view_if_needed()
    picture = cloud.evaluate("root => root.cloud.places().length - 1")
    x, y = cloud.evaluate(PLACE, picture)
    page.tab.mouse.click(x, y)
    page.idle()
    assert page.query["like_picture"] == str(picture)
    expect(cloud.locator(".picked figure")).to_have_count(1 + 8)
    expect(cloud.locator(".picked")).to_contain_text(re.compile(r"Nearest at layer\d\.\d, by all its features\."))
    cloud.get_by_role("button", name="Show: untrained").click()
    page.idle()
    assert page.query["like_shown"] == "beside"
    expect(said).to_contain_text(", untrained: ")
    page.back()
    page.back()
    expect(said).to_contain_text(", trained: ")
    assert cloud.evaluate("root => root.cloud.picked") is None
