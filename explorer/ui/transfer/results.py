"""The ways that were run: from the URL to curves, while they go on, and to what they are worth when they are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.architecture.plan import learns
from explorer.errors import LabError
from explorer.labs.runs.jobs import Watched
from explorer.labs.transfer.findings import Result, findings
from explorer.labs.transfer.ways import SOURCE, Way, ways
from explorer.ui import cached, shell, state, widgets
from explorer.ui.markup import without_markup
from explorer.ui.runs import curves, under_way
from explorer.ui.runs.kept import gone_words, manager
from explorer.ui.runs.one_run import one_run
from explorer.ui.shell import link_to, warn
from explorer.ui.training import params as training
from explorer.ui.transfer.params import CURVE, ONE, RUNS
from explorer.ui.transfer.preprocessing import TITLES
from explorer.ui.transfer.words import answer, preprocessed
from explorer.views.numbers import in_short, percent
from explorer.views.training import Measure, TrainingLine, ends_html

COLUMNS = ("Trained", "Test accuracy", "Seconds", "")
# of these nothing that was loaded learns
_DASHED = ("scratch", "head", "added")
_SETTINGS = {"frozen_norms": "norms", "preprocess": "pixels", "epochs": "epochs", "learning_rate": "rate"}


@dataclass(frozen=True)
class OfWay:
    """A run and which way it is; the source is none."""

    way: Way
    watched: Watched


def show() -> list[Result]:
    """Draw the runs of the URL: moving while one is under way, else with what they show.

    Returns:
        How the ways ended that went to their end.
    """
    found, gone = _found()
    if gone:
        warn(gone_words(gone))
    under_way.keep(RUNS)
    moved = [one for one in found if one.way != SOURCE]
    ended = _results(moved)
    seen = [*findings(ended), *preprocessed(ended)]
    st.markdown(answer(seen))
    if not moved:
        return []
    is_moving = any(one.watched.run.is_active for one in found)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="x_switches"):
        measure = widgets.switch(CURVE)
        is_replayed = not is_moving and curves.replay_button("x")
    if is_moving:
        each = [one.way for one in found]
        curves.keep_moving(
            [one.watched for one in found],
            lambda: [one.watched for one in _found()[0]],
            lambda now: _moving([OfWay(way, one) for way, one in zip(each, now, strict=True)], measure),
        )
    else:
        _still(found, moved, measure, seen[1:], is_replayed=is_replayed)
    over = [one.watched for one in [*moved, *found] if not one.watched.run.is_active]
    if over:
        one_run(over, ONE)
    _see_all(found)
    return ended


def source_run() -> str:
    """Id of the run that the ways begin with, where it has ended well; else empty."""
    over = (one.watched.run for one in _found()[0] if one.way == SOURCE and one.watched.run.status == "done")
    return next((run.id for run in over), "")


def lines_of(moved: Sequence[OfWay], measure: Measure) -> list[TrainingLine]:
    """Ways as lines of a chart, with the settings in which they differ.

    Args:
        moved: runs of ways.
        measure: what is drawn.
    """
    lines = []
    for one, label in zip(moved, labels_of(moved), strict=True):
        at, values = curves.points(one.watched, measure)
        lines.append(TrainingLine(label=label, dashed=one.way in _DASHED, at=at, values=values))
    return lines


def labels_of(moved: Sequence[OfWay]) -> list[str]:
    """What the ways are called: their titles, and of settings what sets equal ways apart."""
    labels = []
    for one in moved:
        config = one.watched.run.config
        others = [other.watched.run.config for other in moved if other.way == one.way]
        apart = [
            f"{word} {_written(getattr(config, field))}"
            for field, word in _SETTINGS.items()
            if any(getattr(other, field) != getattr(config, field) for other in others)
        ]
        labels.append(", ".join([ways(config.spec)[one.way], *apart]))
    return labels


def _written(value: object) -> object:
    """A setting for people: of preprocessings their titles."""
    return TITLES.get(value, value)  # type: ignore[call-overload]  # any setting may be asked for


def _found() -> tuple[list[OfWay], int]:
    found, gone = [], 0
    for pair in dict.fromkeys(filter(None, state.get(RUNS).split(","))):
        way, _, run_id = pair.rpartition("-")
        try:
            watched = manager().store.watch(run_id)
        except LabError:
            gone += 1
            continue
        if way == SOURCE or way in ways(watched.run.config.spec):
            found.append(OfWay(way, watched))
    return found, gone


def _moving(found: Sequence[OfWay], measure: Measure) -> None:
    moved = [one for one in found if one.way != SOURCE]
    source = [one for one in found if one.way == SOURCE and one.watched.run.is_active]
    lines = lines_of(moved, measure)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        coming = "The source is trained first; the ways begin with what it has learned." if source else curves.COMING
        curves.moving_chart(lines, measure, key="x", epochs=_longest(moved), what="ways", coming=coming)
    with right:
        after_source = [one.watched.run.id for one in moved if one.way != "scratch"]
        curves.rows(
            [one.watched for one in [*moved, *source]],
            [*lines, *(_source_line() for _ in source)],
            far=lambda one: _far(one, after_source if source else ()),
        )


def _far(one: Watched, after_source: Sequence[str]) -> str:
    """Where a run stands, or that it cannot begin before the source has learned."""
    waits = one.run.status == "waiting" and one.run.id in after_source
    return "waits for the source" if waits else curves.how_far(one)


def _source_line() -> TrainingLine:
    import numpy as np

    return TrainingLine(label="the source", dashed=False, at=np.empty(0), values=np.empty(0))


def _still(
    found: Sequence[OfWay], moved: Sequence[OfWay], measure: Measure, seen: Sequence[str], *, is_replayed: bool
) -> None:
    lines = lines_of(moved, measure)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        curves.still_chart(lines, measure, key="x", epochs=_longest(moved), is_replayed=is_replayed)
    with right:
        curves.seen_here(seen)
        st.html(ends_html(lines, *_ends_of(moved), shell.theme(), first="Way"))
        for one in found:
            if one.way == SOURCE and one.watched.curves.epochs:
                st.caption(_source_said(one.watched))
            if one.watched.run.sentence:
                st.caption(without_markup(f"{one.watched.run.name}: {one.watched.run.sentence}"))


def _longest(moved: Sequence[OfWay]) -> int:
    return max(one.watched.run.config.epochs for one in moved)


def _results(moved: Sequence[OfWay]) -> list[Result]:
    """How the ways ended that went to their end."""
    return [
        Result(
            way=one.way,
            config=one.watched.run.config,
            trained=_trained(one),
            train_loss=last.train_loss,
            test_error=last.test_error,
            seconds=_seconds(one.watched),
        )
        for one in moved
        if one.watched.run.status == "done" and one.watched.curves.epochs
        for last in [one.watched.curves.epochs[-1]]
    ]


def _ends_of(moved: Sequence[OfWay]) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """How the ways ended and the heads above that; seconds only where some were taken on this machine."""
    rows = [_ends(one) for one in moved]
    if any(_seconds(one.watched) is not None for one in moved):
        return rows, COLUMNS
    seconds = COLUMNS.index("Seconds")
    return [row[:seconds] + row[seconds + 1 :] for row in rows], COLUMNS[:seconds] + COLUMNS[seconds + 1 :]


def _ends(one: OfWay) -> tuple[str, ...]:
    run, epochs = one.watched.run, one.watched.curves.epochs
    remark = "shipped" if run.is_shipped else ""
    if run.status != "done":
        remark = f"{run.status}, {percent(one.watched.progress, 0)}"
    trained = in_short(_trained(one))
    if not epochs:
        return trained, "–", "–", remark
    seconds = _seconds(one.watched)
    return trained, percent(1 - epochs[-1].test_error), "–" if seconds is None else f"{seconds:.1f}", remark


def _seconds(one: Watched) -> float | None:
    """Of all epochs, tests included; None for a run that was carried out elsewhere."""
    return None if one.run.is_shipped else sum(epoch.seconds for epoch in one.curves.epochs if epoch.epoch)


def _trained(one: OfWay) -> int:
    """Parameters that learn."""
    config = one.watched.run.config
    plan = cached.plan_of(config.spec, config.input_size)
    return sum(row.params for row in plan.layers if learns(row.layer, one.watched.run.trainable))


def _source_said(source: Watched) -> str:
    last, config = source.curves.epochs[-1], source.run.config
    return (
        f"The source, {config.network}, classifies {percent(1 - last.test_error)} of its own held-out pictures "
        "correctly. Test accuracy: on the target's held-out pictures after the last epoch, in eval mode. "
        + ("These runs come with the app." if source.run.is_shipped else "Seconds: all epochs, tests included.")
    )


def _see_all(found: Sequence[OfWay]) -> None:
    with st.container(key="x_links"):
        link_to(
            "training",
            "See these runs among all kept ones",
            {training.RUNS: ",".join(one.watched.run.id for one in found)},
            help="On the page Training: every curve, rename, delete.",
        )
