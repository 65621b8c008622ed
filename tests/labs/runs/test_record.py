"""A run under way, by a clock that the test holds."""

from __future__ import annotations

import time

import pytest

from explorer.labs.runs.jobs import Job, new_run
from explorer.labs.runs.record import Record
from explorer.labs.training.events import Step
from tests.labs.runs import stand_in

EPOCHS = 4


def step(epoch: int, number: int) -> Step:
    return Step(epoch=epoch, step=number, steps=10, loss=1.0, gradient_norm=1.0)


def test_the_time_that_is_left_is_that_of_the_steps_to_come_at_the_pace_of_those_that_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = Job(config=stand_in.config(epochs=EPOCHS))
    record = Record(job=job, run=new_run(job, "ann"))
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    record.take([])
    assert record.seconds_left() is None
    # an epoch takes half a minute, and the first step was on its way for a tenth of that
    now = 1003.0
    record.take([step(1, 1)])
    assert record.seconds_left() is None
    for epoch, left in ((1, 90.0), (2, 60.0), (3, 30.0), (4, 0.0)):
        now = 1000.0 + 30 * epoch
        record.take([step(epoch, 10)])
        assert record.progress() == epoch / EPOCHS
        assert record.seconds_left() == pytest.approx(left)
    now += 10
    assert record.seconds_left() == 0
    record.end("done")
    assert record.seconds_left() is None
