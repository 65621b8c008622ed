"""Runs on one chart: curves that move while one is under way, and a row for each that says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import streamlit as st

from explorer.labs.runs.jobs import Watched
from explorer.ui import shell
from explorer.ui.charts import chart
from explorer.ui.markup import without_markup
from explorer.ui.runs.kept import has_weights, manager
from explorer.views.charts.lines import line_sample
from explorer.views.numbers import duration, loss_text, percent
from explorer.views.training import (
    MEASURES,
    Measure,
    TrainingLine,
    live_chart,
    live_data,
    look,
    lost_words,
    training_figure,
)

EVERY_SECONDS = 0.7
MOST_ROWS = 12
COMING = "The first steps are on their way; starting the workers takes a few seconds."
OVER = {
    "done": "",
    "cancelled": "cancelled",
    "failed": "failed",
    "interrupted": "interrupted",
    "running": "",
    "waiting": "waits",
}


def keep_moving(
    watched: Sequence[Watched], ask: Callable[[], Sequence[Watched]], draw: Callable[[Sequence[Watched]], None]
) -> None:
    """Draw runs again and again, the rest of the page only when one has reached what that depends on.

    Args:
        watched: how the runs stand that the page was drawn with.
        ask: how they stand now.
        draw: with what ``ask`` has returned.
    """
    before = _reached(watched)

    @st.fragment(run_every=EVERY_SECONDS)
    def moving() -> None:
        now = ask()
        if _reached(now) != before:
            st.rerun()
        draw(now)

    moving()


def moving_chart(
    lines: Sequence[TrainingLine],
    measure: Measure,
    *,
    key: str,
    epochs: int,
    log: bool = False,
    what: str = "runs",
    coming: str = COMING,
) -> None:
    """Draw the chart of runs that go on; only its data change while it moves.

    Args:
        lines: of the runs.
        measure: what is drawn.
        key: of the page, such as ``t``.
        epochs: of the longest run.
        log: whether the axis is logarithmic.
        what: the lines for people, in the plural.
        coming: what is said while there is nothing to draw.
    """
    data = live_data(lines, measure, log=log)
    if data.empty:
        st.caption(coming)
        return
    st.vega_lite_chart(
        data,
        live_chart(lines, measure, epochs=epochs, log=log, theme=shell.theme()),
        key=f"{key}_live_{measure}_{log}",
        alt=f"{MEASURES[measure]} of {len(lines)} {what} by epoch, while they go on.",
    )


def still_chart(
    lines: Sequence[TrainingLine],
    measure: Measure,
    *,
    key: str,
    epochs: int,
    log: bool = False,
    is_replayed: bool = False,
    below: str = "",
) -> None:
    """Draw the chart of runs that are over; what is said of ``moving_chart`` is so of this one.

    Where ``replay_button`` was pressed (``is_replayed``), the lines grow in the browser. ``below`` is said of the runs.
    """
    times = f"_{key}_replays"
    st.session_state[times] = st.session_state.get(times, 0) + is_replayed
    # two names in turn: an animation that has the name of the last one does not begin again
    growth = f"growing_{st.session_state[times] % 2}" if is_replayed else "grown"
    with st.container(key=f"{key}_{growth}"):
        chart(
            training_figure(lines, measure, epochs=epochs, log=log, theme=shell.theme()),
            f"{key}_figure",
            alt=f"{MEASURES[measure]} of {', '.join(line.label for line in lines)} by epoch.",
        )
    points = "Each point is the mean over the steps of the epoch before it." if measure == "loss" else ""
    if said := " ".join(filter(None, (points, without_markup(lost_words(lines, measure)), below))):
        st.caption(said)


def replay_button(key: str) -> bool:
    """Draw the button that lets the lines of a finished chart grow once more; whether it was pressed just now.

    Args:
        key: of the page, such as ``t``.
    """
    return st.button(
        "Replay", key=f"{key}_replay", icon=":material/replay:", help="The lines grow as they did in training."
    )


def shipped_words(watched: Sequence[Watched]) -> str:
    """What is said of curves that come with the app; empty where there are none.

    Args:
        watched: the runs that are drawn.
    """
    shipped = sum(one.run.is_shipped for one in watched)
    which = "These runs come" if shipped == len(watched) else "The runs called shipped come"
    return f"{which} with the app: trained once, with seed 0." if shipped else ""


def seen_here(sentences: Sequence[str]) -> None:
    """Say what runs have shown, if they have."""
    if sentences:
        st.markdown("**Seen here**\n" + "".join(f"\n- {sentence}" for sentence in sentences))


def how_far(one: Watched) -> str:
    """Where a run stands, in a few words.

    Args:
        one: the run.
    """
    if one.run.status == "waiting":
        return "waits" if one.place is None else f"waits, place {one.place} in the queue"
    if one.run.status != "running":
        return "done" if one.run.status == "done" else OVER[one.run.status]
    left = "" if one.seconds_left is None else f", {duration(one.seconds_left)} left"
    loss = f", loss {loss_text(float(one.curves.mean_loss[-1]))}" if len(one.curves.loss) else ""
    return f"{percent(one.progress, 0)}{left}{loss}"


def points(one: Watched, measure: Measure) -> tuple[np.ndarray, np.ndarray]:
    """Where a run's line goes: epochs, and what was measured there.

    Args:
        one: the run.
        measure: what is drawn.
    """
    curves = one.curves
    if measure == "loss":
        return curves.at, curves.mean_loss
    if measure == "gradient_norm":
        return curves.at, curves.gradient_norm
    at = np.array([epoch.epoch for epoch in curves.epochs], dtype=float)
    return at, np.array([getattr(epoch, measure) for epoch in curves.epochs], dtype=float)


def rows(
    watched: Sequence[Watched],
    lines: Sequence[TrainingLine],
    *,
    far: Callable[[Watched], str] = how_far,
    can_cancel: bool = True,
) -> None:
    """Draw how far each run is, with the buttons that end them, and the names of the shipped ones below them.

    Args:
        watched: the runs.
        lines: their lines in the chart.
        far: where a run stands, in a few words.
        can_cancel: whether there are such buttons.
    """
    trained_here = [place for place in range(len(watched)) if not watched[place].run.is_shipped]
    order = sorted(trained_here, key=lambda place: not watched[place].run.is_active)
    for place in sorted(order[:MOST_ROWS]):
        one = watched[place]
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"t_row_{one.run.id}"):
            with st.container(width="stretch", gap=None):
                st.html(_going(lines, place, far(one)))
                st.progress(min(max(one.progress, 0.0), 1.0))
                if one.run.sentence:
                    st.caption(without_markup(one.run.sentence))
            if one.run.is_active and can_cancel:
                st.button(
                    "Cancel",
                    key=f"t_cancel_{one.run.id}",
                    help=f"End {without_markup(lines[place].label)}; what it has reached is kept.",
                    on_click=manager().cancel,
                    args=(one.run.id,),
                )
    shipped = [place for place, one in enumerate(watched) if one.run.is_shipped]
    if shipped:
        st.html("".join(_going(lines, place, how_far(watched[place])) for place in shipped))
    active = [one for one in watched if one.run.is_active]
    if len(order) > MOST_ROWS:
        st.caption(f"{len(active):,} of {len(order):,} runs wait or go on; {MOST_ROWS} are shown.")
    if len(active) > 1 and can_cancel:
        st.button(
            "Cancel all",
            key="t_cancel_all",
            type="tertiary",
            help="End all of these runs; what they have reached is kept.",
            on_click=_cancel,
            args=([one.run.id for one in active],),
        )


def _going(lines: Sequence[TrainingLine], place: int, far: str) -> str:
    """A line's number, look and name, and where its run stands."""
    sample = line_sample(look(lines, place, shell.theme()))
    return f"<div class='going'><b>{place + 1}</b>{sample}<span>{escape(lines[place].label)}</span><em>{far}</em></div>"


def _reached(watched: Sequence[Watched]) -> tuple[tuple[str, bool, bool], ...]:
    """What the page around the curves shows of runs: whether each goes on, and whether it has weights to open."""
    return tuple(
        # the first weights come in after the first epoch is reported
        (one.run.id, one.run.is_active, one.run.is_active and bool(one.curves.epochs) and has_weights(one.run.id))
        for one in watched
    )


def _cancel(run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        manager().cancel(run_id)
