"""A run in a worker, without a cluster: it goes on by itself, and what it yields is taken from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from explorer.errors import LabError
from explorer.labs.runs import worker
from explorer.labs.runs.worker import DIED, THREAD, Train, Training
from explorer.labs.training.events import Epoch, Step
from tests.labs.runs import stand_in


def training(train: Train = stand_in.quick, *, epochs: int = 2, seed: int = 0) -> Training:
    return Training(train, stand_in.config(epochs=epochs, seed=seed), None, None)


def all_of(going: Training) -> Iterator[list[Step | Epoch]]:
    takings, is_over = 0, False
    while not is_over:
        events, is_over = going.take(takings)
        takings += 1
        yield events


def going_on() -> int:
    return sum(thread.name == THREAD for thread in threading.enumerate())


def until_none_goes_on() -> None:
    end = time.monotonic() + 10
    while going_on():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_everything_that_a_run_yields_is_taken_once_and_in_order() -> None:
    events = [event for events in all_of(training()) for event in events]
    places = [(event.epoch, getattr(event, "step", stand_in.STEPS + 1)) for event in events]
    assert places == [(0, 5), *((epoch, step) for epoch in (1, 2) for step in range(1, 6))]


def test_first_answer_is_that_it_has_begun() -> None:
    started = time.monotonic()
    assert training(stand_in.slow).take(0)[1] is False
    assert time.monotonic() - started < worker.REPORT_SECONDS


def test_what_came_before_an_error_is_taken_before_it_is_raised() -> None:
    going = training(stand_in.bad_with_odd_seed, seed=1)
    taken: list[Step | Epoch] = []
    with pytest.raises(LabError, match="The data cannot be had"):
        taken.extend(event for events in all_of(going) for event in events)
    assert [event.epoch for event in taken if isinstance(event, Epoch)] == [0, 1]


def test_run_that_was_begun_anew_behind_the_back_of_who_takes_it_has_failed() -> None:
    with pytest.raises(LabError, match=DIED):
        training().take(3)


def test_run_ends_within_a_step_when_nobody_holds_it_and_waits_for_who_is_slow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "MAX_WAITING", 3)
    until_none_goes_on()
    going = training(epochs=1000)
    time.sleep(0.1)
    assert (going._events.qsize(), going_on()) == (3, 1)
    del going
    until_none_goes_on()
