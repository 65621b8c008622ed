"""Chapters as they are read, each opened once for all tests."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html import unescape
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from explorer.ui.learn import asking
from explorer.ui.learn.chapter import Chapter
from explorer.ui.learn.contents import BY_NAME, CHAPTERS
from explorer.ui.learn.quantities import fill
from tests.ui.app import open_app


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def as_read(words: str) -> str:
    """Words as they are read, on one line: numbers filled in but for those of figures, terms without their marks."""
    pieces = re.split(r"(\n\n)", words)
    return _on_one_line(re.sub(r"\[\[([^]|]+)(?:\|[^]]+)?\]\]", r"\1", "".join(map(_filled, pieces))))


def _filled(words: str) -> str:
    try:
        return fill(words)
    except ValueError:
        return words


def _with_numbers(chapter: Chapter) -> Chapter:
    traps = tuple(replace(trap, written=as_read(trap.written), so=as_read(trap.so)) for trap in chapter.traps)
    return replace(chapter, text=as_read(chapter.text), traps=traps)


FILLED = {name: _with_numbers(chapter) for name, chapter in BY_NAME.items()}
"""The chapters with their numbers, but for those of figures; text and traps are a line each."""


@cache
def opened(name: str) -> AppTest:
    """The page Learn on a chapter, which asks with the same numbers every time; look, do not change.

    Args:
        name: of the chapter.
    """
    with patch.object(asking, "randbelow", lambda _: 0):
        at = open_app("learn", **({"chapter": name} if name != CHAPTERS[0].name else {}))
    assert not at.exception
    return at


def read(name: str) -> str:
    """All that stands on the page of a chapter; tables as cells with bars between."""
    at = opened(name)
    html = "".join(element.proto.body for element in at.get("html"))
    cells = re.sub(r"</t[dh]><t[dh][^>]*>", "|", html)
    words = "\n".join(_on_one_line(element.value) for element in [*at.markdown, *at.caption])
    words = re.sub(r'<span class="term" tabindex="0">([^<]*)<span class="other">[^<]*</span></span>', r"\1", words)
    return f"{unescape(cells)}\n{words}".replace("\u00a0", " ").replace("\u2011", "-")
