"""Landscape: the loss around trained weights, coarse at once and finer while one looks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from zlib import crc32

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import cached, shell, state, widgets
from explorer.ui.inside.landscape import drawn
from explorer.ui.inside.landscape.measured import Found, Shown, of_network, of_run
from explorer.ui.inside.landscape.params import ASKED, MOST_RUNS, NORMS, OF, RUNS, SEED, VIEW
from explorer.ui.inside.pictures import choose_set, seen
from explorer.ui.models import ready
from explorer.ui.runs.kept import gone_words, known, names
from explorer.ui.shell import say_error, warn
from explorer.ui.slow import Progress, slowly
from explorer.views.numbers import duration

_LIGHT_SECONDS = 5.0
_BYTES = 50_000


def show() -> None:
    """Draw the part."""
    path = widgets.parts(VIEW) == "path"
    answer = st.container()
    shown: list[Shown] = []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="land_choice"):
        of_runs = path or widgets.choose(OF, width=150) == "runs"
        try:
            shown = _runs(answer, path=path) if of_runs else _network()
        except ExplorerError as error:
            with answer:
                say_error(error)
        widgets.choose(NORMS, width=230)
        if not path:
            widgets.number(SEED, width=130)
    with answer:
        if shown and _is_asked_for(shown):
            _grow(shown)
    drawn.explain(shown)
    if of_runs:
        shell.link_to("training", "Train other networks to look at", help="Kept runs can be chosen here.")


def _runs(answer: Any, *, path: bool) -> list[Shown]:
    """Draw the choice of runs; what cannot be shown of them is said."""
    found = known()
    wanted = list(dict.fromkeys(state.get(RUNS).split(",")))
    chosen = [run_id for run_id in wanted if run_id in found]
    widgets.gather(
        RUNS,
        names([*found.values()]),
        chosen,
        placeholder="Plain-56 and residual-56",
        most=MOST_RUNS,
        changed=lambda ids: state.update({RUNS: ",".join(ids) or None}),
        width=430,
    )
    shown = []
    with answer:
        if len(chosen) < len(wanted):
            warn(gone_words(len(wanted) - len(chosen)))
        for run_id in chosen:
            try:
                shown.append(of_run(found[run_id], path=path))
            except ExplorerError as error:
                say_error(error)
    return shown


def _network() -> list[Shown]:
    network = ready()
    choose_set(network, labelled=True)
    return [of_network(network, seen(network, state.spec(), state.plan(), labelled=True))]


def _is_asked_for(shown: Sequence[Shown]) -> bool:
    """Whether it takes but a moment, is known, or somebody has pressed the button; else the button is drawn."""
    seconds = sum(one.effort.seconds for one in shown if one.effort is not None)
    digest = f"{crc32(repr([one.key for one in shown]).encode()):08x}"
    if seconds <= _LIGHT_SECONDS or state.get(ASKED) == digest or cached.is_kept(_key(shown, 0)):
        return True
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Measure",
            key="land_measure",
            type="primary",
            help="The loss at every point of a coarse grid, then of finer ones.",
            on_click=lambda: state.update({ASKED: digest}),
        )
        st.caption(f"The coarse picture takes about {duration(seconds)} on an idle machine.")
    return False


def _grow(shown: Sequence[Shown]) -> None:
    """Draw what is known, and then finer and finer, until it is stopped or at its finest."""
    last = max(one.levels for one in shown)
    known_levels = [level for level in range(last + 1) if cached.is_kept(_key(shown, level))]
    picture, work = st.empty(), st.container()
    for level in range(max(known_levels, default=0), last + 1):
        with work:
            found = slowly(
                _key(shown, level),
                partial(_measured, shown, level),
                lambda made: _BYTES * len(made),
                name=f"land_{level}",
                what="The loss around the weights",
            )
        if found is None:
            return
        with picture.container():
            drawn.draw([(one, made) for one, made in zip(shown, found, strict=True)], level)


def _key(shown: Sequence[Shown], level: int) -> tuple[Any, ...]:
    return "landscapes", *(one.key for one in shown), level


def _measured(shown: Sequence[Shown], level: int, progress: Progress) -> list[Found | ExplorerError]:
    found: list[Found | ExplorerError] = []
    for place, one in enumerate(shown):
        try:
            found.append(one.at(level, partial(_told, progress, place, len(shown))))
        except ExplorerError as error:
            found.append(error)
    return found


def _told(progress: Progress, place: int, of: int, share: float, words: str) -> None:
    progress((place + share) / of, words)
