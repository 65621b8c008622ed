"""The runs that are drawn: from the URL to curves, while they go on and when they are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.errors import LabError
from explorer.labs.runs.jobs import Watched
from explorer.labs.training.claims import Result, findings
from explorer.labs.training.sets import RUN_SETS
from explorer.ui import shell, state, widgets
from explorer.ui.markup import without_markup
from explorer.ui.runs import curves, under_way
from explorer.ui.runs.kept import gone_words, manager
from explorer.ui.shell import warn
from explorer.ui.training import follow
from explorer.ui.training.params import CURVE, LOG, RUN, RUNS, SET
from explorer.views.numbers import loss_text, percent
from explorer.views.training import Measure, TrainingLine, ends_html

_COLUMNS = ("Train loss", "Train error", "Test error")
_SHARED = ("loss", "gradient_norm")


def ids() -> tuple[str, ...]:
    """Ids of the runs that the URL asks for; where it asks for none, of the shipped ones of the set."""
    asked = tuple(dict.fromkeys(filter(None, state.get(RUNS).split(","))))
    return asked or _shipped_ids()


def _shipped_ids() -> tuple[str, ...]:
    """Of the runs of the set; for one's own, of the set that the page opens with."""
    return manager().store.shipped(RUN_SETS.get(state.get(SET), RUN_SETS[SET.default]).make(0))


def show() -> tuple[Watched, ...]:
    """Draw the choice of a set and the runs: moving while one is under way, else with what they show.

    Returns:
        Those that are here.
    """
    watched, gone = _watched()
    if gone:
        warn(gone_words(gone))
    under_way.keep(RUNS)
    is_moving = any(one.run.is_active for one in watched)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="t_switches"):
        widgets.choose(SET, width=330, changed=lambda name: _choose(name, is_moving))
        if not watched:
            return ()
        measure = widgets.switch(CURVE)
        log = measure in _SHARED and widgets.tick(LOG)
        is_replayed = not is_moving and curves.replay_button("t")
        follow.offer(watched)
    if is_moving:
        curves.keep_moving(watched, lambda: _watched()[0], lambda now: moving(now, measure, log))
    else:
        still(watched, measure, log, is_replayed=is_replayed)
    return watched


def _choose(name: str, is_moving: bool) -> None:
    """Another set, with its shipped runs; runs that are under way stay on the screen."""
    state.update({SET: name} if is_moving else {SET: name, RUNS: None, RUN: None})


def lines_of(watched: Sequence[Watched], measure: Measure) -> list[TrainingLine]:
    """The runs as lines of a chart; those of one network are told apart by their seeds or their names.

    Runs that differ in nothing but their seeds have one colour, and a shipped one lies thin under those trained here.

    Args:
        watched: runs with their curves.
        measure: what is drawn.
    """
    settings = [one.run.config.replace(seed=0) for one in watched]
    trained_here = [key for key, one in zip(settings, watched, strict=True) if not one.run.is_shipped]
    hues = list(dict.fromkeys(settings))
    labels = [
        f"{one.run.config.network}{', shipped' if trained_here and one.run.is_shipped else ''}" for one in watched
    ]
    labels = [
        label if labels.count(label) == 1 else f"{label}, seed {one.run.config.seed}"
        for label, one in zip(labels, watched, strict=True)
    ]
    labels = [label if labels.count(label) == 1 else one.run.name for label, one in zip(labels, watched, strict=True)]
    return [
        TrainingLine(
            label=label,
            dashed=one.run.config.spec.is_plain,
            at=at,
            values=values,
            hue=hues.index(key),
            thin=one.run.is_shipped and key in trained_here,
        )
        for label, one, key in zip(labels, watched, settings, strict=True)
        for at, values in [curves.points(one, measure)]
    ]


def results_of(watched: Sequence[Watched]) -> list[Result]:
    """How the runs ended that went to their end; one that was trained here stands for a shipped one of its config."""
    ended = {
        one.run.config: Result(config=one.run.config, train_loss=last.train_loss, test_error=last.test_error)
        for one in watched
        if one.run.status == "done" and one.curves.epochs
        for last in [one.curves.epochs[-1]]
    }
    return list(ended.values())


def _watched() -> tuple[tuple[Watched, ...], int]:
    store = manager().store
    found, gone = [], 0
    for run_id in ids():
        try:
            found.append(store.watch(run_id))
        except LabError:
            gone += 1
    if gone and not found:
        found = [store.watch(run_id) for run_id in _shipped_ids()]
    return tuple(found), gone


def moving(watched: Sequence[Watched], measure: Measure, log: bool = False, *, can_cancel: bool = True) -> None:
    """Draw runs of which one at least is under way.

    Args:
        watched: the runs.
        measure: what is drawn.
        log: whether the axis is logarithmic.
        can_cancel: whether buttons end them.
    """
    lines = lines_of(watched, measure)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        curves.moving_chart(lines, measure, key="t", epochs=_longest(watched), log=log)
    with right:
        curves.rows(watched, lines, can_cancel=can_cancel)


def still(watched: Sequence[Watched], measure: Measure, log: bool = False, *, is_replayed: bool = False) -> None:
    """Draw runs that are over, with what they show.

    Args:
        watched: the runs.
        measure: what is drawn.
        log: whether the axis is logarithmic.
        is_replayed: whether the lines grow in the browser.
    """
    lines = lines_of(watched, measure)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        curves.still_chart(
            lines,
            measure,
            key="t",
            epochs=_longest(watched),
            log=log,
            is_replayed=is_replayed,
            below=curves.shipped_words(watched),
        )
    with right:
        curves.seen_here(findings(results_of(watched)))
        named = [replace(line, label=_with_remark(line.label, one)) for line, one in zip(lines, watched, strict=True)]
        st.html(ends_html(named, [_ends(one) for one in watched], _COLUMNS, shell.theme()))
        for sentence, places in _sentences(watched).items():
            which = ", ".join(str(place + 1) for place in places)
            name = f" {without_markup(lines[places[0]].label)}" if len(places) == 1 else ""
            st.caption(f"{which}{name}: {without_markup(sentence)}")


def _sentences(watched: Sequence[Watched]) -> dict[str, list[int]]:
    """What is said of runs, each sentence once with the places of those that it is said of."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(watched):
        if one.run.sentence:
            places.setdefault(one.run.sentence, []).append(place)
    return places


def _with_remark(label: str, one: Watched) -> str:
    """The name of a run, with how far it came where it did not come to its end."""
    remark = curves.OVER[one.run.status]
    return f"{label}: {remark} at {percent(one.progress, 0)}" if remark else label


def _ends(one: Watched) -> tuple[str, ...]:
    if not one.curves.epochs:
        return ("–", "–", "–")
    last = one.curves.epochs[-1]
    loss = float(one.curves.mean_loss[-1]) if len(one.curves.loss) else last.train_loss
    return loss_text(loss), percent(last.train_error), percent(last.test_error)


def _longest(watched: Sequence[Watched]) -> int:
    return max(one.run.config.epochs for one in watched)
