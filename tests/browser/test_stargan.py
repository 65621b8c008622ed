"""A journey through the StarGAN generator: chosen, counted, fed with a picture, its norms, and what it refuses."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.app_page import AppPage


def test_the_generator_is_picked_fed_and_its_norms_are_looked_at(page: AppPage) -> None:
    page.open("/").select("Network", "StarGAN generator · Generators")
    assert page.query == {"network": "stargan"}
    assert page.metric("Parameters") == "8,430,528"
    up = page.tab.locator(".st-key-diagram").get_by_role("button", name="main.15: 4×4 transposed convolution").first
    up.click()
    page.idle()
    assert page.query["row"] == "main.15"
    page.expect_text("524,288·32·32 = 536,870,912")

    page.enter("Width", 8)
    page.go("Feature maps")
    page.expect_text("output: 128×128")
    page.expect_text("the picture that comes out is noise")
    page.tab.get_by_test_id("stButtonGroup").get_by_role("button", name="Male").click()
    page.idle()
    assert page.query["domains"] == "1,4"
    out = page.tab.locator('.st-key-filmstrip button[data-name="main.22"]')
    expect(out.locator("img")).to_be_visible()
    out.click()
    page.idle()
    assert page.selected("Row") == "main.22 · tanh · 3×128×128"

    page.go("BatchNorm")
    page.expect_text("Instance norm takes mean and variance of each picture by itself")
    page.tab.get_by_text("Running against batch", exact=True).click()
    page.idle()
    page.expect_text("picture by picture")
    assert not page.scrolls_sideways()


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        ("130", "A picture of 130×130 comes back as 128×128"),
        ("3", "choose an input of at least 4×4."),
    ],
)
def test_a_size_that_it_does_not_return_or_cannot_take_gets_its_sentence(
    page: AppPage, size: str, sentence: str
) -> None:
    page.open(f"/?network=stargan&conv_dim=8&size={size}")
    page.expect_text(sentence)
    assert page.query["size"] == size
