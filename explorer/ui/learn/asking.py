"""Questions and traps as they are asked: an answer is chosen, then the reason is shown."""

from __future__ import annotations

from collections.abc import Callable
from secrets import randbelow
from typing import Literal

import streamlit as st

from explorer.ui import state
from explorer.ui.learn.chapter import Link, Trap
from explorer.ui.learn.contents import Book
from explorer.ui.learn.params import HOMEWORK, MOST_QUESTIONS
from explorer.ui.learn.questions.question import made
from explorer.ui.learn.wording import cited, worded

SEEDS = 1000
TRIES = 50
Verdict = Literal["right", "wrong"]
_ANSWERS = "learn_answers"


@st.fragment
def ask(name: str, book: Book) -> None:
    """Ask a question with numbers that are drawn anew for each reader, and for each time that another is asked for."""
    place = f"learn_seed_{name}"
    number = st.session_state.setdefault(place, randbelow(SEEDS))

    def another() -> None:
        st.session_state[place] = _other(name, number)

    with st.container(border=True, key=f"learn_asked_{name}", gap="small"):
        pose(name, number, book)
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"learn_more_{name}"):
            st.button(book.words["another"], type="tertiary", key=f"learn_another_{name}", on_click=another)
            chosen = state.get(HOMEWORK)
            if (name, number) in chosen:
                st.markdown(book.words["added"], width="content")
            elif len(chosen) < MOST_QUESTIONS and st.button(
                book.words["add"], type="tertiary", key=f"learn_add_{name}", help=book.words["add_help"]
            ):
                state.update({HOMEWORK: (*chosen, (name, number))})
                st.rerun()


def _other(name: str, number: int) -> int:
    """A number from which the same question asks something else."""
    others = (randbelow(SEEDS) for _ in range(TRIES))
    return next((other for other in others if made(name, other)[0] != made(name, number)[0]), number)


def pose(name: str, number: int, book: Book, *, place: int | None = None) -> None:
    """Ask a question; once it is answered, say what is right and why.

    Args:
        name: of its maker.
        number: from which its own numbers are drawn.
        book: the language.
        place: its place in a set.
    """
    question, answers = made(name, number)
    said = book.questions[name]
    said = {**said, **said.get(question.case, {})}
    words = {answer: worded(said.get("options", {}).get(answer, answer), book, question.values) for answer in answers}
    values = {**question.values, "right": words[question.right]}
    asked = worded(said["asked"], book, values)
    answer = _answered(f"**{place}.** {asked}" if place else asked, words, question.right, f"{name}-{number}")
    found = verdict(name, number)
    if answer is not None and found:
        # the list of chapters reads the verdict in the name of its place
        with st.container(key=f"learn_verdict_{name}-{number}_{found}"):
            st.markdown(
                f"**{worded(book.words[found], book, values)}** {worded(said['reason'], book, values)}",
                unsafe_allow_html=True,
            )


def verdict(name: str, number: int) -> Verdict | None:
    """Whether a question was answered rightly in this session; None while it was not answered."""
    answer = _kept().get(f"{name}-{number}")
    if answer is None:
        return None
    return "right" if answer == made(name, number)[0].right else "wrong"


@st.fragment
def ask_trap(trap: Trap, book: Book, *, name: str, follow: Callable[[Link], None]) -> None:
    """Ask whether what is often written is so; once it is answered, say what is so.

    Args:
        trap: what is written, and what is so.
        book: the language.
        name: of the trap in the session.
        follow: draws a link.
    """
    said = book.words
    with st.container(border=True, key=f"learn_claim_{name}", gap="small"):
        claim = f"**{said['often_written']}** {worded(trap.written, book)}"
        right = "true" if trap.holds else "false"
        answer = _answered(claim, {"true": said["true"], "false": said["false"]}, right, name)
        if answer is None:
            return
        seen = said[f"{right}_seen" if answer == right else f"{right}_missed"]
        st.markdown(f"**{seen}** {worded(trap.so, book)}", unsafe_allow_html=True)
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"learn_see_{name}"):
            st.markdown(f"**{said['see']}**", width="content")
            follow(trap.see)
        st.caption(f"{said['source']} {cited(trap.source)}")


def _answered(asked: str, words: dict[str, str], right: str, name: str) -> str | None:
    """The answer that was chosen, marked and so is the right one; None before."""
    kept, key = _kept(), f"learn_answer_{name}"
    st.markdown(asked, unsafe_allow_html=True)
    if name in kept:
        marks = {kept[name]: "✕ {}", right: "✓ **{}**"}
        shown = (marks.get(answer, "{}").format(text) for answer, text in words.items())
        st.markdown("&emsp; ".join(shown), unsafe_allow_html=True)
        return kept[name]

    def keep() -> None:
        kept[name] = st.session_state[key]

    st.radio(
        asked,
        list(words),
        index=None,
        format_func=lambda answer: words.get(answer, answer),
        key=key,
        horizontal=True,
        label_visibility="collapsed",
        on_change=keep,
    )
    return None


def _kept() -> dict[str, str]:
    kept: dict[str, str] = st.session_state.setdefault(_ANSWERS, {})
    return kept
