"""Journey 4: BatchNorm, train against eval, and what else a person does on that page."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.app_page import AppPage

SCREENS = [
    pytest.param({"width": width, "scheme": scheme}, id=f"{width}-{scheme}")
    for width, scheme in ((1440, "light"), (390, "dark"))
]
ASPECTS = {
    "Before and after": "values",
    "Running against batch": "batch",
    "Train against eval": "modes",
    "Four steps": "steps",
    "In eval: one line": "line",
    "All channels": "channels",
}
EXAMPLE = (
    "weights=digits&size=32&block=basic&depths=3,3,3&widths=8,16,32&stem=cifar&shortcut=A&in_channels=1&num_classes=10"
)
CHOSEN = "aspect => (new URLSearchParams(location.search).get('aspect') ?? 'values') === aspect"
APART = re.compile(r"Channel \d+: (\S+) apart on average")


def photo(seed: int) -> FilePayload:
    """A coloured noise picture as PNG."""
    pixels = np.random.default_rng(seed).integers(0, 256, size=(8, 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).resize((96, 96)).save(file, "PNG")
    return {"name": f"noise-{seed}.png", "mimeType": "image/png", "buffer": file.getvalue()}


def click_point(page: AppPage, chart: Locator) -> None:
    """Click the middle of something that Plotly drew; its own layer for the mouse lies above it."""
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.idle()


def apart(page: AppPage) -> float:
    found = APART.search(page.expect_text(APART).inner_text())
    assert found is not None
    return float(found[1].replace("−", "-"))


def test_train_against_eval_from_the_first_page_on(page: AppPage) -> None:
    page.open("/").go("BatchNorm")
    expect(page.tab.locator(".st-key-norm_histogram .main-svg").first).to_be_in_viewport(ratio=1)
    expect(page.tab.locator(".st-key-eval_line .main-svg").first).to_be_in_viewport(ratio=1)
    page.expect_text("trained example: clothes")
    chosen = page.query

    page.choose("Look at", "Train against eval")
    assert page.query == {**chosen, "aspect": "modes"}
    with_eight = apart(page)
    assert with_eight > 0

    page.tab.get_by_role("group", name="Pictures in the batch").get_by_role("slider").press("Home")
    page.idle()
    assert page.query["batch"] == "1"
    assert apart(page) > with_eight  # one picture is less like the training data than eight

    page.choose("Look at", "Before and after").choose("Mode", "In train mode")
    page.expect_text("In train mode the values of the batch are brought to mean 0 and variance 1")
    page.back()
    page.expect_text("In eval mode the norm is one fixed line for this channel")
    page.back().back()
    assert page.query == {**chosen, "aspect": "modes"}
    assert apart(page) == with_eight


def test_a_click_at_a_glance_picks_a_norm_and_a_click_on_a_bar_its_channel(page: AppPage) -> None:
    page.open(f"/batchnorm?{EXAMPLE}&aspect=modes")
    click_point(page, page.tab.locator(".st-key-glance .points path").nth(4))
    picked = page.query["row"]
    assert picked == "layer1.1.bn2"
    page.expect_text(re.compile(rf"^{re.escape(picked)} · conv2_x"))
    click_point(page, page.tab.locator(".st-key-mode_gaps .points path").nth(5))
    assert page.query["channel"] == "5"
    page.expect_text("Channel 5: ")
    page.back().back()
    assert "row" not in page.query


def test_sliders_move_the_line_and_reset_brings_it_back(page: AppPage) -> None:
    page.open(f"/batchnorm?{EXAMPLE}&aspect=line&row=layer2.0.bn1&channel=3")
    formulas = page.tab.locator("pre.code")
    own = formulas.inner_text()
    expect(page.expect_text("Folded into layer2.0.conv1")).to_be_visible()
    slider = page.tab.locator(".st-key-w_gamma").get_by_role("slider")
    for _ in range(5):
        slider.press("ArrowRight")
    page.idle()
    assert float(page.query["gamma"]) == pytest.approx(0.95, abs=0.011)
    assert formulas.inner_text() != own
    page.press("Reset")
    assert "gamma" not in page.query
    assert formulas.inner_text() == own


def test_uploads_are_the_batch_and_one_alone_is_cut_into_crops(page: AppPage) -> None:
    page.open("/batchnorm?network=resnet18&size=64")
    page.upload("Add pictures", [photo(1)])
    page.expect_text("The batch: 8 crops of noise-1.png. Crops of one picture are not a representative batch")
    page.upload("Add pictures", [photo(2), photo(3)])
    page.expect_text("The batch: 3 of your 3 pictures.")
    page.expect_text("3 of your 3 pictures, at 32×32 positions")


def test_thresholds_decide_what_is_found_and_the_csv_has_a_row_per_channel(page: AppPage) -> None:
    page.open(f"/batchnorm?{EXAMPLE}").press("Thresholds").enter("Near-zero γ below", 0.9)
    assert page.query["near_zero_gamma"] == "0.9"
    page.tab.keyboard.press("Escape")
    said = page.expect_text(re.compile(r"▲ near-zero γ: \d+ of 344 channels")).inner_text()
    counted = re.search(r"γ: (\d+) of", said)
    assert counted is not None
    name, data = page.download("Findings as CSV")
    assert name == "norm-findings.csv"
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert len(rows) == int(counted[1])
    assert all(float(row["value"]) < 0.9 for row in rows)


def test_the_example_that_is_offered_is_one_step_of_back(page: AppPage) -> None:
    page.open("/batchnorm?network=resnet18&size=64").press("Show the trained example: clothes")
    assert page.query["weights"] == "clothes"
    assert page.selected("Input size") == "28×28"
    page.back()
    assert page.query == {"network": "resnet18", "size": "64"}
    page.expect_text("Untrained: γ and β have their starting values.")


@pytest.mark.parametrize("page", SCREENS, indirect=True)
def test_no_side_of_the_page_scrolls_sideways(page: AppPage) -> None:
    page.open("/batchnorm")
    for label, value in ASPECTS.items():
        page.choose("Look at", label)
        page.tab.wait_for_function(CHOSEN, arg=value)
        page.idle()
        assert not page.scrolls_sideways(), label
