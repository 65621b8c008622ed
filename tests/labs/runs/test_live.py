"""A run under way, by a clock that the test holds."""

from __future__ import annotations

import time

import pytest

from explorer.labs.runs.jobs import Job
from explorer.labs.runs.live import Live
from explorer.labs.runs.runs import _new_run
from tests.labs.runs import stand_in

EPOCHS = 4


def test_the_time_that_is_left_is_that_of_the_steps_to_come_at_the_pace_of_those_that_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = Job(config=stand_in.config(epochs=EPOCHS))
    live = Live(job=job, run=_new_run(job, "ann"))
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert live.seconds_left() is None
    live.take_report({"steps": [(1, 1, 10, 2.0, 1.0)]})
    for epoch, left in ((1, 90.0), (2, 60.0), (3, 30.0), (4, 0.0)):
        now = 1000.0 + 30 * epoch
        live.take_report({"steps": [(epoch, 10, 10, 1.0, 1.0)]})
        assert live.progress() == epoch / EPOCHS
        assert live.seconds_left() == pytest.approx(left)
    live.end("done")
    assert live.seconds_left() is None
