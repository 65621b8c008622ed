"""Journey 1: pick ResNet-18 and 96×96, read its parameters, click a block, save the table and compare it."""

import io

import pandas as pd
import pytest
from playwright.sync_api import expect

from explorer import describe, preset, trace
from explorer.views.tables import layer_table, with_context
from tests.browser.app_page import AppPage


def pick_in_diagram(page: AppPage, name: str) -> None:
    item = page.tab.locator(f'svg.wide [data-id="{name}"]').first
    item.focus()  # the middle of a shortcut is not on its line
    item.press("Enter")
    page.idle()


def test_pick_read_click_and_save(page: AppPage) -> None:
    page.open("/")
    page.select("Depth", "18")
    page.select("Input size", "96×96")
    assert page.metric("Parameters") == "11,689,512"
    pick_in_diagram(page, "layer2.0.shortcut")
    page.expect_text("64 channels in, 128 out")
    assert page.query["row"] == "layer2.0.shortcut"
    page.choose("Table", "Layers")
    name, content = page.download("CSV")
    assert name == "resnet18-96x96-layers.csv"
    saved = pd.read_csv(io.BytesIO(content), keep_default_na=False)
    plan = trace(describe(preset("resnet18")), (96, 96))
    expected = with_context(layer_table(plan), plan).drop(columns="dilation")  # nothing dilates
    assert list(saved) == list(expected)
    assert saved["params"].sum() == 11_689_512
    assert saved["layer"].tolist() == expected["layer"].tolist()
    assert saved["output_shape"].tolist() == expected["output_shape"].tolist()
    assert saved["macs"].tolist() == expected["macs"].tolist()

    page.tab.get_by_role("button", name="Save drawing").click()
    name, content = page.download("SVG")
    assert name == "resnet18-96x96.svg"
    assert content.lstrip().startswith(b"<svg")
    assert b"conv3_x" in content


def test_a_click_selects_in_diagram_table_and_profile(page: AppPage) -> None:
    page.open("/?tab=blocks")
    pick_in_diagram(page, "layer3.0")
    expect(page.tab.locator("[class*=st-key-details]")).to_contain_text("layer3.0")
    page.tab.locator(".st-key-profile .scatterlayer .point, .st-key-profile .barlayer .point").first.click(force=True)
    page.idle()
    assert page.query["row"] != "layer3.0"
    page.back()
    assert page.query["row"] == "layer3.0"


@pytest.mark.parametrize("page", [{"width": 390, "scheme": "dark"}], indirect=True)
def test_on_a_phone_nothing_scrolls_sideways(page: AppPage) -> None:
    # with gates, and with so many blocks in a stage that its ticks become a bar
    for query in ("network=seresnet50", "stem=cifar&block=basic&depths=41,41&widths=16,32&size=32"):
        page.open(f"/?{query}")
        assert not page.scrolls_sideways()
