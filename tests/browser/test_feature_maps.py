"""Journey 2: upload a JPEG, walk the depth, pick a channel; and what a person does wrong on the way."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.app_page import AppPage
from tests.browser.conftest import OpenTab

SMALL = "/feature-maps?network=resnet18&size=96"
GRID_COLUMNS = 8


def payload(name: str, *, size: tuple[int, int] = (160, 120), seed: int = 0, form: str = "JPEG") -> FilePayload:
    file = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, form)
    return {"name": name, "mimeType": f"image/{form.lower()}", "buffer": file.getvalue()}


def click_at(page: AppPage, key: str, across: float, down: float) -> None:
    """Clicks a chart at a place of its plot, each from 0 to 1."""
    area = page.tab.locator(f".st-key-{key} .nsewdrag").first
    box = area.bounding_box()
    assert box is not None
    area.click(position={"x": box["width"] * across, "y": box["height"] * down})
    page.idle()


def click_tile(page: AppPage, place: int, *, rows: int = 8) -> None:
    click_at(page, "grid", (place % GRID_COLUMNS + 0.5) / GRID_COLUMNS, (place // GRID_COLUMNS + 0.5) / rows)


def frame(page: AppPage, name: str) -> Locator:
    return page.tab.locator(f'.st-key-filmstrip button[data-name="{name}"]')


def test_a_jpeg_is_uploaded_the_depth_walked_and_a_channel_picked(page: AppPage) -> None:
    page.open(SMALL)
    expect(page.tab.locator(".st-key-filmstrip button")).to_have_count(1 + 1 + 8 + 1)

    page.upload("Add pictures", [payload("street.jpg")])
    assert page.selected("Picture") == "1 of 1: street.jpg"
    page.expect_text("input: 96×96")

    frame(page, "layer2.0").click()
    page.idle()
    assert page.query["row"] == "layer2.0"
    expect(frame(page, "layer2.0")).to_have_attribute("aria-current", "true")
    assert page.selected("Row") == "relu2 · relu · 128×12×12"

    page.press("Block →")
    assert page.query["row"] == "layer2.1"
    page.press("← Row")
    assert page.query["row"] == "layer2.1.add"
    page.select("Stage", "conv5_x · layer4")
    assert page.query["row"] == "layer4.0"

    click_tile(page, 19)
    assert page.query["channel"] == "19"
    page.expect_text(re.compile(r"^Channel 19 at y"))
    click_at(page, "channel_map", 0.5, 0.17)
    assert (page.query["y"], page.query["x"]) == ("0", "1")
    page.expect_text(re.compile(r"Channel 19 at y 0, x 1"))

    name, png = page.download("Grid as PNG")
    assert name == "layer4.0.relu2-512x3x3-channels-0-63.png"
    assert Image.open(io.BytesIO(png)).format == "PNG"
    name, npz = page.download("Maps as NPZ")
    assert name == "layer4.0.relu2-512x3x3.npz"
    assert np.load(io.BytesIO(npz))["layer4.0.relu2"].shape == (512, 3, 3)


def test_the_same_tile_can_be_clicked_again_after_going_back(page: AppPage) -> None:
    page.open(SMALL)
    click_tile(page, 10)
    assert page.query["channel"] == "10"
    page.back()
    assert "channel" not in page.query
    click_tile(page, 10)
    assert page.query["channel"] == "10"
    click_tile(page, 63)
    assert page.query["channel"] == "63"


def test_a_shared_link_shows_the_same_row_channel_and_position(open_tab: OpenTab) -> None:
    page = open_tab().open(SMALL + "&row=layer1.1.conv2&channel=5&y=3&x=20&scale=each&sort=energy&sample=flower")
    other = open_tab().open(page.path)
    for tab in (page, other):
        assert tab.selected("Row") == "conv2 · conv · 64×24×24"
        assert tab.selected("Picture") == "A flower (640×427)"
        tab.expect_text(re.compile("Channel 5 at y 3, x 20"))
    assert page.text() == other.text()


def test_from_the_global_pooling_on_there_are_bars_that_can_be_clicked(page: AppPage) -> None:
    page.open(SMALL)
    frame(page, "fc").click()
    page.idle()
    page.expect_text("Each of them sees the whole input. avgpool averages over the whole map")
    click_at(page, "bars", 0.5, 0.5)
    assert 400 < int(page.query["channel"]) < 600


def test_residual_and_depth_step_to_what_is_clicked(page: AppPage) -> None:
    page.open(SMALL + "&row=layer3.0")
    page.choose("View", "Residual: x + F(x)")
    page.expect_text("How much F(x) adds")
    click_at(page, "ratios", 0.95, 0.5)
    assert page.query["row"] == "layer4.1"
    page.choose("View", "Along the depth")
    page.expect_text(re.compile("silent on this picture"))
    click_at(page, "depth", 0.01, 0.5)
    assert page.query["row"] == "conv1"


def test_good_pictures_are_kept_and_every_bad_one_gets_its_sentence(page: AppPage) -> None:
    page.open(SMALL)
    whole = payload("whole.png", form="PNG")
    files: list[FilePayload] = [
        whole,
        {"name": "cut.png", "mimeType": "image/png", "buffer": whole["buffer"][:3000]},
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"},
        payload("pixel.png", size=(1, 1), form="PNG"),
        payload("other.jpg", seed=1),
    ]
    page.upload("Add pictures", files)
    page.expect_text(re.compile("^cut.png: .*cut off or damaged"))
    page.expect_text(re.compile("^notes.txt: The file is not a picture"))
    assert page.selected("Picture") == "3 of 3: other.jpg"
    page.select("Picture", "2 of 3: pixel.png")
    page.expect_text(re.compile("single pixel"))
    page.tab.get_by_text("ResNet Explorer").first.scroll_into_view_if_needed()
    page.go("Architecture")
    page.go("Feature maps")
    page.select("Picture", "1 of 3: whole.png")
    page.press("Remove mine")
    assert page.selected("Picture") == "A temple in China (640×427)"


def test_a_photo_from_the_camera_is_looked_at(page: AppPage) -> None:
    page.open(SMALL)
    page.press("Camera")
    page.tab.wait_for_function("document.querySelector('video')?.readyState >= 2")
    with page.tab.expect_response(lambda answer: "/upload_file/" in answer.url and answer.request.method == "PUT"):
        page.tab.get_by_test_id("stCameraInputButton").click()
    page.idle()
    assert page.selected("Picture") == "1 of 1: Camera"


@pytest.mark.parametrize("page", [{"width": 390, "height": 844}], indirect=True, ids=["phone"])
def test_on_a_phone_nothing_scrolls_sideways_and_a_tile_can_be_tapped(page: AppPage) -> None:
    page.open(SMALL)
    assert not page.scrolls_sideways()
    page.choose("Tiles", "4")
    click_at(page, "grid", 0.4, 0.01)
    assert page.query["channel"] == "1"
    for view in ("Residual: x + F(x)", "Along the depth"):
        page.choose("View", view)
        assert not page.scrolls_sideways()
