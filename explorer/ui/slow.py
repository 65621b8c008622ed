"""Work that takes longer than a moment: it says how far it is, can be stopped, and is kept for the next run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import cached
from explorer.views.numbers import duration

T = TypeVar("T")
Progress = Callable[[float, str], None]
LIGHT_SECONDS = 10
"""What takes longer waits until it is asked for."""
_STOPPED, _ASKED = "_work_stopped", "_work_asked"


def wanted(key: tuple[Any, ...], seconds: float, *, name: str, what: str) -> bool:
    """Whether work takes but a moment, or somebody has asked for it; else the button that asks is drawn.

    Args:
        key: of the work.
        seconds: that it takes, about; 0 where it is kept.
        name: of the button, the same for all keys.
        what: the words for the work, such as "Accuracy without each block".
    """
    if seconds <= LIGHT_SECONDS or st.session_state.get(_ASKED) == (name, key):
        return True
    st.button("Measure", key=f"{name}_ask", type="primary", on_click=_ask, args=(name, key), help=f"{what}.")
    st.caption(f"{what}: about {duration(seconds)} on an idle machine.")
    return False


def slowly(
    key: tuple[Any, ...],
    make: Callable[[Progress], T],
    size_of: Callable[[T], int],
    *,
    name: str,
    what: str,
    seconds: float = 0,
) -> T | None:
    """What takes a while to make: a bar, the words for what is worked on, and a button that ends it.

    Whatever else a person changes on the page ends it as well, since the page is drawn anew; nothing half done is kept.

    Args:
        key: as for ``cached.result``.
        make: makes it; given what it tells its progress to, which raises where the work shall end.
        size_of: its bytes.
        name: of the widgets, the same for all keys.
        what: the words that stand in the bar at first, such as "Accuracy without each block".
        seconds: that it takes, about; where they are many it waits until it is asked for, as in ``wanted``.

    Returns:
        None where it waits or was stopped; a button to begin is drawn then.
    """
    if not cached.is_kept(key) and not wanted(key, seconds, name=name, what=what):
        return None
    if st.session_state.get(_STOPPED) == (name, key):
        st.caption(f"{what}: stopped.")
        st.button(
            "Begin again", key=f"{name}_again", on_click=_go_on, help="From the start: what was half done is not kept."
        )
        return None

    def work() -> T:
        with place.container(horizontal=True, vertical_alignment="center", gap="small"):
            bar = st.progress(0.0, what)
            st.button("Stop", key=f"{name}_stop", on_click=_stop, args=(name, key), help="End it; nothing is changed.")
        return make(lambda share, words: _told(bar, share, words))

    place = st.empty()
    try:
        made = cached.result(key, work, size_of)
    except ExplorerError:
        st.session_state.pop(_ASKED, None)  # what failed does not begin again by itself
        raise
    finally:
        place.empty()
    return made


def _told(bar: Any, share: float, words: str) -> None:
    bar.progress(min(max(share, 0.0), 1.0), words)


def _stop(name: str, key: tuple[Any, ...]) -> None:
    st.session_state[_STOPPED] = (name, key)


def _ask(name: str, key: tuple[Any, ...]) -> None:
    st.session_state[_ASKED] = (name, key)


def _go_on() -> None:
    st.session_state.pop(_STOPPED, None)
