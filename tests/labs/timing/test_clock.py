"""The clock against a call whose time is known: one that moves the hands itself."""

from __future__ import annotations

import pytest
import torch

from explorer.labs.timing import clock

CPU = torch.device("cpu")


class Hands:
    """A clock that stands still but for the calls that are timed."""

    def __init__(self, *seconds: float) -> None:
        self.now, self.seconds, self.calls = 0.0, seconds, 0

    def __call__(self) -> float:
        return self.now

    def work(self) -> None:
        self.now += self.seconds[min(self.calls, len(self.seconds) - 1)]
        self.calls += 1


def timed(monkeypatch: pytest.MonkeyPatch, hands: Hands, *, repeats: int, seconds: float) -> tuple[float, ...]:
    monkeypatch.setattr(clock, "perf_counter", hands)
    return clock.timed(hands.work, CPU, repeats=repeats, seconds=seconds).seconds


def test_warm_up_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    found = timed(monkeypatch, Hands(0.5, 0.25, 0.125), repeats=20, seconds=100)
    assert found == (0.125,) * 20


def test_what_is_slow_is_run_as_often_as_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(timed(monkeypatch, Hands(0.5), repeats=20, seconds=3)) == 6


def test_what_is_slower_still_is_run_three_times_and_warmed_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands(8.0)
    assert timed(monkeypatch, hands, repeats=20, seconds=3) == (8.0,) * 3
    assert hands.calls == 1 + 3
