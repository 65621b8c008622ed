"""The list of chapters beside the text, with what this browser has read, and the way back to where one was."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.ui import state
from explorer.ui.learn.chapter import Chapter
from explorer.ui.learn.contents import Book
from explorer.ui.learn.homework import kept
from explorer.ui.learn.params import CHAPTER, HOMEWORK, QUESTIONS
from explorer.ui.learn.wording import address

KEY = "learn_guide"
_HERE = Path(__file__).parent

# registered once, when this module is imported
_COMPONENT = st.components.v2.component(
    KEY,
    html='<nav class="guide"></nav>',
    css=(_HERE / "guide.css").read_text(encoding="utf-8"),
    js=(_HERE / "guide.js").read_text(encoding="utf-8"),
)


def guide(current: Chapter | None, book: Book) -> None:
    """Show the list of chapters; one that is picked is opened.

    The browser keeps which chapters were read to their end, which questions were answered, and how far each was
    scrolled: to step back leads to where one was, another chapter begins at its top.

    Args:
        current: the chapter that is shown, None where it is a set of questions.
        book: the language.
    """

    def opened() -> None:
        name = st.session_state[KEY].get("opened")
        if name in book.by_name:
            open_chapter(book.by_name[name])

    numbers = {chapter.name: n for n, chapter in enumerate(book.chapters, 1)}
    groups = [
        {
            "title": title,
            "chapters": [
                {
                    "name": chapter.name,
                    "title": f"{numbers[chapter.name]}. {chapter.title}",
                    "address": address(chapter.name, book),
                    "questions": sorted({part.name for part in chapter.parts if part.kind == "question"}),
                }
                for chapter in chapters
            ],
        }
        for title, chapters in book.groups.items()
        if chapters
    ]
    words = {name: book.words[name] for name in ("chapters", "choose_chapter", "progress", "read_mark", "go_on")}
    shown = {"groups": groups, "current": current.name if current else "", "words": words}
    _COMPONENT(key=KEY, data=shown, on_opened_change=opened)


def open_chapter(chapter: Chapter) -> None:
    """Show a chapter, as one step of Back. To be called from a widget's callback."""
    state.update({CHAPTER: chapter.name, QUESTIONS: None, HOMEWORK: kept()})
