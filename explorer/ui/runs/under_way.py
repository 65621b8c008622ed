"""Runs of this browser that are under way, and those that a page showed last: found again from every page."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.ui import shell, state
from explorer.ui.page import Page
from explorer.ui.params.kinds import Param
from explorer.ui.runs.kept import manager
from explorer.ui.runs.whose import owner
from explorer.ui.training.params import MOST_DRAWN, RUNS
from explorer.views.numbers import percent

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Watched

EVERY_SECONDS = 2
_SHOWN = "_runs_shown"
_ANY = "training"
_MODULE = "explorer.labs.runs.runs"


def keep(param: Param[str]) -> None:
    """Keep what the page that is shown draws, for when somebody comes back to it.

    Args:
        param: of the page, that holds the runs.
    """
    shown: dict[str, tuple[Param[str], str]] = st.session_state.setdefault(_SHOWN, {})
    shown[state.page()] = param, state.get(param)


def taken_up(page: str, param: Param[str]) -> Mapping[Param[Any], Any]:
    """What a page takes up again whose address names no runs: those that it showed last, else those under way.

    Args:
        page: its path.
        param: that holds the runs.
    """
    shown: str = st.session_state.get(_SHOWN, {}).get(page, (param, ""))[1]
    if not shown and page == _ANY:
        shown = ",".join(one.run.id for one in _going()[:MOST_DRAWN])
    return {param: shown} if shown else {}


def sign(page: Page) -> None:
    """Draw a line with a link to them while runs of this browser go on that the page does not show.

    Args:
        page: that is shown.
    """
    ids = [one.run.id for one in _going()]
    address = " ".join(state.link(page.path).values()) if ids else ""
    if all(run_id in address for run_id in ids):
        return
    path, changes = _where(ids)

    @st.fragment(run_every=EVERY_SECONDS)
    def line() -> None:
        words = "Your runs have ended"
        if going := _going():
            done = percent(sum(one.progress for one in going) / len(going), 0)
            words = f"{len(going):,} of your runs {'is' if len(going) == 1 else 'are'} under way, {done}"
        shell.link_to(path, words, changes, help="Their curves, and the buttons that end them.")

    with st.container(key="under_way"):
        line()


def _going() -> tuple[Watched, ...]:
    """Before anybody has begun a run in this process there is none, and nobody waits for what carries out runs."""
    return manager().store.under_way(owner()) if _MODULE in sys.modules else ()


def _where(ids: list[str]) -> tuple[str, dict[Param[Any], Any]]:
    """The page that showed these runs last, and what it showed; else the page that shows any."""
    for path, (param, runs) in st.session_state.get(_SHOWN, {}).items():
        if all(run_id in runs for run_id in ids):
            return path, {param: runs}
    return _ANY, {RUNS: ",".join(ids[:MOST_DRAWN])}
