"""The text of a chapter as Streamlit's Markdown takes it: numbers filled in, terms marked, other chapters linked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from explorer.ui.learn.chapter import Source
from explorer.ui.learn.contents import ENGLISH, GLOSSARY, Book
from explorer.ui.learn.quantities import fill

_TERM = re.compile(r"\[\[([^\]|]+)(?:\|([^\]]+))?\]\]")
_FORMULA = re.compile(r"^\$\$(.+?)\$\$$", re.MULTILINE)
_TO_CHAPTER = re.compile(r"\]\(chapter:([a-z0-9-]+)\)")


def worded(text: str, book: Book, own: Mapping[str, object] | None = None) -> str:
    """Markdown of a chapter as it is read; it holds HTML for its terms.

    ``[[shortcut]]`` or ``[[shortcuts|shortcut]]`` is a term of the glossary, ``[a block](chapter:block)`` a link; a
    formula on a line of its own is centred.

    Args:
        text: as it is written in the chapter.
        book: the language.
        own: names in braces that hold here alone.
    """
    text = _TERM.sub(lambda found: _term(found[1], found[2] or found[1], book.language), fill(text, own))
    text = _FORMULA.sub(r"$$\n\1\n$$", text)
    return _TO_CHAPTER.sub(lambda found: f"]({address(found[1], book)})", text)


def address(chapter: str, book: Book) -> str:
    """Where a chapter is read, from the root of the host."""
    assert chapter in book.by_name, f"there is no chapter {chapter}"
    language = {} if book.language == ENGLISH else {"lang": book.language}
    return f"/learn?{urlencode({**language, 'chapter': chapter})}"


def _term(words: str, name: str, language: str) -> str:
    """A term that shows what it is called in the other languages, on hover, touch and focus."""
    others = [word for other, word in GLOSSARY[name].items() if other != language]
    shown = GLOSSARY[name].get(language, words) if words == name else words
    return (
        f'<span class="term" tabindex="0">{escape(shown)}<span class="other">{escape(", ".join(others))}</span></span>'
    )


def cited(source: Source) -> str:
    """A source as a link in Markdown."""
    text = fill(source.text)
    return f"[{text}]({source.url})" if source.url else text
