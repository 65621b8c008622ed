"""When a walk is where: how long each station takes, and the stops on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.architecture.plan import Plan
from explorer.views.walk import captions
from explorer.views.walk.stations import Station

PICTURE, STEP, FIRST, AGAIN, END = 1.2, 1.9, 4.6, 3.2, 2.6
"""Seconds of the picture, a layer, the first block of its kind in a stage, the next ones, and what comes out."""
EACH_PASSED, LEAST_PASSED = 0.4, 2.4
"""Seconds of each block that goes by fast, and of all of them at least."""
WAYS = 0.68
"""After this share of a block's time both ways have been gone, and x and F(x) stand beside each other."""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A moment at which something can be looked at.

    Attributes:
        time: in seconds from the start.
        name: of the row or block whose details belong to it; empty at the picture.
        stage: in which it lies.
        title: what stands in front of the words.
        words: what is seen, a sentence.
    """

    time: float
    name: str
    stage: str
    title: str
    words: str


def spans_of(stations: tuple[Station, ...]) -> tuple[tuple[float, float], ...]:
    """Start and end of each station in seconds; the picture is looked at before the first."""
    spans = []
    start = PICTURE
    for station in stations:
        end = start + _seconds(station)
        spans.append((start, end))
        start = end
    return tuple(spans)


def _seconds(station: Station) -> float:
    if station.step is not None:
        return STEP
    if station.is_run:
        return max(LEAST_PASSED, EACH_PASSED * len(station.blocks))
    return FIRST if station.is_first else AGAIN


def stops_of(plan: Plan, stations: tuple[Station, ...], ratios: Mapping[str, float]) -> tuple[Stop, ...]:
    """All stops in the order of time; what comes out of the network is no station, and has none here.

    Args:
        plan: the network.
        stations: from ``stations_of``.
        ratios: ‖F(x)‖ / ‖shortcut(x)‖ by block, as far as it is known.
    """
    stops = [Stop(time=0.0, name="", stage=stations[0].stage, title="Picture", words=captions.picture_words(plan))]
    for station, span in zip(stations, spans_of(stations), strict=True):
        stops += _stops(plan, station, *span, ratios)
    return tuple(stops)


def _stops(plan: Plan, station: Station, start: float, end: float, ratios: Mapping[str, float]) -> list[Stop]:
    def stop(time: float, words: str, name: str = station.name) -> Stop:
        return Stop(time=time, name=name, stage=station.stage, title=name, words=words)

    if station.step is not None:
        return [stop(end, captions.step_words(plan, station.step))]
    if station.is_run:
        last, each = station.blocks[-1].name, (end - start) / len(station.blocks)
        return [
            stop(start + each * number, captions.run_words(station, last, ratios.get(block.name)), block.name)
            for number, block in enumerate(station.blocks, start=1)
        ]
    ways = stop(start + WAYS * (end - start), captions.ways_words(plan, station))
    if station.shortcut == "none":
        return [stop(end, captions.ways_words(plan, station))]
    return [ways, stop(end, captions.sum_words(station, ratios.get(station.name)))]
