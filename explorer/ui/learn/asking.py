"""Questions and traps as they are asked: an answer is chosen, then the reason is shown."""

from __future__ import annotations

from collections.abc import Callable
from secrets import randbelow

import streamlit as st

from explorer.ui.learn.chapter import Link, Trap
from explorer.ui.learn.contents import Book
from explorer.ui.learn.questions.question import made
from explorer.ui.learn.wording import cited, worded

SEEDS = 10**6
_ANSWERS = "learn_answers"


@st.fragment
def ask(name: str, book: Book, *, seed: int | None = None) -> None:
    """Ask a question; once it is answered, other numbers can be asked for.

    Args:
        name: of its maker.
        book: the language.
        seed: of its numbers, where they shall stay these.
    """
    place = f"learn_seed_{name}"
    number = st.session_state.setdefault(place, randbelow(SEEDS)) if seed is None else seed
    question, answers = made(name, number)
    said = book.questions[name]
    said = {**said, **said.get(question.case, {})}
    words = {answer: said.get("options", {}).get(answer, answer) for answer in answers}
    values = {**question.values, "right": words[question.right]}
    words = {answer: worded(text, book, values) for answer, text in words.items()}
    with st.container(border=True, key=f"learn_question_{name}_{number}", gap="small"):
        answer = _answered(worded(said["asked"], book, values), words, f"{name}-{number}")
        if answer is not None:
            verdict = "right" if answer == question.right else "wrong"
            values = {**values, "right": words[question.right]}
            reason = f"**{worded(book.words[verdict], book, values)}** {worded(said['reason'], book, values)}"
            st.markdown(reason, unsafe_allow_html=True)
        if seed is None:
            st.button(
                book.words["another"],
                type="tertiary",
                key=f"learn_another_{name}",
                on_click=lambda: st.session_state.update({place: randbelow(SEEDS)}),
            )


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
    with st.container(border=True, key=f"learn_trap_{name}", gap="small"):
        claim = f"**{said['often_written']}**: {worded(trap.written, book)}"
        answer = _answered(claim, {"true": said["true"], "false": said["false"]}, name)
        if answer is None:
            return
        verdict = said["trap_seen" if answer == "false" else "trap_missed"]
        st.markdown(f"**{verdict}** {worded(trap.so, book)}", unsafe_allow_html=True)
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"learn_see_{name}"):
            st.markdown(f"**{said['see']}**", width="content")
            follow(trap.see)
        st.caption(f"{said['source']}: {cited(trap.source)}")


def _answered(asked: str, words: dict[str, str], name: str) -> str | None:
    """The answer that was chosen, which stays; None before."""
    kept: dict[str, str] = st.session_state.setdefault(_ANSWERS, {})
    key = f"learn_answer_{name}"
    st.markdown(asked, unsafe_allow_html=True)
    st.radio(
        asked,
        list(words),
        index=list(words).index(kept[name]) if name in kept else None,
        format_func=lambda answer: words.get(answer, answer),
        key=key,
        horizontal=True,
        disabled=name in kept,
        label_visibility="collapsed",
        on_change=lambda: kept.update({name: st.session_state[key]}),
    )
    return kept.get(name)
