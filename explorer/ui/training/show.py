"""Training: degradation seen, live, on real pictures; and every run that was ever trained here."""

import streamlit as st

from explorer.ui.runs.one_run import one_run
from explorer.ui.runs.whose import remember
from explorer.ui.training import drawn, kept
from explorer.ui.training.params import RUN
from explorer.ui.training.start import start

QUESTION = (
    "**Do deeper networks train worse, and do shortcuts mend it?** On CIFAR-10 a plain network of 56 layers ends with "
    "a higher training error than one of 20: it does not overfit, it is harder to train. With shortcuts the order "
    "turns round (He et al. 2015, arXiv 1512.03385, figures 1 and 6). Here it is tried on digits, in seconds."
)


def show() -> None:
    """Draw the page."""
    st.markdown(QUESTION)
    start()
    watched = drawn.show()
    if watched:
        one_run(watched, RUN)
    kept.table()
    remember()
