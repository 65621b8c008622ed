"""Every run, without workers: who is next, what is seen of a run under way, and when it is written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import LabError
from explorer.labs.runs import store as store_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.jobs import FromRun, Job, new_run
from explorer.labs.runs.record import Record
from explorer.labs.runs.store import Store
from explorer.labs.training.events import Epoch, Step
from tests.labs.runs import stand_in


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(Archive(tmp_path, patience=0.1))
    yield made
    made.archive.close()


def add(store: Store, number: int = 1, *, owner: str = "ann", after: str = "", epochs: int = 2) -> list[str]:
    job = Job(config=stand_in.config(epochs=epochs), start=FromRun(run=after) if after else None)
    records = [Record(job=job, run=new_run(job, owner), awaited=after or None) for _ in range(number)]
    store.add(records)
    return [record.run.id for record in records]


def events(epochs: int = 2) -> list[Step | Epoch]:
    return list(stand_in.quick(stand_in.config(epochs=epochs)))


def places(store: Store, *ids: str) -> list[int | None]:
    return [store.watch(run_id).place for run_id in ids]


def next_id(store: Store) -> str | None:
    record = store.next()
    return None if record is None else record.run.id


def test_place_in_the_queue_is_the_order_in_which_runs_are_taken_up(store: Store) -> None:
    ids = [*add(store, 4, owner="ann"), *add(store, 2, owner="bob")]
    shown = dict(zip(places(store, *ids), ids, strict=True))
    for place in range(1, 7):
        run_id = next_id(store)
        assert run_id == shown[place]
        store.take_up(run_id or "")
        # it waits for a worker to begin, before all that were not taken up
        begun = [shown[earlier] for earlier in range(1, place + 1)]
        assert sorted(found or 0 for found in places(store, *begun)) == [*range(1, place + 1)]
    assert store.next() is None


def test_run_that_waits_for_anothers_weights_stands_last_holds_up_nobody_and_keeps_its_place(store: Store) -> None:
    (source,) = add(store)
    store.take_up(source)
    store.take(source, [])
    (heir,), (own,), (bobs,) = add(store, after=source), add(store), add(store, owner="bob")
    assert places(store, source, bobs, own, heir) == [None, 1, 2, 3]
    store.hand_on()
    assert next_id(store) == bobs
    store.take(source, events())
    store.end(source, "done")
    store.hand_on()
    # ann had the last turn
    assert places(store, bobs, heir, own) == [1, 2, 3]
    store.take_up(bobs)
    record = store.next()
    assert record is not None
    assert isinstance(record.job.start, dict)
    assert (record.job.start["fc.weight"] == 2).all()


def test_run_that_is_over_is_in_no_queue_and_takes_nothing_in(store: Store) -> None:
    first, second = add(store, 2)
    store.end(first, "cancelled")
    assert (next_id(store), places(store, first, second)) == (second, [None, 1])
    assert not store.take(first, events())
    assert not store.take_up(first)
    store.end(first, "failed", "too late")
    assert (store.run(first).status, store.run(first).sentence) == ("cancelled", "")


def test_run_that_was_lost_before_it_began_is_tried_once_more(store: Store) -> None:
    (run_id,) = add(store)
    store.take_up(run_id)
    assert store.put_back(run_id)
    assert next_id(store) == run_id
    store.take_up(run_id)
    assert not store.put_back(run_id)
    (begun,) = add(store)
    store.take_up(begun)
    store.take(begun, [])
    assert not store.put_back(begun)


def test_what_is_under_way_is_seen_and_an_epoch_that_ended_is_on_the_disk(store: Store) -> None:
    (run_id,) = add(store)
    store.take_up(run_id)
    some = events()[:-3]
    assert store.take(run_id, some)
    store.write()
    watched = store.watch(run_id)
    assert (watched.run.status, watched.place, watched.progress) == ("running", None, 0.75)
    assert len(watched.curves.at) == 6
    kept = store.archive.curves(run_id)
    assert (len(kept.at), [epoch.epoch for epoch in kept.epochs]) == (4, [0, 1])
    store.end(run_id, "cancelled")
    store.write()
    assert store.all_written()
    np.testing.assert_array_equal(store.archive.curves(run_id).loss, watched.curves.loss)
    assert store.weight_epochs(run_id) == (0, 1)


def test_epoch_that_comes_while_others_are_written_is_written_next(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_id,) = add(store, epochs=3)
    all_of_it = events(3)
    store.take(run_id, all_of_it[:6])
    save = store.archive.save

    def save_while_it_goes_on(run: object, **new: object) -> None:
        save(run, **new)  # type: ignore[arg-type]
        monkeypatch.setattr(store.archive, "save", save)
        store.take(run_id, all_of_it[6:])

    monkeypatch.setattr(store.archive, "save", save_while_it_goes_on)
    store.write()
    assert store.archive.weight_epochs(run_id) == (0, 1)
    store.write()
    assert store.archive.weight_epochs(run_id) == (0, 1, 2, 3)


def test_what_the_disk_does_not_take_is_said_and_written_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    (run_id,) = add(store)
    store.take(run_id, events())
    store.end(run_id, "done")

    def full(*_: object, **__: object) -> None:
        raise LabError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(store.archive, "save", full)
        store.write()
    assert (store.run(run_id).status, store.run(run_id).sentence) == ("done", "The disk is full.")
    assert (store.weights(run_id)["fc.weight"] == 2).all()
    store.write()
    assert not store.all_written(), "it is not tried again at once"
    monkeypatch.setattr(store, "_write_after", time.monotonic() - store_module.RETRY_SECONDS)
    store.write()
    assert store.all_written()
    assert store.run(run_id).sentence == ""
    assert len(store.watch(run_id).curves.at) == 8


def test_run_that_was_deleted_is_not_written_again(store: Store) -> None:
    (run_id,) = add(store)
    store.take(run_id, events())
    store.write()
    store.delete(run_id)
    store.write()
    assert store.runs() == ()
    assert not store.take(run_id, events())


def test_runs_of_one_press_are_found_by_the_first_digits_of_any_of_them(store: Store) -> None:
    ids = add(store, 3)
    add(store, owner="bob")
    later = Record(job=Job(config=stand_in.config(epochs=2)), run=replace(store.run(ids[0]), id="f" * 12))
    later.run = replace(later.run, created=later.run.created + 60)
    store.add([later])
    assert store.begun_with(ids[1][:8]) == tuple(ids)
    assert store.begun_with("ffffff") == ("f" * 12,)
    assert store.begun_with("0" * 12) == ()
    assert [one.run.id for one in store.under_way("ann")] == [*ids, "f" * 12]
    store.end(ids[0], "cancelled")
    assert [one.run.id for one in store.under_way("ann")] == [*ids[1:], "f" * 12]
