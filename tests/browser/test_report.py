"""A report in a browser without a network: it asks nobody, and answers to clicks, keys, themes and paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import describe, preset, trace
from explorer.views.export.report.report import HINT, report
from tests.views.export.test_report import of_a_run

PLAN = trace(describe(preset("resnet20")), (32, 32))
HEAVIEST = max(PLAN.layers, key=lambda row: row.params)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "resnet20-report.html"
    address = "https://school.example/?network=resnet20"
    path.write_text(report(PLAN, made=date(2026, 12, 1), address=address, inside=of_a_run(PLAN)), encoding="utf-8")
    return path


@contextmanager
def opened(browser: Browser, file: Path, *, width: int = 1440, scheme: str = "light") -> Iterator[Page]:
    """The file as a double click opens it; nothing may be asked for, nothing may go wrong."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())
    page.locator("html[data-ready]").wait_for(state="attached")
    yield page
    context.close()
    assert [one for one in asked if not one.startswith("data:")] == [file.as_uri()]
    assert wrong == []


def numbers(page: Page) -> str:
    return page.locator("#details").inner_text()


def test_what_is_picked_anywhere_is_marked_everywhere(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        assert numbers(page).strip() == HINT
        page.locator('.diagram svg.wide [data-id="layer2.0.shortcut"]').dispatch_event("click")
        assert "Dotted" in numbers(page)
        # the arrow keys of the app's own diagram
        first = page.locator('.diagram svg.wide [data-id="conv1"]')
        first.focus()
        first.press("Enter")
        assert "3·3·3·16 = 432" in numbers(page)
        expect(first).to_have_attribute("aria-pressed", "true")
        picked = page.locator("#layer_table tr.picked")
        assert picked.locator("th").inner_text() == "conv1"
        # a row of the table, whose block is what the drawing has of it
        page.locator("#layer_table th", has_text="layer1.1.conv2").click()
        assert "layer1.1.conv2" in numbers(page)
        assert page.locator(".diagram svg.wide [aria-pressed]").get_attribute("data-id") == "layer1.1"
        page.keyboard.press("Escape")
        assert numbers(page).strip() == HINT
        assert page.locator("[aria-pressed=true][data-id], tr.picked").count() == 0
        # a chart, and the maps
        page.locator("#depth .chart").scroll_into_view_if_needed()
        page.locator("#depth .nsewdrag").first.click(position={"x": 200, "y": 40})
        assert numbers(page).strip() != HINT
        maps = page.locator("[data-channels]").first
        maps.hover(position={"x": 3, "y": 3})
        strongest = page.locator("[data-channels]").first.get_attribute("data-channels") or ""
        expect(maps).to_have_attribute("title", f"channel {strongest.split(',')[0]}")
        page.locator("[data-row]").last.click()
        assert page.locator("[data-row]").last.inner_text() in numbers(page)


def test_tables_are_sorted_and_searched(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        params = page.locator("#layer_table thead th", has_text="Params").get_by_role("button")
        names = page.locator("#layer_table tbody th")
        params.click()
        params.click()
        assert names.first.inner_text() == next(row.layer for row in PLAN.layers if row.params == HEAVIEST.params)
        params.click()
        assert names.first.inner_text() == "conv1"
        page.get_by_role("searchbox").fill("norm 64x8x8")
        there = [row.layer for row in PLAN.layers if row.kind == "norm" and row.output_shape == (64, 8, 8)]
        assert page.locator("#layer_table tbody tr:visible th").all_inner_texts() == there
        assert page.locator("#found").inner_text() == f"{len(there)} of {len(PLAN.layers)} rows"


def test_another_quantity_is_drawn_along_the_layers(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        title = page.locator("#profile .ytitle")
        assert title.text_content() == "MACs"
        page.locator("#profile").get_by_role("button", name="Channels").click()
        assert title.text_content() == "channels"
        bars = page.locator("#profile .bars .point")
        assert bars.count() == len(PLAN.layers)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_reads_it_in_both_themes(browser: Browser, file: Path, scheme: str) -> None:
    with opened(browser, file, width=390, scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 20, 25)"}[scheme]
        page.locator('.diagram svg.narrow [data-id="layer3"]').dispatch_event("click")
        box = page.locator("#details").bounding_box()
        assert box is not None
        assert 400 < box["y"] < 900  # at the foot of the screen, where the diagram is still seen


def test_it_prints_on_white_with_nothing_cut(browser: Browser, file: Path) -> None:
    with opened(browser, file, scheme="dark") as page:
        data = page.pdf(prefer_css_page_size=True)
    with pypdfium2.PdfDocument(data) as document:
        texts = [one.get_textpage().get_text_range() for one in document]
        paper = document[0].render(scale=1).to_pil().convert("L")
    assert "ResNet-20 (CIFAR)" in texts[0]
    assert "layer3.2.relu2" in "".join(texts)
    assert paper.getpixel((5, 5)) == 255
