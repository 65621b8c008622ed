"""A picture's walk in a real browser: played without the server, stopped, stepped, clicked on, and still if wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app_page import AppPage
from tests.browser.conftest import OpenTab

# where a block's F(x) is drawn, on the screen; the block is in sight when the walk stands there
PLACE = """(walk, name) => {
  const { scene, turned, zoom, shift, canvas } = walk.walk;
  const spot = scene.spots.find(spot => spot.word === "F(x)" && spot.reel[0][2].startsWith(name));
  const [x, y] = turned === "wide" ? spot.at : [spot.at[1], spot.at[0]];
  const bounds = canvas.getBoundingClientRect();
  return [bounds.left + shift[0] + x * zoom, bounds.top + shift[1] + y * zoom];
}"""


@pytest.fixture
def moving(open_tab: OpenTab) -> Iterator[AppPage]:
    """The clothes and their reader, on a screen that wants motion."""
    page = open_tab()
    page.tab.emulate_media(reduced_motion="no-preference")
    yield page.open("/feature-maps")
    page.tab.emulate_media(reduced_motion="reduce")


def control(page: AppPage, name: str) -> Locator:
    return page.tab.locator(".walk").get_by_role("button", name=name)


def caption(page: AppPage) -> Locator:
    return page.tab.locator(".walk .caption")


def requests_of(tab: Page) -> list[str]:
    seen: list[str] = []
    tab.on("request", lambda request: seen.append(request.url))
    return seen


def click_f(page: AppPage, block: str) -> None:
    x, y = page.tab.locator(".walk").evaluate(PLACE, block)
    page.tab.mouse.click(x, y)
    page.idle()


def test_it_plays_without_the_server_stops_steps_and_opens_what_is_clicked(moving: AppPage) -> None:
    page = moving
    page.press("Play: a picture walks through the network")
    asked, seen = page.tab.evaluate("window.lastAsked"), requests_of(page.tab)
    page.tab.locator(".walk select").select_option("4")
    expect(caption(page)).to_have_text(re.compile("^layer2.0Two ways: "))
    assert page.tab.evaluate("window.lastAsked") == asked
    assert not seen

    canvas = page.tab.locator(".walk canvas")
    for part in (canvas, caption(page), control(page, "Pause (space)"), control(page, "Open layer2.0")):
        expect(part).to_be_in_viewport(ratio=1)
    canvas.hover()
    tools = page.tab.get_by_role("navigation", name="Of this figure")
    expect(tools).to_be_visible()
    over = tools.bounding_box()
    assert over is not None
    for part in page.tab.locator(".walk :is(button, select, input)").all():
        under = part.bounding_box()
        assert under is None or over["y"] + over["height"] <= under["y"] or under["y"] + under["height"] <= over["y"]
    page.tab.keyboard.press("p")
    page.tab.wait_for_function("document.querySelector('.st-key-walk').dataset.alone !== undefined")
    expect(control(page, "Pause (space)")).to_be_in_viewport(ratio=1)
    page.tab.keyboard.press("Escape")
    page.idle()
    canvas.focus()
    page.tab.keyboard.press("Space")
    expect(control(page, "Play (space)")).to_be_visible()
    page.tab.keyboard.press("End")
    expect(caption(page)).to_have_text(re.compile(r"The answer: Ankle boot, 99\.9\s%\. ✓ Right, as its label says\."))
    page.tab.keyboard.press("ArrowLeft")
    expect(caption(page)).to_have_text("fc64 numbers become 10 outputs, one for each class.")
    control(page, "Open fc").click()
    page.idle()
    assert page.query["row"] == "fc"
    expect(caption(page)).to_have_text(re.compile("^fc"))

    page.tab.locator(".walk").evaluate(
        "walk => walk.walk.go(walk.walk.data.stops.find(s => s.title === 'layer2.1').time)"
    )
    click_f(page, "layer2.1")
    assert page.query["row"] == "layer2.1.bn2"
    page.expect_text(re.compile("channels of layer2.1.bn2"))


@pytest.mark.parametrize("page", [{"width": 390, "height": 844}], indirect=True)
def test_where_motion_is_reduced_it_stands_still_and_goes_step_by_step_also_on_a_phone(page: AppPage) -> None:
    page.open("/?network=resnet20&size=32&weights=fresh&walk=yes")
    assert not page.scrolls_sideways()
    expect(control(page, "Play (space)")).to_be_visible()
    expect(caption(page)).to_have_text("PictureThe picture as the network gets it: 32×32 pixels.")
    for words in ("conv13×3 convolution", "layer1.0Two ways", "layer1.0The two ways meet"):
        control(page, "One step on").click()
        expect(caption(page)).to_have_text(re.compile(f"^{re.escape(words)}"))
    moved = page.tab.locator(".walk").evaluate("walk => walk.walk.time")
    page.tab.wait_for_timeout(300)
    assert page.tab.locator(".walk").evaluate("walk => walk.walk.time") == moved
    control(page, "Open layer1.0").click()
    page.idle()
    assert page.query["row"] == "layer1.0"
    expect(page.tab.locator(".st-key-walk_details b").first).to_have_text("layer1.0")
    expect(page.tab.locator(".st-key-walk_details")).to_be_visible()
