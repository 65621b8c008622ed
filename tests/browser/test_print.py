"""Every page on A4: whole, without controls, with its name and address; read back by PDFium."""

from __future__ import annotations

import pypdfium2
import pytest

from explorer.ui.pages import FIRST, PAGES
from tests.browser.app_page import AppPage

A4 = (595, 842)
EDGE = 10 / 25.4 * 72
"""Ten millimetres, in points: inside the margin of twelve."""
MOST_SHEETS = 8
CONTROLS = ("More options", "Diagram as SVG", "Save drawing", "Upload", "CSV")


def printed(page: AppPage) -> pypdfium2.PdfDocument:
    """The page as a person prints it: with the margins and the size that it asks for."""
    return pypdfium2.PdfDocument(page.tab.pdf(prefer_css_page_size=True))


def words_of(sheet: pypdfium2.PdfPage) -> str:
    return str(sheet.get_textpage().get_text_bounded())


@pytest.mark.parametrize("page", [{"scheme": "dark"}], indirect=True)
def test_every_page_is_whole_on_a4(page: AppPage) -> None:
    for path, of_the_app in PAGES.items():
        page.open("/" if path == FIRST else f"/{path}")
        document = printed(page)
        assert 1 <= len(document) <= MOST_SHEETS, path
        for number, sheet in enumerate(document, 1):
            assert sheet.get_size() == pytest.approx(A4, abs=1), path
            words = words_of(sheet)
            assert f"ResNet Explorer · {of_the_app.title}" in words, path
            assert f"{number} / {len(document)}" in words, path
            assert "http://127.0.0.1" in words, path
            assert not [control for control in CONTROLS if control in words], path
            text = sheet.get_textpage()
            right = max(text.get_charbox(place)[2] for place in range(text.count_chars()))
            assert right <= A4[0] - EDGE, path


def test_the_diagram_and_every_row_of_the_table_are_there_in_every_print(page: AppPage) -> None:
    page.open("/?tab=layers")
    chart = page.tab.locator(".st-key-profile .main-svg").first
    before = chart.bounding_box()
    for _ in range(2):
        document = printed(page)
        first = words_of(document[0])
        assert "7×7, 64, /2" in first  # the diagram's first box
        assert first.count("conv5_x") == 2  # above its card, and at the right end of the chart
        words = "\n".join(map(words_of, document))
        for layer in ("conv1", "layer2.0.downsample.0", "layer4.2.relu3", "avgpool", "fc"):
            assert layer in words
        assert "115,605,504" in words  # the MACs of a 3×3 convolution, 64 to 64 channels on 56×56
    # on the screen nothing of it is left
    assert not page.tab.locator(".on-paper").locator("visible=true").count()
    assert chart.bounding_box() == before
