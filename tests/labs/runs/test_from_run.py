"""Runs that begin with what another run has learned: they wait for its end, and hold up nobody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.labs.runs.archive import INTERRUPTED, Archive
from explorer.labs.runs.jobs import FromRun, Job
from tests.labs.runs import stand_in
from tests.labs.runs.test_runs import (  # noqa: F401  # fixtures
    Make,
    address,
    ended,
    make,
    submit,
    until,
    until_running,
)

pytestmark = pytest.mark.flaky(reruns=1)


def after(source: str | Job, *, seed: int = 0, epochs: int = 2, **settings: object) -> Job:
    return Job(config=stand_in.config(seed=seed, epochs=epochs), start=FromRun(run=source, **settings))  # type: ignore[arg-type]


def test_run_takes_the_last_weights_of_the_one_it_is_submitted_with(make: Make) -> None:  # noqa: F811
    runs = make(stand_in.heir)
    source = Job(config=stand_in.config(epochs=3))
    jobs = [source, after(source), after(source, leave_out=("bn1",)), after(source, leave_out=("fc.weight", "bn1"))]
    first, whole, without_norm, nothing = ended(runs, runs.submit(jobs, owner="ann"))
    assert [each.run.status for each in (first, whole, without_norm, nothing)] == ["done"] * 4
    # what the stand-in was given: the number of tensors, and the value of fc.weight
    assert [each.curves.loss[0] for each in (first, whole, without_norm, nothing)] == [0, 2, 1, 0]
    assert [each.curves.gradient_norm[0] for each in (first, whole, without_norm, nothing)] == [-1, 3, 3, -1]
    assert first.run.ended is not None
    assert whole.run.started is not None
    assert whole.run.started >= first.run.ended


def test_run_takes_the_weights_of_a_run_that_is_kept_also_by_a_chain(make: Make) -> None:  # noqa: F811
    runs = make(stand_in.heir)
    (kept,) = runs.submit([Job(config=stand_in.config(epochs=4))], owner="ann")
    ended(runs, [kept])
    assert runs.store.all_written()
    child = after(kept, epochs=1)
    watched = ended(runs, runs.submit([child, after(child, epochs=1)], owner="bob"))
    assert [each.run.status for each in watched] == ["done", "done"]
    assert [each.curves.gradient_norm[0] for each in watched] == [4, 1]


def test_runs_that_begin_with_different_weights_at_the_same_time_get_their_own(make: Make) -> None:  # noqa: F811
    runs = make(stand_in.heir_slow)
    starts = [{"fc.weight": np.full((2, 2), float(number))} for number in range(5)]
    # the first goes on while the others come and go
    jobs = [Job(config=stand_in.config(epochs=1 if i else 1000), start=start) for i, start in enumerate(starts)]
    first, *others = runs.submit(jobs, owner="ann")
    for run_id in others:
        until(lambda run_id=run_id: runs.store.watch(run_id).run.status == "done", "it is done")  # type: ignore[misc]
    until(lambda: runs.store.watch(first).curves.at.size, "the first has shown something")
    runs.cancel(first)
    watched = [runs.store.watch(run_id) for run_id in (first, *others)]
    assert [each.curves.gradient_norm[0] for each in watched] == [0, 1, 2, 3, 4]


def test_run_that_waits_for_another_holds_up_nobody_and_stands_behind_all_that_can_begin(make: Make) -> None:  # noqa: F811
    runs = make(stand_in.slow)
    (source,) = submit(runs, 1, epochs=1000)
    until_running(runs, source)
    waiting = runs.submit([after(source), after(source, seed=1)], owner="ann")
    busy = submit(runs, 1, epochs=1000)
    until_running(runs, busy[0])
    queued = submit(runs, 1, owner="bob")
    assert [runs.store.watch(run_id).place for run_id in (*queued, *waiting)] == [1, 2, 3]
    assert all(runs.store.watch(run_id).run.status == "waiting" for run_id in waiting)
    runs.cancel(busy[0])
    until(lambda: runs.store.watch(queued[0]).run.status == "done", "the one behind has gone before")
    until(lambda: len(runs.store.watch(source).curves.epochs) > 1, "an epoch has ended")
    runs.cancel(source)
    assert [each.run.status for each in ended(runs, waiting)] == ["done", "done"]


def test_run_that_was_cancelled_gives_what_it_had_and_nothing_before_its_first_epoch(make: Make) -> None:  # noqa: F811
    runs = make(stand_in.heir_slow)
    early, late = submit(runs, 2, epochs=1000)
    (orphan,) = runs.submit([after(early)], owner="ann")
    (heir,) = runs.submit([after(late, epochs=1)], owner="ann")
    until_running(runs, early)
    runs.cancel(early)
    until(lambda: len(runs.store.watch(late).curves.epochs) > 2, "two epochs have ended")
    runs.cancel(late)
    failed, done = ended(runs, [orphan, heir])
    assert failed.run.status == "failed"
    assert failed.run.sentence == (
        "The run that this one was to begin with, residual-4, widths 8, epochs 1000, ended before its first epoch was "
        "over: start both again."
    )
    assert done.run.status == "done"
    assert done.curves.gradient_norm[0] >= 1


def test_run_fails_with_one_sentence_where_the_other_failed(make: Make) -> None:  # noqa: F811
    runs = make(stand_in.bad_with_odd_seed)
    bad = Job(config=stand_in.config(seed=1), name="the source")
    _, heir = ended(runs, runs.submit([bad, after(bad)], owner="ann"))
    assert (heir.run.status, heir.run.started) == ("failed", None)
    assert heir.run.sentence == "The run that this one was to begin with, the source, failed: start both again."


@pytest.mark.parametrize("when", ["before", "while it waits"])
def test_run_fails_with_one_sentence_where_the_other_was_deleted(make: Make, when: str) -> None:  # noqa: F811
    runs = make(stand_in.slow)
    (source,) = submit(runs, 1, epochs=1000)
    until_running(runs, source)
    if when == "before":
        runs.delete(source)
    (heir,) = runs.submit([after(source)], owner="ann")
    if when == "while it waits":
        runs.delete(source)
    (watched,) = ended(runs, [heir])
    assert watched.run.status == "failed"
    assert watched.run.sentence.startswith("The run that this one was to begin with")


def test_run_that_waits_can_be_cancelled_and_deleted(make: Make) -> None:  # noqa: F811
    runs = make(stand_in.slow)
    (source,) = submit(runs, 1, epochs=1000)
    until_running(runs, source)
    first, second = runs.submit([after(source), after(source)], owner="ann")
    runs.cancel(first)
    runs.delete(second)
    assert runs.store.watch(first).run.status == "cancelled"
    assert runs.store.next() is None
    runs.cancel(source)
    assert {run.id for run in runs.store.runs()} == {source, first}


def test_run_that_waits_is_marked_interrupted_when_the_server_ends(make: Make, tmp_path: Path) -> None:  # noqa: F811
    runs = make(stand_in.slow)
    (source,) = submit(runs, 1, epochs=1000)
    (heir,) = runs.submit([after(source)], owner="ann")
    until_running(runs, source)
    runs.close()
    kept = Archive(tmp_path).run(heir)
    assert (kept.status, kept.sentence) == ("interrupted", INTERRUPTED)


def test_more_than_allowed_are_refused_together(make: Make) -> None:  # noqa: F811
    runs = make(most=1)
    source = Job(config=stand_in.config())
    with pytest.raises(Exception, match="1 are allowed at once"):
        runs.submit([source, after(source)], owner="ann")
    assert runs.store.runs() == ()


def test_what_is_left_out_are_tensors_and_modules_and_no_names_that_begin_alike() -> None:
    weights = {name: np.zeros(1) for name in ("fc.weight", "fc.bias", "fc2.weight", "layer1.0.conv1.weight")}
    assert list(FromRun(run="", leave_out=("fc", "layer1.0")).taken(weights)) == ["fc2.weight"]
    assert list(FromRun(run="", leave_out=("fc.bias",)).taken(weights)) == [
        "fc.weight",
        "fc2.weight",
        "layer1.0.conv1.weight",
    ]
    assert FromRun(run="").taken(weights) == weights
