"""What a network was measured to take on a machine, row by row, beside the work and bytes its rows stand for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import median, quantiles
from typing import Literal

Precision = Literal["float32", "bfloat16"]
Limit = Literal["memory", "work", "neither"]

FLOPS_PER_MAC = 2
BEYOND_BOTH = 5
"""A row that takes so many times what both rates allow is limited by neither: its call takes longer than its work."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How a network is run while it is timed.

    Attributes:
        batch: pictures that go through at once.
        precision: ``float32``, or ``bfloat16`` under autocast.
        channels_last: whether maps and filters lie in memory with their channels last.
    """

    batch: int = 1
    precision: Precision = "float32"
    channels_last: bool = False


@dataclass(frozen=True, kw_only=True)
class Runs:
    """How long several runs of the same thing took.

    Attributes:
        seconds: of each run, at least one.
    """

    seconds: tuple[float, ...]

    @cached_property
    def median(self) -> float:
        """Seconds of the run in the middle."""
        return median(self.seconds)

    @property
    def fastest(self) -> float:
        """Seconds of the fastest run."""
        return min(self.seconds)

    @cached_property
    def quartiles(self) -> tuple[float, float]:
        """Seconds that a quarter and three quarters of the runs stay below."""
        if len(self.seconds) == 1:
            return self.seconds[0], self.seconds[0]
        low, _, high = quantiles(self.seconds, n=4, method="inclusive")
        return low, high

    @property
    def count(self) -> int:
        """How many runs there were."""
        return len(self.seconds)


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What the machine reached in the same measurement, the best of several runs.

    Attributes:
        flops: floating-point operations in a second of a large matrix product, two for each multiply-accumulate.
        copied_bytes: bytes in a second of a copy far larger than any cache, those read and those written.
    """

    flops: float
    copied_bytes: float


@dataclass(frozen=True, kw_only=True)
class RowTime:
    """One row alone, on what arrived at it.

    Attributes:
        layer: name of the row.
        runs: how long its module took.
        macs: multiply-accumulates of the whole batch.
        moved_bytes: of its inputs (of an addition both), its parameters and its output, in the type that they have; 0
            where its output is a view of what arrives.
    """

    layer: str
    runs: Runs
    macs: int
    moved_bytes: int

    @property
    def intensity(self) -> float:
        """Floating-point operations for each byte that is moved; 0 where nothing is."""
        return FLOPS_PER_MAC * self.macs / self.moved_bytes if self.moved_bytes else 0.0

    def limit(self, rates: Rates) -> Limit:
        """What it is bound by: whichever of moving its bytes and doing its work takes longer at the machine's rates.

        Neither, where its fastest run takes many times as long as both: the call itself costs more, or nothing fast is
        there for it. The model is the roofline of Williams et al. 2009, doi 10.1145/1498765.1498785.

        Args:
            rates: of the machine, from the same measurement.
        """
        memory, work = self.moved_bytes / rates.copied_bytes, FLOPS_PER_MAC * self.macs / rates.flops
        if self.runs.fastest > BEYOND_BOTH * max(memory, work):
            return "neither"
        return "memory" if memory > work else "work"


@dataclass(frozen=True, kw_only=True)
class Meanwhile:
    """What else the machine did during a measurement.

    Attributes:
        cores: that other programs kept busy, on average.
        all_cores: that there are.
        others_ran: whether somebody else ran a network in this process.
    """

    cores: float = 0.0
    all_cores: int = 1
    others_ran: bool = False


@dataclass(frozen=True, kw_only=True)
class Timed:
    """One measurement of a network.

    Attributes:
        title: of the network.
        input_size: height and width of the pictures in pixels.
        setting: how it was run.
        device: name and title, ``cpu (2 threads)``.
        rows: in the order of the calls; what is never called, or only holds parameters, has none.
        holding: rows within which others are called; their time is that of the whole call less that of those.
        whole: the whole pass.
        rates: of the machine.
        meanwhile: what else it did.
    """

    title: str
    input_size: tuple[int, int]
    setting: Setting
    device: str
    rows: tuple[RowTime, ...]
    holding: tuple[str, ...]
    whole: Runs
    rates: Rates
    meanwhile: Meanwhile

    @cached_property
    def seconds(self) -> float:
        """The rows' medians added up."""
        return sum(row.runs.median for row in self.rows)

    @property
    def between(self) -> float:
        """Seconds of the whole pass that no row accounts for; below 0 where the rows alone take longer."""
        return self.whole.median - self.seconds

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates of all rows, of the whole batch."""
        return sum(row.macs for row in self.rows)

    @cached_property
    def moved_bytes(self) -> int:
        """Bytes that all rows move."""
        return sum(row.moved_bytes for row in self.rows)
