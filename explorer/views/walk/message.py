"""All that a browser needs to play a walk, in one message."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from explorer.architecture.plan import Plan, paper_name
from explorer.views.palette import colour_key
from explorer.views.walk.atlas import Atlas, Tile, atlas
from explorer.views.walk.parts import SHIFT, Scene, deck_size, photo_deck, side
from explorer.views.walk.scene import scene
from explorer.views.walk.stations import Deck, Station
from explorer.views.walk.times import END, spans_of, stops_of

ANSWER_ROOM = {"wide": 330.0, "narrow": 200.0}
"""Along the way, for what comes out, in pixels."""


def message(
    plan: Plan,
    stations: tuple[Station, ...],
    maps: Mapping[Deck, np.ndarray],
    *,
    photo: bytes,
    ratios: Mapping[str, float] | None = None,
    result: bytes = b"",
    answers: Sequence[tuple[str, str, float]] = (),
    verdict: str = "",
    shapes: str = "CHW",
) -> dict[str, Any]:
    """Everything of a walk, as JSON takes it.

    Args:
        plan: the network.
        stations: from ``stations_of``.
        maps: of every deck of theirs, from ``deck_maps``.
        photo: the picture as the network gets it, a PNG.
        ratios: ‖F(x)‖ / ‖shortcut(x)‖ by block; None where they are not known.
        result: of a generator, the picture that it outputs.
        answers: the likeliest classes: name, share in words, share from 0 to 1.
        verdict: what is said at the end.
        shapes: ``CHW`` or ``HWC``.
    """
    coloured = atlas(maps)
    numbers = {deck: number for number, deck in enumerate(coloured.tiles, start=1)}
    picture = (plan.network.in_channels, *plan.input_size)
    scenes = {
        orientation: scene(stations, picture, orientation=orientation, shapes=shapes, answer=ANSWER_ROOM[orientation])
        for orientation in ("wide", "narrow")
    }
    spans = spans_of(stations)
    end = spans[-1][1]
    last = stations[-1]
    stops = [asdict(stop) for stop in stops_of(plan, stations, ratios or {})]
    stops.append({"time": end + END, "name": last.name, "stage": last.stage, "title": "", "words": verdict})
    return {
        "atlas": _text(coloured.png),
        "photo": _text(photo),
        "result": _text(result),
        "answers": [{"name": name, "share": share, "portion": portion} for name, share, portion in answers],
        "verdict": verdict,
        "title": plan.network.title,
        "shift": SHIFT,
        "duration": end + END,
        "decks": [_photo(picture), *(_deck(deck, coloured) for deck in numbers)],
        "stops": [{**stop, "time": round(stop["time"], 3), "colour": colour_key(stop["stage"])} for stop in stops],
        "stations": [
            {
                "start": round(start, 3),
                "end": round(stop, 3),
                "stage": station.stage,
                "title": paper_name(station.stage),
                "colour": colour_key(station.stage),
                "height": round(_height(station) / side(max(plan.input_size)), 3),
                "count": station.count,
            }
            for station, (start, stop) in zip(stations, spans, strict=True)
        ],
        "scenes": {name: _scene(one, numbers) for name, one in scenes.items()},
    }


def start_of(walk: Mapping[str, Any], name: str) -> float:
    """The time at which a walk shows a stage, a block, its shortcut or a row; 0 where it shows none of that name.

    Args:
        walk: from ``message``.
        name: what is selected.
    """
    stops = [(stop["time"], stop["name"]) for stop in walk["stops"] if stop["name"]]
    drawn = walk["scenes"]["wide"]
    shown = [(time, opens) for spot in drawn["spots"] for time, _, opens in spot["reel"]]
    shown += [(box["time"], box["name"]) for box in drawn["boxes"]]
    fitting = [
        *(time for time, opens in (*stops, *shown) if opens == name),
        *(stop["time"] for stop in walk["stops"] if stop["stage"] == name),
        *(time for time, opens in stops if name.startswith(f"{opens}.")),
    ]
    return float(fitting[0]) if name and fitting else 0.0


def _height(station: Station) -> float:
    deck = station.step.deck if station.step is not None else station.blocks[-1].out
    return 10.0 if deck.is_vector else side(max(deck.shape[1:]))


def _photo(picture: tuple[int, ...]) -> dict[str, Any]:
    return _drawn(photo_deck(picture), Tile(0, 0, 0, 0, 1))


def _deck(deck: Deck, coloured: Atlas) -> dict[str, Any]:
    return _drawn(deck, coloured.tiles[deck])


def _drawn(deck: Deck, tile: Tile) -> dict[str, Any]:
    return {
        "tile": [tile.x, tile.y, tile.width, tile.height],
        "sheets": tile.sheets,
        "vector": deck.is_vector,
        "wide": _rounded(deck_size(deck, "wide")),
        "narrow": _rounded(deck_size(deck, "narrow")),
    }


def _scene(drawn: Scene, numbers: Mapping[Deck, int]) -> dict[str, Any]:
    """A scene with each deck by its number, 0 for the picture; −1 for none."""

    def number(deck: Deck | None) -> int:
        return -1 if deck is None else numbers.get(deck, 0)

    return {
        "half": round(drawn.half, 1),
        "length": round(drawn.length, 1),
        "camera": [_rounded(point, 3) for point in drawn.camera],
        "frames": [_plain(one) for one in drawn.frames],
        "wires": [_plain(one) for one in drawn.wires],
        "boxes": [{**_plain(one), "time": round(one.time, 3)} for one in drawn.boxes],
        "signs": [{"at": _rounded(at), "text": text, "colour": colour_key(stage)} for at, text, stage in drawn.signs],
        "spots": [
            {
                **_plain(one, without="reel"),
                "reel": [(round(time, 3), number(deck), name) for time, deck, name in one.reel],
            }
            for one in drawn.spots
        ],
        "flights": [
            {
                **_plain(one, without="before after"),
                "start": round(one.start, 3),
                "end": round(one.end, 3),
                "turn": None if one.turn is None else round(one.turn, 4),
                "before": number(one.before),
                "after": number(one.after),
            }
            for one in drawn.flights
        ],
    }


def _plain(part: Any, *, without: str = "") -> dict[str, Any]:
    """A part of a scene as plain values, its stage as the colour of that."""
    values = {name: value for name, value in vars(part).items() if name not in without.split()}
    values["colour"] = colour_key(values.pop("stage"))
    return {name: _rounded(value) for name, value in values.items()}


def _rounded(value: Any, digits: int = 1) -> Any:
    if isinstance(value, tuple):
        return [_rounded(one, digits) for one in value]
    return round(value, digits) if isinstance(value, float) else value


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
