"""The diagram in a real browser: picked with the pointer and with keys, updated in place, legible at both widths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from explorer import ResNetSpec, describe, preset, trace
from explorer.views.diagram import layout
from explorer.views.drawing import Orientation
from explorer.views.palette import STAGE_COLOURS, Theme
from explorer.views.svg import to_svg
from tests.browser.app_page import AppPage
from tests.browser.conftest import OpenTab
from tests.browser.server import AppServer, serve

LONG = ResNetSpec(widths=(1024, 2048, 4096, 8192), groups=64, base_width=8, shortcut="D", squeeze_excite=True)

# pixels that nobody sees
UNSEEN = 0.5

# each text of a file, and how far it sticks out of the box around it or of the whole picture
OVERHANGS = """() => {
  const whole = document.querySelector("svg").getBoundingClientRect();
  const sticks = [];
  for (const text of document.querySelectorAll("text")) {
    const box = text.previousElementSibling?.tagName === "rect" && text.getAttribute("text-anchor") === "middle"
      ? text.previousElementSibling.getBoundingClientRect() : whole;
    const room = text.getBoundingClientRect();
    sticks.push([text.textContent, Math.max(box.left - room.left, room.right - box.right)]);
  }
  return sticks;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """A page with nothing but the diagram, in place of the app."""
    with serve(tmp_path_factory.mktemp("diagram"), app=Path(__file__).with_name("diagram_app.py")) as running:
        yield running


def item(page: AppPage, name: str) -> Locator:
    """What stands for a name in the drawing that is shown; a block's frame before its tick."""
    return page.tab.locator(f'[data-id="{name}"]').locator("visible=true").first


def expect_outlined(page: AppPage, *names: str) -> None:
    """Waits until these names are outlined in the drawing that is shown, and no others."""
    outlined = page.tab.locator('[aria-pressed="true"]').locator("visible=true")
    if not names:
        expect(outlined).to_have_count(0)
    for name in names:
        expect(item(page, name).and_(outlined)).to_be_visible()
    assert {element.get_attribute("data-id") for element in outlined.all()} == set(names)


def expect_picked(page: AppPage, name: str, picks: int = 1) -> None:
    page.expect_text(f"selected {name}, returned {name}, picks {picks}")


def test_a_click_on_an_operation_picks_it(page: AppPage) -> None:
    page.open()
    for picks, name in enumerate(["layer2.1.conv2", "layer2.0.shortcut", "layer1.0.bn1", "maxpool"], start=1):
        # the middle of a shortcut's frame is empty where it has no projection; its first box is the projection
        target = item(page, name).locator("rect").first if name.endswith("shortcut") else item(page, name)
        target.click()
        expect_picked(page, name, picks)
        expect(item(page, name)).to_have_attribute("aria-pressed", "true")


def test_a_click_beside_the_operations_picks_the_block_and_on_the_header_the_stage_in_place(page: AppPage) -> None:
    page.open()
    page.tab.evaluate(
        "window.root = [...document.querySelectorAll('*')].find(e => e.shadowRoot?.querySelector('.diagram'))"
    )
    item(page, "layer2.0").locator("text").first.click()
    expect_picked(page, "layer2.0")
    item(page, "layer2").locator("text").first.click()
    expect_picked(page, "layer2", 2)
    expect_outlined(page, "layer2")
    # nothing was drawn anew for it
    assert page.tab.evaluate("window.root.isConnected && !!window.root.shadowRoot.querySelector('[aria-pressed]')")


def test_a_tick_picks_its_block_out_of_the_run(page: AppPage) -> None:
    page.open("/?network=resnet152")
    item(page, "layer3.17").click()
    expect_picked(page, "layer3.17")
    expect(item(page, "layer3.17").locator("text").first).to_have_text("layer3.17")
    item(page, "layer3.17.conv2").click()
    expect_picked(page, "layer3.17.conv2", 2)


def test_the_same_thing_can_be_picked_twice(page: AppPage) -> None:
    page.open()
    item(page, "fc").click()
    expect_picked(page, "fc")
    item(page, "fc").click()
    expect_picked(page, "fc", 2)
    page.press("Forget")
    page.expect_text("selected None, returned None, picks 2")
    expect_outlined(page)


def test_everything_can_be_reached_and_picked_with_keys(page: AppPage) -> None:
    page.open()
    item(page, "conv1").focus()
    keyboard = page.tab.keyboard
    keyboard.press("Enter")
    expect_picked(page, "conv1")
    expect(item(page, "conv1")).to_be_focused()
    keyboard.press("ArrowRight")
    keyboard.press("Space")
    expect_picked(page, "maxpool", 2)
    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    expect_picked(page, "bn1", 3)
    keyboard.press("ArrowLeft")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect_picked(page, "layer1.0", 4)


def test_a_phone_gets_the_cards_one_above_the_other(open_tab: OpenTab) -> None:
    page = open_tab(width=390).open()
    tops = [item(page, stage).bounding_box() for stage in ("stem", "layer1", "layer2", "layer3", "layer4", "head")]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in tops)
    assert not page.scrolls_sideways()
    item(page, "layer3.1.conv2").click()
    expect_picked(page, "layer3.1.conv2")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_desk_gets_the_cards_in_a_row_on_the_first_screen_in_the_colours_of_the_theme(
    open_tab: OpenTab, scheme: Theme
) -> None:
    page = open_tab(scheme=scheme).open()
    boxes = [item(page, stage).bounding_box() for stage in ("stem", "layer1", "layer2", "layer3", "layer4", "head")]
    assert [box["x"] for box in boxes if box] == sorted(box["x"] for box in boxes if box)
    assert all(box and box["y"] + box["height"] <= 900 for box in boxes)
    title = item(page, "layer2").locator("text").first
    colour = STAGE_COLOURS[scheme]["layer2"]
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    expect(title).to_have_css("fill", f"rgb({red}, {green}, {blue})")


@pytest.mark.parametrize("orientation", ["wide", "narrow"])
@pytest.mark.parametrize("name", ["resnet50", "resnext101_64x4d", "preact152", "resnet1202", "resnet50d", "long"])
def test_no_text_of_the_file_is_cut_off(browser: Browser, name: str, orientation: Orientation) -> None:
    plan = trace(describe(LONG if name == "long" else preset(name)), (224, 224))
    tab = browser.new_page()
    tab.set_content(to_svg(layout(plan, orientation=orientation)))
    overhangs = tab.evaluate(OVERHANGS)
    tab.close()
    assert len(overhangs) > 30
    assert not [entry for entry in overhangs if entry[1] > UNSEEN]
