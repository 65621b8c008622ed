"""Runs on the disk: what was written is found again, and a bad disk costs nothing but a sentence."""

from __future__ import annotations

import json
import math
import os
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load
from sqlalchemy import Engine, event

from explorer.errors import LabError
from explorer.labs.runs import archive as archive_module
from explorer.labs.runs.archive import INTERRUPTED, Archive, runs_folder
from explorer.labs.runs.export import as_json
from explorer.labs.runs.jobs import Run
from tests.labs.runs import stand_in


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path, patience=0.1)
    yield opened
    opened.close()


def a_run(name: str = "a", *, epochs: int = 2, **changes: Any) -> Run:
    run = Run(
        id=name,
        name=name,
        owner="ann",
        config=stand_in.config(epochs=epochs),
        trainable=None,
        status="done",
        sentence="",
        created=1.0,
        started=2.0,
        ended=3.0,
    )
    return replace(run, **changes)


def save_all(archive: Archive, run: Run, *, size: int = 3) -> None:
    """Epoch by epoch, as a run does."""
    for number in range(run.config.epochs + 1):
        epoch = stand_in.epoch(number, epochs=run.config.epochs, size=size)
        steps = {number: np.array([[number - 0.5, 0.5, 1.0], [number, math.inf, math.nan]])} if number else {}
        archive.save(run, epochs=[epoch], steps=steps, weights={number: epoch.weights})


def test_run_is_found_again_as_it_was(archive: Archive, tmp_path: Path) -> None:
    run = a_run(trainable=("fc.bias", "fc.weight"))
    save_all(archive, run)
    archive.close()
    again = Archive(tmp_path)
    assert again.runs() == (run,)
    curves = again.curves("a")
    np.testing.assert_array_equal(curves.at, [0.5, 1.0, 1.5, 2.0])
    np.testing.assert_array_equal(curves.loss, [0.5, math.inf] * 2)
    np.testing.assert_array_equal(curves.gradient_norm, [1.0, math.nan] * 2)
    assert [epoch.train_loss for epoch in curves.epochs] == [1, 1 / 2, 1 / 3]
    assert math.isnan(curves.epochs[0].train_error)
    assert curves.epochs[2].block_ratios == {"layer1.0": 0.5}
    np.testing.assert_array_equal(load(again.weights_file("a"))["fc.weight"], np.full((3, 2), 2, np.float32))
    assert load(again.weights_file("a", epoch=1))["bn1.count"].shape == ()
    again.close()


def test_steps_of_an_epoch_that_did_not_end_are_kept(archive: Archive) -> None:
    archive.save(a_run(), epochs=[stand_in.epoch(0, epochs=2)], steps={1: np.array([[0.25, 3.0, 4.0]])})
    curves = archive.curves("a")
    assert (curves.at.tolist(), curves.loss.tolist(), curves.gradient_norm.tolist()) == ([0.25], [3.0], [4.0])
    assert [epoch.epoch for epoch in curves.epochs] == [0]


def test_writing_the_same_again_changes_nothing(archive: Archive) -> None:
    for _ in range(2):
        save_all(archive, a_run())
    assert len(archive.runs()) == 1
    assert len(archive.curves("a").at) == 4
    assert archive.weight_epochs("a") == (0, 1, 2)


def test_weights_of_a_long_run_stay_below_the_limit_and_the_last_is_among_them(tmp_path: Path) -> None:
    each = sum(array.nbytes for array in stand_in.epoch(0, epochs=10, size=1000).weights.values())
    archive = Archive(tmp_path, max_weights_bytes=4 * each)
    save_all(archive, a_run(epochs=10), size=1000)
    assert archive.weight_epochs("a") == (0, 3, 6, 9, 10)
    assert len(archive.curves("a").epochs) == 11
    archive.close()


def test_newest_run_comes_first(archive: Archive) -> None:
    for name, created in (("a", 1.0), ("b", 3.0), ("c", 2.0)):
        archive.save(a_run(name, created=created))
    assert [run.id for run in archive.runs()] == ["b", "c", "a"]


def test_run_gets_another_name(archive: Archive) -> None:
    archive.save(a_run())
    archive.rename("a", "  the  deep one ")
    assert archive.run("a").name == "the deep one"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("  ", "The name is empty: write a few words."),
        ("x" * 121, "The name has 121 characters and 120 are allowed: shorten it."),
    ],
)
def test_name_that_is_none_is_refused(archive: Archive, name: str, sentence: str) -> None:
    archive.save(a_run())
    with pytest.raises(LabError) as refused:
        archive.rename("a", name)
    assert str(refused.value) == sentence
    assert archive.run("a").name == "a"


def test_deleted_run_is_gone_with_all_of_it_and_gives_the_disk_back(archive: Archive) -> None:
    archive.save(a_run("stays"))
    save_all(archive, a_run(), size=50_000)
    connection = sqlite3.connect(archive.path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = archive.path.stat().st_size
    archive.delete("a")
    assert [run.id for run in archive.runs()] == ["stays"]
    assert len(archive.curves("a").epochs) == 0
    with pytest.raises(LabError, match="No weights of this run are kept"):
        archive.weights_file("a")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert archive.path.stat().st_size < before / 10


def test_what_is_not_there_is_said(archive: Archive) -> None:
    archive.save(a_run())
    with pytest.raises(LabError, match="This run is not here; it may have been deleted"):
        archive.run("b")
    with pytest.raises(LabError, match="No weights of epoch 7 of this run are kept"):
        archive.weights_file("a", epoch=7)
    archive.delete("b")


def test_run_of_a_process_that_ended_is_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        # this process's number, but not its beginning: the number was given to another one since
        patch.setattr(archive_module, "_this_process", lambda: f"{os.uname().nodename} {os.getpid()} 1.00")
        ended = Archive(tmp_path)
        ended.save(a_run("left", status="running", ended=None))
        ended.save(a_run("done"))
        ended.close()
    archive = Archive(tmp_path)
    assert archive.run("left").status == "interrupted"
    assert archive.run("left").sentence == INTERRUPTED
    assert archive.run("left").ended is not None
    assert archive.run("done").status == "done"
    archive.close()


def test_run_of_a_process_that_lives_goes_on(archive: Archive, tmp_path: Path) -> None:
    archive.save(a_run(status="running", ended=None))
    another = Archive(tmp_path)
    assert another.run("a").status == "running"
    another.close()


def test_run_with_settings_of_another_version_is_left_out(archive: Archive) -> None:
    archive.save(a_run("known"))
    archive.save(a_run("unknown"))
    with sqlite3.connect(archive.path) as connection:
        connection.execute("UPDATE runs SET config = '{}' WHERE id = 'unknown'")
    connection.close()
    assert [run.id for run in archive.runs()] == ["known"]


def test_locked_database_is_said_and_read_all_the_same(archive: Archive) -> None:
    archive.save(a_run())
    other = sqlite3.connect(archive.path)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LabError, match="in use by another program: try again in a moment"):
        archive.save(a_run("b"))
    assert len(archive.runs()) == 1
    other.rollback()
    other.close()
    archive.save(a_run("b"))
    assert len(archive.runs()) == 2


def test_full_disk_is_said_and_what_was_kept_is_still_there(tmp_path: Path) -> None:
    def make_small(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 30").close()

    event.listen(Engine, "connect", make_small)
    archive = Archive(tmp_path)
    try:
        save_all(archive, a_run())
        with pytest.raises(LabError, match="The disk is full, so this could not be kept: make room"):
            save_all(archive, a_run("large"), size=100_000)
        assert archive.weight_epochs("a") == (0, 1, 2)
        archive.delete("a")
    finally:
        event.remove(Engine, "connect", make_small)
        archive.close()


def test_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_bytes(b"this is no database" * 1000)
    archive = Archive(tmp_path)
    assert archive.runs() == ()
    aside = next(tmp_path.glob("runs-damaged-*.sqlite"))
    assert aside.read_bytes().startswith(b"this is no")
    assert (
        archive.notice == f"The file of the kept runs was damaged and is now called {aside.name}; a new one was begun."
    )
    save_all(archive, a_run())
    assert len(archive.runs()) == 1
    archive.close()


def test_file_that_is_damaged_while_it_is_open_is_set_aside_too(archive: Archive, tmp_path: Path) -> None:
    save_all(archive, a_run(), size=5000)
    with sqlite3.connect(archive.path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    size = archive.path.stat().st_size
    with archive.path.open("r+b") as file:
        file.write(b"\xff" * size)
    with pytest.raises(LabError, match="was damaged and is now called runs-damaged-"):
        archive.runs()
    assert archive.runs() == ()
    assert len(list(tmp_path.glob("runs-damaged-*.sqlite"))) == 1


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LabError, match=r"The folder of the kept runs \(runs\) cannot be read or written"):
        Archive(tmp_path / "file" / "runs").runs()


def test_many_threads_write_at_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path, patience=30)
    runs = [a_run(f"run {number}") for number in range(8)]
    threads = [threading.Thread(target=save_all, args=(archive, run)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {run.id for run in archive.runs()} == {run.id for run in runs}
    assert all(len(archive.curves(run.id).epochs) == 3 for run in runs)
    archive.close()


def test_folder_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    assert runs_folder() == tmp_path


def test_weights_open_elsewhere_and_curves_are_json(archive: Archive) -> None:
    save_all(archive, a_run())
    assert set(load(archive.weights_file("a"))) == {"fc.weight", "bn1.count"}

    def refuse(sign: str) -> None:
        raise AssertionError(f"{sign} is no JSON")

    values = json.loads(as_json(archive.run("a"), archive.curves("a")), parse_constant=refuse)
    assert values["steps"]["loss"] == [0.5, "Infinity", 0.5, "Infinity"]
    assert values["steps"]["gradient_norm"][1] == "NaN"
    assert values["config"] == json.loads(archive.run("a").config.to_json())
    assert [epoch["test_error"] for epoch in values["epochs"]] == [0.25] * 3
