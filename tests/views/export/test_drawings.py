"""A drawing as PDF and PNG, read back by PDFium and Pillow: every word, the right size, nothing blank."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html import unescape

import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics

from explorer import describe, preset, trace
from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import trace_block
from explorer.views.block_drawing import block_drawing
from explorer.views.diagram import layout
from explorer.views.drawing import Drawing, Text
from explorer.views.export.drawings import FONTS, to_pdf, to_png
from explorer.views.svg import to_svg

DRAWINGS: dict[str, Drawing] = {
    "wide": layout(trace(describe(preset("seresnet50")), (224, 224))),
    "narrow": layout(trace(describe(preset("resnet1202")), (32, 32)), orientation="narrow"),
}


def words_of(svg: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_pdf_holds_every_word_of_the_drawing_on_one_page_of_its_size(name: str) -> None:
    drawing = DRAWINGS[name]
    document = pypdfium2.PdfDocument(to_pdf(drawing))
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx((drawing.width * 0.75, drawing.height * 0.75), abs=0.1)
    assert document.get_metadata_value("Title") == drawing.title
    found = document[0].get_textpage().get_text_bounded()
    words = words_of(to_svg(drawing))
    assert len(words) > 20
    # a PDF is read in the order of places on the page, so that each piece is looked for
    missing = [word for text in words for word in text.split() if word not in found]
    assert not missing


def test_signs_beyond_ascii_are_letters_of_the_embedded_font() -> None:
    for name in FONTS.values():
        glyphs = pdfmetrics.getFont(name).face.charToGlyph
        assert not [sign for sign in "×−–·→≠✕γβμσεΣ√²" if not glyphs.get(ord(sign))]


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_png_is_the_drawing_at_three_times_its_size(name: str) -> None:
    drawing = DRAWINGS[name]
    picture = Image.open(io.BytesIO(to_png(drawing))).convert("RGB")
    assert picture.width == pytest.approx(3 * drawing.width, abs=2)
    assert picture.height == pytest.approx(3 * drawing.height, abs=2)
    card = drawing.cards[1]
    x, y = 3 * (card.rect.x + card.rect.width / 2), 3 * (card.rect.y + 1.5)
    assert picture.getpixel((round(x), round(y))) == (0x0F, 0x76, 0x6E)  # the first stage's colour, as the theme has it
    assert picture.getpixel((1, 1)) == (255, 255, 255)


def test_what_stands_above_a_card_is_on_the_page_and_in_the_file() -> None:
    drawing = DRAWINGS["wide"]
    first = drawing.cards[0]
    note = Text(first.rect.x, -4, "learns", 10)
    noted = replace(drawing, cards=(replace(first, note=note), *drawing.cards[1:]))
    page = pypdfium2.PdfDocument(to_pdf(noted))[0]
    assert page.get_size()[1] == pytest.approx((drawing.height + 17) * 0.75, abs=0.1)
    assert "learns" in page.get_textpage().get_text_bounded()
    assert 'viewBox="0 -17 ' in to_svg(noted)


def test_a_clash_of_shapes_is_saved_with_its_words() -> None:
    spec = BlockSpec(channels_in=64, channels_out=128, shortcut="identity")
    drawing = block_drawing(spec, trace_block(spec, (56, 56)), batch=1)
    found = pypdfium2.PdfDocument(to_pdf(drawing))[0].get_textpage().get_text_bounded()
    assert "Clash: these shapes do not agree" in found
