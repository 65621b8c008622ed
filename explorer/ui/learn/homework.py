"""Homework: a set of questions in an address, answered on a page of its own, and how a teacher puts it together."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from explorer.ui import state
from explorer.ui.components.listing import listing
from explorer.ui.learn.asking import pose, verdict
from explorer.ui.learn.contents import ENGLISH, Book
from explorer.ui.learn.params import CHAPTER, HOMEWORK, QUESTIONS, Questions
from explorer.ui.learn.quantities import fill
from explorer.ui.learn.questions.question import makers
from explorer.ui.shell import warn

_KEPT = "learn_homework"


def show(book: Book) -> None:
    """Draw the set that the address holds."""
    asked = state.get(QUESTIONS)
    unknown = sorted({name for name, _ in asked if name not in makers()})
    known = [(name, number) for name, number in asked if name in makers()]
    if unknown:
        warn(f"There is no question named {', '.join(unknown)}; it was left out.")
    st.html(f"<h2 class='chapter'>{book.words['homework']}</h2>")
    results = st.container(key="learn_results")
    for place, (name, number) in enumerate(known, 1):
        with st.container(key=f"learn_homework_{place}"):
            pose(name, number, book, place=place)
    found = [verdict(name, number) for name, number in known]
    counts = {"right": found.count("right"), "answered": len(found) - found.count(None), "questions": len(found)}
    results.markdown(fill(book.words["results"], counts))


def gathered(book: Book) -> None:
    """What a teacher has put together so far, and its address; nothing while there is nothing.

    The session keeps it for when the address does not say it: on the page of a set, and away from Learn.
    """
    chosen = state.get(HOMEWORK)
    if chosen or not state.get(QUESTIONS):
        st.session_state[_KEPT] = chosen
    if not chosen:
        return
    said = book.words
    with st.container(border=True, key="learn_gathered", gap="small"):
        st.markdown(fill(said["gathered"], {"count": len(chosen)}), help=said["copy"])
        listing(_address(book))
        with st.container(horizontal=True, gap="small"):
            st.button(
                said["open_set"],
                key="learn_open_set",
                on_click=lambda: state.update({QUESTIONS: chosen, HOMEWORK: None, CHAPTER: None}),
            )
            st.button(said["empty_set"], key="learn_empty_set", on_click=lambda: state.update({HOMEWORK: None}))


def kept() -> Questions:
    """What this session has put together so far."""
    chosen: Questions = st.session_state.get(_KEPT, ())
    return chosen


def _address(book: Book) -> str:
    """Where the set is asked: the whole address, as far as the browser has said it."""
    host = urlsplit(st.context.url or "")
    base = f"{host.scheme}://{host.netloc}" if host.netloc else ""
    language = {} if book.language == ENGLISH else {"lang": book.language}
    query = {"questions": HOMEWORK.write(state.get(HOMEWORK)), **language}
    return f"{base}/learn?{urlencode(query, safe=',')}"
