"""The lecture that a person puts together: kept in their session, and by the browser for the next one."""

from __future__ import annotations

import streamlit as st

from explorer.errors import LinkError
from explorer.ui.present.views import MOST_VIEWS, Lecture, View, from_text, to_text

_KEPT = "_lecture"


def lecture() -> Lecture:
    """The views so far."""
    kept: Lecture = st.session_state.get(_KEPT, ())
    return kept


def keep(views: Lecture) -> None:
    """Put others in their place."""
    st.session_state[_KEPT] = views


def add(view: View) -> str:
    """Put a view at the end; a second click adds nothing.

    Returns:
        The sentence that says so, or why not.
    """
    if lecture()[-1:] == (view,):
        return f"“{view.title}” is the last view of the lecture already."
    if len(lecture()) >= MOST_VIEWS:
        return f"A lecture has at most {MOST_VIEWS} views; remove one on the page Lecture first."
    keep((*lecture(), view))
    count = len(lecture())
    return f"Added “{view.title}”: {count} view{'' if count == 1 else 's'} in the lecture."


def for_browser() -> str | None:
    """What the browser shall keep; None while the session has not asked it yet."""
    return to_text(lecture()) if _KEPT in st.session_state else None


def from_browser(text: str) -> None:
    """Take over what the browser kept from an earlier session; what cannot be read any more is let go."""
    try:
        keep(from_text(text))
    except LinkError:
        keep(())
