"""What stands in a control is said in the words of what is chosen now, whatever was chosen before."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.app_page import AppPage
from tests.browser.conftest import OpenTab

SMALL = "network=resnet18&size=64&weights=fresh"

SHOWN_SCRIPT = """() => {
  const all = (root, selector) => [...root.querySelectorAll(selector)].filter(one => one.checkVisibility());
  const words = {
    stSelectbox: box => [box.querySelector("input").value],
    stMultiSelect: box => all(box, "[data-tag-index], [data-baseweb=tag], [role=row]").map(one => one.innerText),
    stButtonGroup: box => all(box, "[aria-checked=true], [aria-pressed=true]").map(one => one.innerText),
    stRadio: box => all(box, "label:has(input:checked)").map(one => one.innerText),
    stSlider: box => all(box, "[role=slider]").map(one => one.getAttribute("aria-valuetext")),
    stNumberInput: box => [box.querySelector("input").value],
  };
  return Object.entries(words).flatMap(([kind, read]) =>
    all(document, `[data-testid=${kind}]`).map(box => [
      box.querySelector("[data-testid=stWidgetLabel]")?.innerText ?? "", ...read(box)]));
}"""


CHANGES = {"Input size": "96×96", "Depth": "34", "Network": "ResNet-50"}


@pytest.mark.parametrize(
    "address",
    [
        "/?tab=layers&",
        "/feature-maps?row=layer1.0.conv1&",
        "/batchnorm?row=layer1.0.bn2&",
        "/compare?nets=this,resnet101&",
        "/compare?nets=this,resnet101&part=picture&",
        "/gradient-flow?g_nets=this,plain-8&",
        "/transfer?x_source=network&",
    ],
)
def test_a_control_reads_as_in_a_tab_that_was_opened_now(open_tab: OpenTab, address: str) -> None:
    page, fresh = open_tab().open(address + SMALL), open_tab()
    for control, option in CHANGES.items():
        page.select(control, option)
        _expect_the_same(page, fresh)


def test_a_norm_that_both_networks_have_reads_as_that_of_the_second(open_tab: OpenTab) -> None:
    page, fresh = open_tab().open("/batchnorm?row=bn1&network=resnet20&size=32&weights=fresh"), open_tab()
    assert page.selected("Norm") == "bn1 · 16 channels"
    page.select("Network", "ResNet-18")
    assert page.selected("Norm") == "bn1 · 64 channels"
    _expect_the_same(page, fresh)


def _expect_the_same(page: AppPage, fresh: AppPage) -> None:
    fresh.open(page.path)
    assert page.tab.evaluate(SHOWN_SCRIPT) == fresh.tab.evaluate(SHOWN_SCRIPT)
    expect(fresh.tab.get_by_text("left out")).to_have_count(0)
