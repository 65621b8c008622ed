"""A run under way, by a clock that the test holds."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from explorer.labs.runs.jobs import Curves, Job, new_run
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


@pytest.mark.parametrize(("steps", "taken"), [(10, 50), (10, 37), (10, 4), (1, 5), (3, 2)])
def test_a_point_of_the_loss_is_the_mean_over_an_epoch_of_steps_before_it(steps: int, taken: int) -> None:
    losses = np.random.default_rng(0).normal(size=taken)
    curves = Curves(at=np.arange(1, taken + 1) / steps, loss=losses)
    theirs = pd.Series(losses).rolling(steps, min_periods=1).mean()
    assert curves.mean_loss == pytest.approx(theirs.to_numpy())


def test_a_loss_that_is_no_number_spoils_no_mean_but_those_that_it_is_part_of() -> None:
    curves = Curves(at=np.arange(1, 8) / 2, loss=np.array([1, 1e30, 2, 2, 2, np.inf, np.nan]))
    assert curves.mean_loss == pytest.approx([1, 5e29, 5e29, 2, 2, np.inf, np.nan], nan_ok=True)
    assert len(Curves().mean_loss) == 0
