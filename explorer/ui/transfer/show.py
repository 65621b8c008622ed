"""Transfer learning: a trained network carried over to other classes, in numbers and live."""

import streamlit as st

from explorer.labs.transfer.findings import Result
from explorer.ui import state
from explorer.ui.transfer import choice, preprocessing, start, submit, way, words
from explorer.ui.transfer.params import RUNS


def show() -> None:
    """Draw the page."""
    st.markdown(words.IDEA)
    move = choice.choose()
    if move is not None:
        start.start(move)
        submit.what_is_asked(move)
    source_run, ended = "", list[Result]()
    if state.get(RUNS):
        from explorer.ui.runs.whose import remember
        from explorer.ui.transfer import results  # torch and what carries out runs, for who has runs

        source_run, ended = results.show()
        remember()
    if move is not None:
        way.show(move)
        preprocessing.show(move, source_run, lambda: start.offer_both(move))
    st.markdown(f"{words.shallow(ended)}\n\n{words.BEHIND_FC}")
