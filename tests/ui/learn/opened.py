"""Chapters as they are read, each opened once for all tests."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html import unescape

from streamlit.testing.v1 import AppTest

from explorer.ui.learn.chapter import Chapter
from explorer.ui.learn.contents import BY_NAME, CHAPTERS
from explorer.ui.learn.quantities import filled
from tests.ui.app import open_app


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def _with_numbers(chapter: Chapter) -> Chapter:
    chapter = filled(chapter)
    traps = tuple(replace(trap, so=_on_one_line(trap.so)) for trap in chapter.traps)
    return replace(chapter, text=_on_one_line(chapter.text), traps=traps)


FILLED = {name: _with_numbers(chapter) for name, chapter in BY_NAME.items()}
"""The chapters with their numbers, but for those of the captions; text and traps are a line each."""


@cache
def opened(name: str) -> AppTest:
    """The page Learn on a chapter; look, do not change.

    Args:
        name: of the chapter.
    """
    at = open_app("learn", **({"chapter": name} if name != CHAPTERS[0].name else {}))
    assert not at.exception
    return at


def read(name: str) -> str:
    """All that stands on the page of a chapter; tables as cells with bars between."""
    at = opened(name)
    html = "".join(element.proto.body for element in at.get("html"))
    cells = re.sub(r"</t[dh]><t[dh][^>]*>", "|", html)
    words = "\n".join(_on_one_line(element.value) for element in [*at.markdown, *at.caption])
    return f"{unescape(cells)}\n{words}".replace("\u00a0", " ").replace("\u2011", "-")
