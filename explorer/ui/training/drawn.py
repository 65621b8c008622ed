"""The runs that are drawn: from the URL to curves, while they go on and when they are over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import streamlit as st

from explorer.errors import LabError
from explorer.labs.runs import runs
from explorer.labs.runs.jobs import Watched
from explorer.labs.training.claims import Result, findings
from explorer.ui import shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.kept_runs import gone_words
from explorer.ui.markup import without_markup
from explorer.ui.shell import warn
from explorer.ui.training.params import CURVE, LOG, RUNS
from explorer.views.charts.lines import line_sample
from explorer.views.training import (
    MEASURES,
    Measure,
    TrainingLine,
    ends_html,
    live_chart,
    live_data,
    look,
    number_text,
    percent_text,
    training_figure,
)

Reached = tuple[tuple[str, bool, bool], ...]

EVERY_SECONDS = 0.7
MOST_ROWS = 12
_COLUMNS = ("Train loss", "Train error", "Test error", "")
_SHARED = ("loss", "gradient_norm")
_OVER = {
    "done": "",
    "cancelled": "cancelled",
    "failed": "failed",
    "interrupted": "interrupted",
    "running": "",
    "waiting": "waits",
}


def ids() -> tuple[str, ...]:
    """Ids of the runs that the URL asks for."""
    return tuple(dict.fromkeys(filter(None, state.get(RUNS).split(","))))


def show() -> tuple[Watched, ...]:
    """Draw the chosen runs: moving while one is under way, else with what they show.

    Returns:
        Those that are here.
    """
    watched, gone = _watched()
    if gone:
        warn(gone_words(gone))
    if not watched:
        return ()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="t_switches"):
        measure = widgets.switch(CURVE)
        log = measure in _SHARED and widgets.tick(LOG)
    if any(one.run.is_active for one in watched):
        _keep_moving(watched, measure, log)
    else:
        _still(watched, measure, log)
    return watched


def lines_of(watched: Sequence[Watched], measure: Measure) -> list[TrainingLine]:
    """The runs as lines of a chart; those of one network are told apart by their seeds or their names.

    Args:
        watched: runs with their curves.
        measure: what is drawn.
    """
    labels = [one.run.config.network for one in watched]
    labels = [
        label if labels.count(label) == 1 else f"{label}, seed {one.run.config.seed}"
        for label, one in zip(labels, watched, strict=True)
    ]
    labels = [label if labels.count(label) == 1 else one.run.name for label, one in zip(labels, watched, strict=True)]
    return [
        TrainingLine(label=label, dashed=one.run.config.spec.is_plain, at=at, values=values)
        for label, one in zip(labels, watched, strict=True)
        for at, values in [points(one, measure)]
    ]


def results_of(watched: Sequence[Watched]) -> list[Result]:
    """How the runs ended that went to their end."""
    return [
        Result(config=one.run.config, train_loss=last.train_loss, test_error=last.test_error)
        for one in watched
        if one.run.status == "done" and one.curves.epochs
        for last in [one.curves.epochs[-1]]
    ]


def has_weights(run_id: str) -> bool:
    """Whether weights of a run can be opened.

    Args:
        run_id: of a run.
    """
    try:
        return bool(runs.manager().store.weight_epochs(run_id))
    except LabError:
        return False


def how_far(one: Watched) -> str:
    """Where a run stands, in a few words.

    Args:
        one: the run.
    """
    if one.run.status == "waiting":
        return "waits" if one.place is None else f"waits, place {one.place} in the queue"
    if one.run.status != "running":
        return "done" if one.run.status == "done" else _OVER[one.run.status]
    left = "" if one.seconds_left is None else f", {_duration(one.seconds_left)} left"
    loss = f", loss {number_text(float(one.curves.loss[-1]))}" if len(one.curves.loss) else ""
    return f"{one.progress:.0%}{left}{loss}"


def points(one: Watched, measure: Measure) -> tuple[np.ndarray, np.ndarray]:
    """Where a run's line goes: epochs, and what was measured there.

    Args:
        one: the run.
        measure: what is drawn.
    """
    curves = one.curves
    if measure == "loss":
        return curves.at, curves.loss
    if measure == "gradient_norm":
        return curves.at, curves.gradient_norm
    at = np.array([epoch.epoch for epoch in curves.epochs], dtype=float)
    return at, np.array([getattr(epoch, measure) for epoch in curves.epochs], dtype=float)


def rows(watched: Sequence[Watched], lines: Sequence[TrainingLine], *, far: Callable[[Watched], str] = how_far) -> None:
    """Draw how far each run is, with the buttons that end them.

    Args:
        watched: the runs.
        lines: their lines in the chart.
        far: where a run stands, in a few words.
    """
    order = sorted(range(len(watched)), key=lambda place: not watched[place].run.is_active)
    for place in sorted(order[:MOST_ROWS]):
        one = watched[place]
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"t_row_{one.run.id}"):
            with st.container(width="stretch", gap=None):
                sample = line_sample(look(lines, place, shell.theme()))
                st.html(
                    f"<div class='going'><b>{place + 1}</b>{sample}<span>{escape(lines[place].label)}</span>"
                    f"<em>{far(one)}</em></div>"
                )
                st.progress(min(max(one.progress, 0.0), 1.0))
                if one.run.sentence:
                    st.caption(without_markup(one.run.sentence))
            if one.run.is_active:
                st.button(
                    "Cancel",
                    key=f"t_cancel_{one.run.id}",
                    help=f"End {without_markup(lines[place].label)}; what it has reached is kept.",
                    on_click=runs.manager().cancel,
                    args=(one.run.id,),
                )
    active = [one for one in watched if one.run.is_active]
    if len(watched) > MOST_ROWS:
        st.caption(f"{len(active):,} of {len(watched):,} runs wait or go on; {MOST_ROWS} are shown.")
    if len(active) > 1:
        st.button(
            "Cancel all",
            key="t_cancel_all",
            type="tertiary",
            help="End all of these runs; what they have reached is kept.",
            on_click=_cancel,
            args=([one.run.id for one in active],),
        )


def _watched() -> tuple[tuple[Watched, ...], int]:
    found, gone = [], 0
    for run_id in ids():
        try:
            found.append(runs.manager().store.watch(run_id))
        except LabError:
            gone += 1
    return tuple(found), gone


def _keep_moving(drawn: Sequence[Watched], measure: Measure, log: bool) -> None:
    reached = _reached(drawn)

    @st.fragment(run_every=EVERY_SECONDS)
    def moving() -> None:
        _moving(reached, measure, log)

    moving()


def _moving(reached: Reached, measure: Measure, log: bool) -> None:
    """What is drawn again and again, while the rest of the page is only when a run has reached what it depends on."""
    watched, _ = _watched()
    if _reached(watched) != reached:
        st.rerun()
    lines = lines_of(watched, measure)
    epochs = max(one.run.config.epochs for one in watched)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        data = live_data(lines, measure, log=log)
        if data.empty:
            st.caption("The first steps are on their way; workers that are not up yet take a few seconds.")
        else:
            st.vega_lite_chart(
                data,
                live_chart(lines, measure, epochs=epochs, log=log, theme=shell.theme()),
                key=f"t_live_{measure}_{log}",
                alt=f"{MEASURES[measure]} of {len(lines)} runs by epoch, while they go on.",
            )
    with right:
        rows(watched, lines)


def _reached(watched: Sequence[Watched]) -> Reached:
    """What the page around the curves shows of runs: whether each goes on, and whether it has weights to open."""
    return tuple(
        # the first weights come in after the first epoch is reported
        (one.run.id, one.run.is_active, one.run.is_active and bool(one.curves.epochs) and has_weights(one.run.id))
        for one in watched
    )


def _cancel(run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        runs.manager().cancel(run_id)


def _still(watched: Sequence[Watched], measure: Measure, log: bool) -> None:
    lines = lines_of(watched, measure)
    epochs = max(one.run.config.epochs for one in watched)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart(
            training_figure(lines, measure, epochs=epochs, log=log, theme=shell.theme()),
            "t_figure",
            alt=f"{MEASURES[measure]} of {', '.join(line.label for line in lines)} by epoch.",
        )
    with right:
        seen = findings(results_of(watched))
        if seen:
            st.markdown("**Seen here**\n" + "".join(f"\n- {sentence}" for sentence in seen))
        st.html(ends_html(lines, [_ends(one) for one in watched], _COLUMNS, shell.theme()))
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


def _ends(one: Watched) -> tuple[str, ...]:
    remark = _OVER[one.run.status]
    if not one.curves.epochs:
        return ("–", "–", "–", remark)
    last = one.curves.epochs[-1]
    if remark:
        remark = f"{remark}, {one.progress:.0%}"
    return number_text(last.train_loss), percent_text(last.train_error), percent_text(last.test_error), remark


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
