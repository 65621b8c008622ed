"""Learn: the text of a chapter becomes Markdown: terms, links to chapters, formulas."""

from __future__ import annotations

from dataclasses import replace

from explorer.ui.learn.chapter import Source
from explorer.ui.learn.contents import BOOKS, CHAPTERS
from explorer.ui.learn.wording import cited, worded

ENGLISH = BOOKS["en"]
CHINESE = replace(ENGLISH, language="zh")


def test_a_term_shows_what_it_is_called_in_the_other_language():
    term = '<span class="term" tabindex="0">{}<span class="other">{}</span></span>'
    assert worded("a [[shortcut]]", ENGLISH) == f"a {term.format('shortcut', '捷径连接')}"
    assert worded("[[Shortcuts|shortcut]]", ENGLISH) == term.format("Shortcuts", "捷径连接")
    assert worded("[[捷径连接|shortcut]]", CHINESE) == term.format("捷径连接", "shortcut")


def test_a_link_to_a_chapter_stays_in_the_language():
    name = CHAPTERS[0].name
    assert worded(f"[so](chapter:{name})", ENGLISH) == f"[so](/learn?chapter={name})"
    assert worded(f"[so](chapter:{name})", CHINESE) == f"[so](/learn?lang=zh&chapter={name})"


def test_a_formula_on_a_line_of_its_own_is_set_apart_and_its_braces_stay():
    assert worded(r"a $$x_{i}$$ b", ENGLISH) == r"a $$x_{i}$$ b"
    assert worded("a\n\n$$\\frac{1}{2}$$\n\nb", ENGLISH) == "a\n\n$$\n\\frac{1}{2}\n$$\n\nb"


def test_a_source_is_a_link_where_it_can_be_read():
    assert cited(Source(text="A", url="https://example.org")) == "[A](https://example.org)"
    assert cited(Source(text="A")) == "A"
