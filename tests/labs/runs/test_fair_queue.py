"""Who is next: the runs of several people take turns."""

from __future__ import annotations

from collections import Counter

import pytest

from explorer.labs.runs.fair_queue import FairQueue


def filled(**runs: str) -> FairQueue:
    queue = FairQueue()
    for owner, names in runs.items():
        for name in names:
            queue.add(name, owner=owner)
    return queue


def test_owners_take_turns_and_each_keeps_their_order() -> None:
    assert filled(ann="abcd", bob="xy").order() == list("axbycd")


def test_order_is_what_pop_gives() -> None:
    queue = filled(ann="abcd", bob="xy", cleo="1")
    order = queue.order()
    assert [queue.pop() for _ in order] == order
    assert queue.pop() is None
    assert len(queue) == 0


def test_who_comes_later_does_not_wait_for_all_who_came_before() -> None:
    queue = filled(ann="abcdef")
    queue.pop()
    queue.add("x", owner="bob")
    assert queue.order().index("x") == 1


def test_who_has_fewer_under_way_comes_first() -> None:
    queue = filled(ann="abc", bob="xyz")
    assert queue.order(busy={"ann": 2}) == list("xyazbc")
    assert queue.pop(busy={"ann": 2}) == "x"
    assert queue.pop(busy={"ann": 2, "bob": 3}) == "a"


@pytest.mark.parametrize("busy", [{}, {"ann": 1}, {"bob": 1}, {"ann": 2, "cleo": 1}, {"ann": 1, "bob": 5}])
def test_order_is_what_pop_gives_whoever_is_busy(busy: dict[str, int]) -> None:
    queue = filled(ann="abcd", bob="xyz", cleo="12")
    owners = {run: owner for owner, runs in (("ann", "abcd"), ("bob", "xyz"), ("cleo", "12")) for run in runs}
    order, taken, busy = queue.order(busy=busy), [], Counter(busy)
    while (run := queue.pop(busy=busy)) is not None:
        taken.append(run)
        busy[owners[run]] += 1
    assert taken == order


def test_one_that_is_taken_out_is_skipped() -> None:
    queue = filled(ann="ab", bob="x")
    assert queue.remove("x")
    assert not queue.remove("x")
    assert queue.order() == ["a", "b"]


def test_one_that_cannot_be_taken_yet_keeps_its_place_and_holds_up_nobody() -> None:
    queue = filled(ann="ab", bob="xy", cleo="1")
    assert queue.order(lambda run: run not in "ay") == list("bx1ay")
    assert [queue.pop(lambda run: run not in "ay") for _ in range(3)] == list("bx1")
    assert queue.pop(lambda run: run not in "ay") is None
    queue.add("c", owner="ann")
    assert queue.order() == ["a", "y", "c"]


def test_order_is_what_pop_gives_when_some_cannot_be_taken() -> None:
    queue = filled(ann="abcd", bob="xyz", cleo="12")

    def ready(run: str) -> bool:
        return run not in "axy2"

    order = [run for run in queue.order(ready) if ready(run)]
    assert [queue.pop(ready) for _ in order] == order
    assert queue.pop(ready) is None
    assert len(queue) == 4
