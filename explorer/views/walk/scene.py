"""A walk as a drawing: where everything stands, and what moves when."""

from __future__ import annotations

from explorer.architecture.operations import Shape
from explorer.views.drawing import Orientation
from explorer.views.walk.block import Block
from explorer.views.walk.draft import GAP, Draft
from explorer.views.walk.parts import Flight, Scene, photo_deck, turn_at
from explorer.views.walk.stations import Deck, Station, Step
from explorer.views.walk.times import END, PICTURE, spans_of


def scene(
    stations: tuple[Station, ...], picture: Shape, *, orientation: Orientation, shapes: str = "CHW", answer: float = 0.0
) -> Scene:
    """Draw a walk.

    Args:
        stations: from ``stations_of``.
        picture: shape of the picture, ``(C, H, W)``.
        orientation: ``wide``, to the right; ``narrow``, down.
        shapes: ``CHW`` for ``64×56×56``, ``HWC`` for ``[56, 56, 64]``.
        answer: room behind the last layer, in pixels.
    """
    draft = Draft(stations, orientation, shapes)
    draft.stage = stations[0].stage
    arriving, at = photo_deck(picture), _photo(draft, picture)
    channels = picture[0]
    for station, (start, end) in zip(stations, spans_of(stations), strict=True):
        draft.stage = station.stage
        if station.step is not None:
            at = _step(draft, station.step, arriving, at, channels, start, end)
            arriving = station.step.deck
        else:
            block = Block(draft, station, arriving, at, start, end)
            at = block.plain() if station.shortcut == "none" else block.residual()
            arriving = station.blocks[-1].out
        channels = arriving.shape[0]
    if answer:
        end = spans_of(stations)[-1][1]
        draft.look(end + END / 2, draft.end + GAP + answer * (0.1 if draft.wide else 0.3))
    drawn = draft.scene
    drawn.half = max(draft.frame_half(draft.lane) + 2, draft.room(photo_deck(picture))[1] / 2 + 20)
    drawn.length = draft.end + (GAP + answer if answer else 0.0)
    return drawn


def _photo(draft: Draft, picture: Shape) -> float:
    """The picture at the start. Returns where it stands."""
    photo = photo_deck(picture)
    along = draft.middle(0.0, photo)
    draft.spot(photo, along, 0.0, ((0.0, photo, ""),), shape=picture)
    draft.end = draft.room(photo)[0]
    ahead = along + (260.0 if draft.wide else 120.0)
    draft.look(0.0, ahead)
    draft.look(PICTURE, ahead)
    return along


def _step(draft: Draft, step: Step, arriving: Deck, at: float, channels: int, start: float, end: float) -> float:
    """One layer on the middle line: the box, then what leaves it. Returns where that stands."""
    there = end - 0.25
    begin = draft.boxed(step, draft.end + GAP, 0.0, there)
    middle, box = draft.middle(begin, step.deck), draft.scene.boxes[-1].at[0]
    draft.spot(step.deck, middle, 0.0, ((there, step.deck, step.deck.row),))
    draft.wire(((at, 0.0), (box, 0.0)), channels)
    draft.wire(((box, 0.0), (middle, 0.0)), step.deck.shape[0])
    way = ((at, 0.0), (middle, 0.0))
    draft.scene.flights.append(Flight(start, there, way, arriving, step.deck, turn_at(way, box), draft.stage))
    draft.look(end, middle)
    draft.end = begin + draft.room(step.deck)[0]
    return middle
