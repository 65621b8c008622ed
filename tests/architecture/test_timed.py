"""What follows from measured times, against numpy and cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.architecture.timed import Meanwhile, Rates, RowTime, Runs, Setting, Timed

RATES = Rates(flops=100e9, copied_bytes=10e9)


def row(seconds: float, macs: int = 0, moved_bytes: int = 0, layer: str = "a") -> RowTime:
    return RowTime(layer=layer, runs=Runs(seconds=(seconds,)), macs=macs, moved_bytes=moved_bytes)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 20])
def test_median_and_quartiles_are_those_of_numpy(count: int) -> None:
    seconds = np.random.default_rng(count).exponential(size=count)
    runs = Runs(seconds=tuple(seconds.tolist()))
    assert (runs.median, *runs.quartiles) == pytest.approx(np.percentile(seconds, [50, 25, 75]).tolist())
    assert runs.count == count
    assert runs.fastest == seconds.min()


@pytest.mark.parametrize(
    ("one", "limit"),
    [
        # 10 MB at 10 GB/s are 1 ms; 50 M multiply-accumulates at 100 GFLOP/s too
        (row(0.001, macs=0, moved_bytes=10_000_000), "memory"),
        (row(0.001, macs=49_000_000, moved_bytes=10_000_000), "memory"),
        (row(0.001, macs=51_000_000, moved_bytes=10_000_000), "work"),
        (row(0.0049, macs=51_000_000, moved_bytes=10_000_000), "work"),
        (row(0.0052, macs=51_000_000, moved_bytes=10_000_000), "neither"),
        (row(0.000001), "neither"),
    ],
)
def test_a_row_is_bound_by_what_takes_longer_at_the_rates_of_the_machine(one: RowTime, limit: str) -> None:
    assert one.limit(RATES) == limit


def test_the_fastest_run_says_what_bounds_a_row() -> None:
    one = RowTime(layer="a", runs=Runs(seconds=(0.001, 1.0, 1.0)), macs=0, moved_bytes=10_000_000)
    assert one.limit(RATES) == "memory"


def test_intensity_is_operations_for_each_byte() -> None:
    assert row(1, macs=300, moved_bytes=100).intensity == 6
    assert row(1).intensity == 0


def test_what_no_row_accounts_for_is_between() -> None:
    timed = Timed(
        title="",
        input_size=(1, 1),
        setting=Setting(),
        device="cpu",
        rows=(row(0.1, macs=3, moved_bytes=5), row(0.2, macs=4, moved_bytes=7, layer="b")),
        holding=(),
        whole=Runs(seconds=(0.5, 0.25, 0.4)),
        rates=RATES,
        meanwhile=Meanwhile(),
    )
    assert timed.seconds == pytest.approx(0.3)
    assert timed.between == pytest.approx(0.1)
    assert (timed.macs, timed.moved_bytes) == (7, 12)
