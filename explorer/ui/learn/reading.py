"""One chapter as it is read: text, questions, movers, figures, code, traps, where to try it, sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from importlib import import_module
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui import state
from explorer.ui.components.listing import listing
from explorer.ui.learn import figures
from explorer.ui.learn.asking import ask, ask_trap
from explorer.ui.learn.chapter import Chapter, Link, Part
from explorer.ui.learn.contents import Book
from explorer.ui.learn.moving import move
from explorer.ui.learn.wording import cited, worded
from explorer.ui.pages import PAGES
from explorer.ui.params.shared import LANGUAGE
from explorer.ui.shell import streamlit_page

CODE = Path(__file__).parent / "code"


def read(chapter: Chapter, book: Book) -> None:
    """Draw a chapter: what can be read at once, then what is computed."""
    st.html(f"<h2 class='chapter'>{escape(chapter.title, quote=False)}</h2>")
    waiting: list[tuple[DeltaGenerator, Part]] = []
    for place, part in enumerate(chapter.parts):
        box = st.container(key=f"learn_{part.kind}_{place}")
        if _waits(part, book):
            waiting.append((box, part))
            continue
        with box:
            _draw(part, chapter, book, {})
    _tries(chapter, book)
    label = book.words["source" if len(chapter.sources) == 1 else "sources"]
    st.caption(f"{label} {'; '.join(map(cited, chapter.sources))}")
    numbers: dict[str, object] = {}
    for box, part in waiting:
        with box:
            numbers.update(_draw(part, chapter, book, numbers))


def figure(name: str) -> Callable[[], Mapping[str, object]]:
    """What draws a figure and returns the numbers that its caption, and the text after it, may name.

    Its module is imported now, when the text has gone to the browser: most of them need torch.

    Args:
        name: ``norms.two_modes``, a module of ``explorer.ui.learn.figures`` and a function in it.
    """
    module, function = name.split(".")
    found: Callable[[], Mapping[str, object]] = getattr(import_module(f"{figures.__name__}.{module}"), function)
    return found


def follow(link: Link) -> None:
    """A link to a page in the state that it names, and in no other; the language goes along."""
    language = state.get(LANGUAGE)
    query = {**link.query, **({} if language == LANGUAGE.default else {LANGUAGE.name: language})}
    st.page_link(streamlit_page(PAGES[link.page]), label=link.label, query_params=query, width="content")


def _waits(part: Part, book: Book) -> bool:
    """Whether a part has to be computed, or names what a figure returns."""
    if part.kind in ("figure", "move"):
        return True
    try:
        worded(part.text, book)
    except ValueError:
        return True
    return False


def _draw(part: Part, chapter: Chapter, book: Book, numbers: Mapping[str, object]) -> Mapping[str, object]:
    """Draw a part.

    Args:
        part: of the chapter.
        chapter: that it belongs to.
        book: the language.
        numbers: that the figures before it returned.

    Returns:
        The numbers that words after it may name.
    """
    match part.kind:
        case "text":
            st.markdown(worded(part.text, book, numbers), unsafe_allow_html=True)
            return {}
        case "figure":
            numbers = figure(part.name)()
        case "move":
            move(part.name, book)
        case "code":
            listing((CODE / f"{part.name}.py").read_text(encoding="utf-8"), language="python", wraps=True)
        case "question":
            ask(part.name, book)
        case "trap":
            ask_trap(chapter.traps[int(part.name) - 1], book, name=f"{chapter.name}-{part.name}", follow=follow)
    if part.text:
        st.caption(worded(part.text, book, numbers), unsafe_allow_html=True)
    return numbers


def _tries(chapter: Chapter, book: Book) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="learn_tries"):
        st.markdown(f"**{book.words['try']}**", width="content")
        for link in chapter.tries:
            follow(link)
