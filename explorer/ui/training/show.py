"""Training: degradation seen, live, on real pictures; and every run that was ever trained here."""

import streamlit as st

from explorer.labs.training.sets import RUN_SETS
from explorer.ui import state
from explorer.ui.runs.one_run import one_run
from explorer.ui.runs.whose import remember
from explorer.ui.training import drawn, followed, kept
from explorer.ui.training.params import FOLLOW, OWN, RUN, SET
from explorer.ui.training.start import start

QUESTION = (
    "**Do deeper networks train worse, and do shortcuts mend it?** On CIFAR-10 a plain network of 56 layers ends with "
    "a higher training error than one of 20; with shortcuts it is the other way round "
    "([He et al. 2015](https://arxiv.org/abs/1512.03385), figures 1 and 6). Do the runs below show the same?"
)


def show() -> None:
    """Draw the page."""
    if state.get(FOLLOW):
        followed.show()
        return
    st.markdown(_question())
    watched = drawn.show()
    if watched:
        one_run(watched, RUN)
    start()
    kept.table()
    remember()


def _question() -> str:
    chosen = state.get(SET)
    return QUESTION if chosen in (SET.default, OWN) else f"**{RUN_SETS[chosen].question}**"
