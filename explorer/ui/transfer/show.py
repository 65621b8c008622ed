"""Transfer learning: how well its ways do, what each of them does, and what the wrong preprocessing costs."""

from functools import partial

import streamlit as st

from explorer.ui import state, widgets
from explorer.ui.transfer import choice, preprocessing, results, start, submit, way, words
from explorer.ui.transfer.params import PART, WAY


def show() -> None:
    """Draw the page: what is to be seen first, the choice of what is carried over below it."""
    part = widgets.parts(PART, changed=_open)
    above = st.container(key="x_seen")
    if part == "results":
        with above:
            ended = results.show()
        st.subheader("Train it yourself", anchor=False)
    move = choice.choose()
    if move is not None:
        submit.what_is_asked(move)
        with above:
            if part == "ways":
                way.show(move)
            elif part == "preprocess":
                preprocessing.show(move, results.source_run(), partial(start.offer_both, move))
        if part == "results":
            start.start(move)
    if part == "results":
        st.markdown(words.shallow(ended))


def _open(part: str) -> None:
    """Another part; the results are of all ways."""
    state.update({PART: part, **({WAY: None} if part == "results" else {})})
