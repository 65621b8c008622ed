"""Learn: chapters, one idea each, with something to move, questions, and the page on which to try it."""

from functools import partial

import streamlit as st

from explorer.ui import state, widgets
from explorer.ui.learn import homework
from explorer.ui.learn.chapter import Chapter
from explorer.ui.learn.contents import BOOKS, ENGLISH, Book
from explorer.ui.learn.guide import guide, open_chapter
from explorer.ui.learn.params import CHAPTER, QUESTIONS
from explorer.ui.learn.reading import read
from explorer.ui.params.shared import LANGUAGE
from explorer.ui.shell import warn


def show() -> None:
    """Draw the page."""
    book = BOOKS.get(state.get(LANGUAGE), BOOKS[ENGLISH])
    chapter = None if state.get(QUESTIONS) else _chosen(book)
    left, right = st.columns([1, 3.2], gap="medium")
    with left, st.container(key="learn_side", gap="small"):
        if len(BOOKS) > 1:
            widgets.switch(LANGUAGE, {name: LANGUAGE.words[name] for name in BOOKS}, label_visibility="collapsed")
        homework.gathered(book)
        guide(chapter, book)
    with right, st.container(key=f"learn_in_{book.language}"):
        if chapter is None:
            homework.show(book)
        else:
            read(chapter, book)
            _neighbours(chapter, book)


def _chosen(book: Book) -> Chapter:
    name = state.get(CHAPTER)
    if name not in book.by_name:
        warn(f"There is no chapter named {name!r}; the first is shown. Choose another from the list.")
    return book.by_name.get(name, book.chapters[0])


def _neighbours(current: Chapter, book: Book) -> None:
    place = book.chapters.index(current)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="learn_end"):
        if place > 0:
            _open(book.chapters[place - 1], "← {}", key="learn_before")
        if place + 1 < len(book.chapters):
            _open(book.chapters[place + 1], "{} →", key="learn_after")


def _open(chapter: Chapter, label: str, *, key: str) -> None:
    """A button, for Streamlit's link into the page that is shown leaves the address as it was."""
    st.button(label.format(chapter.title), type="tertiary", key=key, on_click=partial(open_chapter, chapter))
