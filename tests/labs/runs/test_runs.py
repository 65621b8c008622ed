"""The manager: runs are carried out in turns, watched, cancelled, kept, and what goes wrong ends alone."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from distributed import Client

from explorer.errors import LabError
from explorer.labs.runs import runs as runs_module
from explorer.labs.runs import store as store_module
from explorer.labs.runs.archive import INTERRUPTED, Archive
from explorer.labs.runs.cluster import Cluster
from explorer.labs.runs.jobs import Job, Run, Watched
from explorer.labs.runs.runs import Runs, manager
from explorer.labs.runs.store import Store
from explorer.labs.runs.worker import THREAD, train_on_one_thread
from explorer.labs.training.events import Step
from tests.labs.runs import stand_in

# processes that start, are killed and answer late: on a machine that stalls, a second try counts
pytestmark = pytest.mark.flaky(reruns=1)

ROOT = Path(__file__).parents[3]
PATIENCE = 120.0
MEMORY = 600 * 2**20

Make = Callable[..., Runs]


def address_of(cluster: Cluster) -> str:
    return str(cluster.client().scheduler_info()["address"])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Two workers that the tests of this file share."""
    with Cluster(options=("--memory", str(MEMORY))) as cluster:
        yield address_of(cluster)


@pytest.fixture
def make(address: str, tmp_path: Path) -> Iterator[Make]:
    """Makes managers on the shared workers that keep their runs in one folder."""
    made: list[Runs] = []

    def make_one(train: Any = stand_in.quick, **arguments: Any) -> Runs:
        made.append(Runs(Store(Archive(tmp_path, patience=0.2)), Cluster(address), train=train, **arguments))
        return made[-1]

    yield make_one
    for runs in made:
        runs.close()


@pytest.fixture
def onlooker(address: str) -> Iterator[Client]:
    """Another connection to the shared workers."""
    with Client(address, set_as_default=False) as client:
        yield client


def until(condition: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited too long until {what}"
        time.sleep(0.02)


def ended(runs: Runs, ids: Sequence[str]) -> list[Watched]:
    """The runs once they are over and written."""
    until(lambda: not any(runs.store.watch(run_id).run.is_active for run_id in ids), "the runs have ended")
    until(lambda: runs.store.all_written(), "the runs are written")
    return [runs.store.watch(run_id) for run_id in ids]


def until_running(runs: Runs, run_id: str) -> None:
    until(lambda: runs.store.watch(run_id).run.status == "running", "it runs")


def submit(runs: Runs, number: int, *, owner: str = "ann", epochs: int = 2) -> tuple[str, ...]:
    return runs.submit([Job(config=stand_in.config(seed=seed, epochs=epochs)) for seed in range(number)], owner=owner)


def tasks(client: Client) -> int:
    """How many tasks the scheduler knows, those that run included."""
    return sum(len(keys) for keys in client.processing().values()) + sum(map(len, client.has_what().values()))


def executing(client: Client) -> int:
    """How many tasks the workers are really busy with."""
    return sum(client.run(lambda dask_worker: dask_worker.state.executing_count).values())


def held() -> tuple[int, int]:
    """Threads and open files of a process."""
    return threading.active_count(), psutil.Process().num_fds()


def fits(now: tuple[int, int], before: tuple[int, int]) -> bool:
    """Whether no more is held than before; a pool may have grown by a few, what stays of every start would be fifty."""
    return all(after <= earlier + 10 for after, earlier in zip(now, before, strict=True))


def going_on() -> int:
    """How many threads of a process train."""
    return sum(thread.name == THREAD for thread in threading.enumerate())


def files(dask_worker: Any) -> list[str]:
    """What lies in a worker's folder."""
    return sorted(os.listdir(dask_worker.local_directory))


def test_set_of_runs_is_carried_out_and_kept(make: Make) -> None:
    runs = make()
    ids = submit(runs, 5)
    for watched in ended(runs, ids):
        assert watched.run.status == "done"
        assert watched.run.sentence == ""
        assert (watched.progress, watched.seconds_left, watched.place) == (1, None, None)
        assert watched.run.created <= watched.run.started <= watched.run.ended  # type: ignore[operator]
        np.testing.assert_allclose(watched.curves.at, np.arange(1, 9) / stand_in.STEPS)
        np.testing.assert_array_equal(watched.curves.gradient_norm, [1, 2, 3, 4] * 2)
        assert [epoch.epoch for epoch in watched.curves.epochs] == [0, 1, 2]
        assert np.isnan(watched.curves.epochs[0].train_error)
        assert runs.store.weight_epochs(watched.run.id)[-1] == 2
        assert (runs.store.weights(watched.run.id)["fc.weight"] == 2).all()
    assert {run.id for run in runs.store.runs()} == set(ids)
    assert json.loads(runs.store.json_file(ids[0]))["status"] == "done"
    assert runs.store.runs(owner="bob") == ()


def test_start_and_what_learns_reach_the_worker(make: Make) -> None:
    runs = make()
    job = Job(config=stand_in.config(), name=" moved ", start={"fc.bias": np.full(1, 5.0)}, trainable={"fc", "layer3"})
    (watched,) = ended(runs, runs.submit([job], owner="ann"))
    assert watched.curves.loss[0] == 5 + 2
    assert (watched.run.name, watched.run.trainable) == ("moved", ("fc", "layer3"))


def test_run_can_be_watched_while_it_goes_on(make: Make) -> None:
    runs = make(stand_in.slow)
    (run_id,) = submit(runs, 1, epochs=100)
    until(lambda: runs.store.watch(run_id).curves.at.size > 2 * stand_in.STEPS, "steps are seen")
    first = runs.store.watch(run_id)
    assert first.run.status == "running"
    assert 0 < first.progress < 0.5
    assert first.seconds_left is not None
    assert first.seconds_left > 1
    until(lambda: runs.store.watch(run_id).progress > first.progress, "it goes on")
    until(lambda: len(runs.store.weight_epochs(run_id)) > 1, "weights are kept")
    runs.store.rename(run_id, "mine")
    assert runs.store.watch(run_id).run.name == "mine"
    runs.delete(run_id)
    assert runs.store.runs() == ()
    with pytest.raises(LabError, match="not here"):
        runs.store.watch(run_id)


def test_people_take_turns_and_see_their_place(make: Make) -> None:
    runs = make(stand_in.slow)
    anns = submit(runs, 6, owner="ann", epochs=100)
    bobs = submit(runs, 2, owner="bob", epochs=100)
    until(lambda: sum(run.status == "running" for run in runs.store.runs()) == 2, "both workers are busy")
    places = {run_id: runs.store.watch(run_id).place for run_id in (*anns, *bobs)}
    assert sorted(place for place in places.values() if place is not None) == [1, 2, 3, 4, 5, 6]
    assert all((places[run_id] or 0) <= 4 for run_id in bobs)
    assert places[anns[-1]] == 6
    for run_id in (*anns, *bobs):
        runs.cancel(run_id)


def test_more_runs_than_allowed_are_refused_and_none_of_them_begins(make: Make) -> None:
    runs = make(stand_in.slow, most=3)
    ids = submit(runs, 2, epochs=100)
    with pytest.raises(LabError) as refused:
        submit(runs, 2, owner="bob")
    assert str(refused.value) == (
        "2 runs wait or run already and 3 are allowed at once: wait until some have ended, or take fewer."
    )
    assert len(runs.store.runs()) == 2
    runs.cancel(ids[0])
    submit(runs, 2, owner="bob")
    runs.cancel(ids[1])


def test_cancelled_run_ends_within_a_step_and_keeps_what_it_had(make: Make, onlooker: Client) -> None:
    runs = make(stand_in.slow)
    ids = submit(runs, 3, epochs=1000)
    until(lambda: len(runs.store.watch(ids[0]).curves.epochs) > 1, "an epoch has ended")
    for run_id in ids:
        runs.cancel(run_id)
    assert {runs.store.watch(run_id).run.status for run_id in ids} == {"cancelled"}
    until(lambda: executing(onlooker) == 0 and tasks(onlooker) == 0, "the workers are free")
    until(lambda: runs.store.all_written(), "it is written")
    kept = runs.store.watch(ids[0]).curves
    assert len(kept.epochs) > 1
    assert kept.at.size >= kept.epochs[-1].epoch * stand_in.STEPS
    runs.cancel(ids[0])
    assert runs.store.watch(ids[0]).run.status == "cancelled"


def test_bad_run_ends_alone_with_its_sentence(make: Make) -> None:
    runs = make(stand_in.bad_with_odd_seed)
    watched = ended(runs, submit(runs, 8))
    assert [each.run.status for each in watched] == ["done", "failed"] * 4
    sentences = [each.run.sentence for each in watched[1::2]]
    assert sentences[0] == "The data cannot be had."
    assert sentences[1] == "The worker process that carried out this run ended unexpectedly: start the run again."
    assert sentences[2].startswith("The run ended with an error that was not foreseen")
    assert sentences[3].startswith("The run reached 0.")
    assert sentences[3].endswith(
        "GB of memory, more than one worker may use: take a smaller batch, fewer blocks or fewer channels."
    )


def test_fifty_starts_and_cancels_leave_nothing_behind(make: Make, onlooker: Client, tmp_path: Path) -> None:
    runs = make(stand_in.slow)
    (first,) = submit(runs, 1, epochs=1000)
    until_running(runs, first)
    runs.delete(first)
    until(lambda: tasks(onlooker) == 0, "the first is gone")
    until(lambda: len(onlooker.nthreads()) == 2, "workers that a test before killed are there again")
    here, there, threads = held(), onlooker.run(held), threading.active_count()
    folders = onlooker.run(files)
    processes = {child.pid for child in psutil.Process().children(recursive=True)}
    for number in range(50):
        (run_id,) = submit(runs, 1, epochs=1000)
        if number % 5 == 0:
            until_running(runs, run_id)
        runs.cancel(run_id)
        runs.delete(run_id)
    until(lambda: tasks(onlooker) == 0 and executing(onlooker) == 0, "the workers are free")
    assert runs.store.runs() == ()
    assert runs.store.all_written()
    until(lambda: threading.active_count() <= threads, "no thread is left")
    until(lambda: fits(held(), here), "no open file is left")
    until(lambda: all(fits(now, there[worker]) for worker, now in onlooker.run(held).items()), "nor one in the workers")
    assert onlooker.run(files) == folders
    assert {child.pid for child in psutil.Process().children(recursive=True)} == processes
    until(lambda: set(onlooker.run(going_on).values()) == {0}, "no training goes on")
    runs.close()
    assert [file.name for file in tmp_path.iterdir()] == ["runs.sqlite"]


def test_server_that_is_killed_leaves_its_runs_to_be_found(
    make: Make, onlooker: Client, address: str, tmp_path: Path
) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path), address], cwd=ROOT, stdout=subprocess.PIPE)
    assert server.stdout is not None
    server.stdout.readline()
    server.kill()
    server.communicate()
    runs = make()
    running, waiting = sorted(runs.store.runs(), key=lambda run: run.name)
    for run in (running, waiting):
        assert (run.status, run.sentence) == ("interrupted", INTERRUPTED)
    curves = runs.store.watch(running.id).curves
    assert len(curves.epochs) >= 3
    assert runs.store.weights(running.id)["fc.weight"][0, 0] >= curves.epochs[-1].epoch - 1
    until(lambda: tasks(onlooker) == 0 and executing(onlooker) == 0, "the workers have let go")


SERVER = """
import sys, time
from pathlib import Path
from explorer.labs.runs.cluster import Cluster
from explorer.labs.training.events import Step
from explorer.labs.runs.jobs import Job
from explorer.labs.runs.runs import Runs
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.store import Store
from tests.labs.runs import stand_in

runs = Runs(Store(Archive(Path(sys.argv[1]))), Cluster(sys.argv[2]), train=stand_in.slow)
jobs = [Job(config=stand_in.config(epochs=1000), name=name) for name in ("a running", "b waiting")]
first, _ = runs.submit(jobs, owner="ann")
store = Archive(Path(sys.argv[1]))
while len(store.curves(first).epochs) < 3 or len(store.weight_epochs(first)) < 2:
    time.sleep(0.02)
print("now", flush=True)
time.sleep(600)
"""


def test_disk_that_does_not_take_it_loses_nothing(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "RETRY_SECONDS", 0.1)
    runs = make()
    assert runs.store.runs() == ()
    other = sqlite3.connect(tmp_path / "runs.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    (run_id,) = submit(runs, 1)
    until(lambda: runs.store.watch(run_id).run.status == "done", "it has ended all the same")
    until(lambda: "in use by another program" in runs.store.watch(run_id).run.sentence, "it is said")
    assert len(runs.store.watch(run_id).curves.epochs) == 3
    assert (runs.store.weights(run_id)["fc.weight"] == 2).all()
    other.rollback()
    other.close()
    (watched,) = ended(runs, [run_id])
    assert (watched.run.status, watched.run.sentence) == ("done", "")
    assert len(watched.curves.epochs) == 3
    assert watched.curves.at.size == 2 * stand_in.STEPS
    assert (runs.store.weights(run_id)["fc.weight"] == 2).all()


def test_file_that_is_damaged_during_a_run_loses_nothing_of_it(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "RETRY_SECONDS", 0.1)
    runs = make(stand_in.slow)
    (run_id,) = submit(runs, 1, epochs=8)
    until(lambda: runs.store.watch(run_id).curves.at.size > 2 * stand_in.STEPS, "epochs are written")
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with (tmp_path / "runs.sqlite").open("r+b") as file:
        file.write(b"\xff" * 50_000)
    (watched,) = ended(runs, [run_id])
    assert watched.run.status == "done"
    assert len(watched.curves.epochs) == 9
    assert watched.curves.at.size == 8 * stand_in.STEPS
    assert "was damaged and is now called runs-damaged-" in runs.notice


def test_cluster_that_goes_away_ends_its_runs_and_the_next_run_gets_a_new_one(tmp_path: Path) -> None:
    cluster = Cluster(options=("--workers", "1"))
    runs = Runs(Store(Archive(tmp_path)), cluster, train=stand_in.slow)
    try:
        begun, waits = submit(runs, 2, epochs=1000)
        until_running(runs, begun)
        runs.cancel(waits)
        psutil.Process(cluster._process.pid).kill()  # type: ignore[union-attr]
        until(lambda: runs.store.watch(begun).run.status == "failed", "it is noticed")
        assert runs.store.watch(begun).run.sentence == (
            "The cluster that carried out this run went away: start the run again."
        )
        (again,) = submit(runs, 1, epochs=1)
        until(lambda: runs.store.watch(again).run.status == "done", "the next has ended")
    finally:
        runs.close()


def test_scheduler_of_the_environment_carries_out_a_set_with_the_same_curves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Cluster(options=("--workers", "1")) as second:
        monkeypatch.setenv("EXPLORER_SCHEDULER", address_of(second))
        runs = Runs(Store(Archive(tmp_path)))
        try:
            config = stand_in.config(epochs=1).replace(batch=512)
            watched = ended(runs, runs.submit([Job(config=config), Job(config=config.replace(seed=1))], owner="ann"))
            assert [each.run.status for each in watched] == ["done", "done"]
            here = list(train_on_one_thread(config))
            assert watched[0].curves.epochs[-1].train_loss == here[-1].train_loss  # type: ignore[union-attr]
            np.testing.assert_array_equal(
                watched[0].curves.loss, [step.loss for step in here if isinstance(step, Step)]
            )
            for name, array in here[-1].weights.items():  # type: ignore[union-attr]
                np.testing.assert_array_equal(runs.store.weights(watched[0].run.id)[name], array)
            assert watched[1].curves.loss[0] != watched[0].curves.loss[0]
        finally:
            runs.close()


def test_run_fails_with_a_sentence_when_nobody_can_carry_it_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.labs.runs.cluster.CONNECT_SECONDS", 0.2)
    runs = Runs(Store(Archive(tmp_path)), Cluster("tcp://127.0.0.1:9"), train=stand_in.quick)
    try:
        for watched in ended(runs, submit(runs, 2)):
            assert watched.run.status == "failed"
            assert watched.run.sentence.startswith("The scheduler at tcp://127.0.0.1:9 does not answer")
    finally:
        runs.close()


def test_there_is_one_manager_for_all_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setattr(runs_module, "_manager", None)
    seen: set[Runs] = set()
    threads = [threading.Thread(target=lambda: seen.add(manager())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 1
    manager().close()


def test_store_that_cannot_be_read_is_a_notice_and_not_an_error(tmp_path: Path, address: str) -> None:
    (tmp_path / "file").write_text("")
    runs = Runs(Store(Archive(tmp_path / "file" / "runs")), Cluster(address), train=stand_in.quick)
    (run_id,) = submit(runs, 1)
    until(lambda: runs.store.watch(run_id).run.status == "done", "it has ended in memory")
    (run,) = runs.store.runs()
    assert isinstance(run, Run)
    assert "cannot be read or written" in runs.notice
    runs.close()
