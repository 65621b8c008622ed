"""What becomes of runs when their engine fails them: an engine in this process that fails as it is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from explorer.errors import LabError
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.cluster import UNEXPECTED, Cluster, LostError
from explorer.labs.runs.jobs import Events, Job, Run
from explorer.labs.runs.runs import Runs
from explorer.labs.runs.store import Store
from tests.labs.runs import stand_in

PATIENCE = 30.0


class Engine:
    """Carries out two runs at once, here.

    Attributes:
        fails: for each run in its turn, what it raises, and whether a worker has begun with it by then; the others go
            to their end.
        answers: whether it can be reached.
    """

    notice = ""

    def __init__(self) -> None:
        self.fails: list[tuple[Exception, bool]] = []
        self.answers = True
        self.at_once, self.most = 0, 0

    def slots(self) -> int:
        if not self.answers:
            raise LabError("Nobody answers.")
        return 2

    def train(self, train: Any, config: Any, *, start: Any, trainable: Any) -> Generator[Events]:
        error, has_begun = self.fails.pop(0) if self.fails else (None, True)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            if has_begun:
                yield []
            time.sleep(0.02)
            if error is not None:
                raise error
            yield list(train(config))
        finally:
            self.at_once -= 1

    def close(self) -> None:
        pass


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def runs(engine: Engine, tmp_path: Path) -> Iterator[Runs]:
    made = Runs(Store(Archive(tmp_path)), cast(Cluster, engine), train=stand_in.quick)
    yield made
    made.close()


def ended(runs: Runs, number: int = 1, *, meanwhile: Callable[[], None] = lambda: None) -> list[Run]:
    ids = runs.submit([Job(config=stand_in.config(seed=seed)) for seed in range(number)], owner="ann")
    meanwhile()
    end = time.monotonic() + PATIENCE
    while not runs.store.all_written():
        assert time.monotonic() < end
        time.sleep(0.01)
    return [runs.store.run(run_id) for run_id in ids]


def test_no_more_are_carried_out_at_once_than_there_is_room_for(runs: Runs, engine: Engine) -> None:
    assert [run.status for run in ended(runs, 6)] == ["done"] * 6
    assert (engine.most, engine.at_once) == (2, 0)


def test_run_that_was_lost_before_it_began_is_carried_out_by_whoever_is_there_next(runs: Runs, engine: Engine) -> None:
    engine.fails = [(LostError(), False)]
    (run,) = ended(runs)
    assert (run.status, run.sentence) == ("done", "")


@pytest.mark.parametrize(
    "fails", [[(LostError(), False)] * 2, [(LostError(), True)]], ids=["twice", "when it had begun"]
)
def test_run_that_is_lost_for_good_says_so(runs: Runs, engine: Engine, fails: list[tuple[Exception, bool]]) -> None:
    engine.fails = fails
    (run,) = ended(runs)
    assert (run.status, run.sentence) == ("failed", str(LostError()))


def test_error_that_was_not_foreseen_ends_one_run_alone(runs: Runs, engine: Engine) -> None:
    engine.fails = [(ZeroDivisionError(), True), (LabError("The data cannot be had."), True)]
    found = ended(runs, 3)
    assert [run.status for run in found] == ["failed", "failed", "done"]
    assert {run.sentence for run in found[:2]} == {UNEXPECTED, "The data cannot be had."}


def test_all_that_wait_fail_with_the_sentence_of_an_engine_that_is_not_there(runs: Runs, engine: Engine) -> None:
    engine.answers = False
    assert [(run.status, run.sentence) for run in ended(runs, 3)] == [("failed", "Nobody answers.")] * 3
    engine.answers = True
    assert [run.status for run in ended(runs)] == ["done"]


def test_run_that_is_deleted_while_it_begins_is_gone(runs: Runs) -> None:
    def delete() -> None:
        for run in runs.store.runs():
            runs.delete(run.id)

    with pytest.raises(LabError, match="not here"):
        ended(runs, 2, meanwhile=delete)
    assert runs.store.runs() == ()
