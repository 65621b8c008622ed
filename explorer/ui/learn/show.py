"""Learn: short chapters, one idea each, with a figure and the page on which to try it."""

from functools import partial

import streamlit as st

from explorer.ui import state, widgets
from explorer.ui.components.top import to_top
from explorer.ui.learn.chapter import Chapter
from explorer.ui.learn.contents import BOOKS, CHAPTERS, ENGLISH
from explorer.ui.learn.params import CHAPTER
from explorer.ui.learn.reading import read
from explorer.ui.shell import warn


def show() -> None:
    """Draw the page."""
    chapter = _chosen()
    left, right = st.columns([1, 3.2], gap="medium")
    with left:
        _contents(chapter)
    with right:
        to_top(chapter.name, key="learn_top")
        read(chapter, BOOKS[ENGLISH])
        _neighbours(chapter)


def _chosen() -> Chapter:
    name = state.get(CHAPTER)
    found = BOOKS[ENGLISH].by_name
    if name not in found:
        warn(f"There is no chapter named {name!r}; the first is shown. Choose another from the list.")
    return found.get(name, CHAPTERS[0])


def _contents(current: Chapter) -> None:
    """All chapters: as a list where there is room, as a drop-down on a phone."""
    with st.container(key="learn_choice"):
        titles = {chapter.name: f"{n}. {chapter.title}" for n, chapter in enumerate(CHAPTERS, 1)}
        widgets.choose(CHAPTER, titles)
    with st.container(key="learn_contents", gap=None):
        numbers = {chapter.name: n for n, chapter in enumerate(CHAPTERS, 1)}
        for title, chapters in BOOKS[ENGLISH].groups.items():
            if chapters:
                st.html(f"<h3>{title}</h3>")
            for chapter in chapters:
                mark = "_current" if chapter is current else ""
                with st.container(key=f"learn_to_{chapter.name}{mark}"):
                    _open(chapter, f"{numbers[chapter.name]}. {chapter.title}", key=f"learn_open_{chapter.name}")


def _neighbours(current: Chapter) -> None:
    place = CHAPTERS.index(current)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="learn_neighbours"):
        if place > 0:
            _open(CHAPTERS[place - 1], f"← {CHAPTERS[place - 1].title}", key="learn_before")
        if place + 1 < len(CHAPTERS):
            _open(CHAPTERS[place + 1], f"{CHAPTERS[place + 1].title} →", key="learn_after")


def _open(chapter: Chapter, label: str, *, key: str) -> None:
    """A button, for Streamlit's link into the page that is shown leaves the address as it was."""
    st.button(label, type="tertiary", key=key, on_click=partial(state.update, {CHAPTER: chapter.name}))
