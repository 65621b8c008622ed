"""Who is next: the runs of several people take turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from explorer.labs.runs.in_turn import in_turn
from explorer.labs.runs.jobs import Job, Run, new_run
from tests.labs.runs import stand_in


def waiting(**runs: str) -> list[Run]:
    """Runs that are called by a letter each, by owner, one owner after the other."""
    job = Job(config=stand_in.config())
    return [replace(new_run(job, owner), id=name) for owner, names in runs.items() for name in names]


def order(runs: list[Run], busy: Mapping[str, int] | None = None, turns: Mapping[str, float] | None = None) -> str:
    return "".join(run.id for run in in_turn(runs, busy=busy or {}, turns=turns or {}))


def test_owners_take_turns_and_each_keeps_their_order() -> None:
    assert order(waiting(ann="abcd", bob="xy")) == "axbycd"


def test_who_comes_later_does_not_wait_for_all_who_came_before() -> None:
    assert order(waiting(ann="bcdef", bob="x"), busy={"ann": 1}, turns={"ann": 1.0})[0] == "x"


def test_who_had_the_last_turn_comes_after_those_who_had_it_before_or_never() -> None:
    runs = waiting(ann="ab", bob="xy", cleo="1")
    assert order(runs, turns={"ann": 2.0, "bob": 1.0}) == "1xayb"


def test_who_has_fewer_under_way_comes_first() -> None:
    runs = waiting(ann="abc", bob="xyz")
    assert order(runs, busy={"ann": 2}) == "xyazbc"
    assert order(runs, busy={"ann": 2, "bob": 3})[0] == "a"


@pytest.mark.parametrize("busy", [{}, {"ann": 1}, {"bob": 1}, {"ann": 2, "cleo": 1}, {"ann": 1, "bob": 5}])
def test_order_is_what_taking_the_next_one_again_and_again_gives(busy: dict[str, int]) -> None:
    runs = waiting(ann="abcd", bob="xyz", cleo="12")
    shown, taken, under_way, turns = order(runs, busy=busy), "", Counter(busy), dict[str, float]()
    while runs:
        first = in_turn(runs, busy=under_way, turns=turns)[0]
        runs.remove(first)
        taken += first.id
        under_way[first.owner] += 1
        turns[first.owner] = float(len(taken))
    assert taken == shown
