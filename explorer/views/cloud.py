"""Pictures as points along the depth -> one message for the browser, which moves them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from explorer.views.montage import picture_png
from explorer.views.palette import CLASS_COLOURS, colour_key

WIDE = 1.5
"""The points fill a field that is so much wider than it is high."""
_REACH = 32_767
_TILE_PIXELS, _FEW = (48, 28), 150  # of a picture at most: of few, and of many


class Stop(NamedTuple):
    """The points at one depth.

    Attributes:
        name: ``pixels``, ``stem`` or a block.
        stage: whose colour it has; empty for the pixels.
        points: ``(N, 2)``.
        explained: share of the variance that lies in the plane; NaN where there is none.
        neighbours: places of the nearest pictures of each, ``(N, k)``.
        alike: share of these that have the class of the picture; None without labels.
    """

    name: str
    stage: str
    points: np.ndarray
    explained: float
    neighbours: np.ndarray
    alike: float | None


class Told(NamedTuple):
    """The points of one network.

    Attributes:
        label: what the network is called.
        stops: from the first depth to the last.
    """

    label: str
    stops: Sequence[Stop]


def message(
    networks: Sequence[Told],
    pictures: Sequence[Image.Image],
    labels: np.ndarray | None,
    classes: Sequence[str],
    *,
    chance: float | None,
) -> dict[str, Any]:
    """What the browser needs to draw every depth, each picture and its neighbours.

    Args:
        networks: the chosen one, and the one beside it if there is one.
        pictures: as the chosen one gets them.
        labels: the class of each, None where nobody has said it.
        classes: their names.
        chance: the share of neighbours of the same class among pictures drawn by chance; None without labels.
    """
    side = min(_TILE_PIXELS[len(pictures) > _FEW], max(max(one.size) for one in pictures))
    made = {
        "networks": [{"label": one.label, "stops": [_stop(stop) for stop in one.stops]} for one in networks],
        "count": len(pictures),
        "near": int(networks[0].stops[0].neighbours.shape[1]),
        "labels": [] if labels is None else labels.tolist(),
        "classes": list(classes),
        "colours": list(map(list, zip(CLASS_COLOURS["light"], CLASS_COLOURS["dark"], strict=True))),
        "chance": chance,
        "wide": WIDE,
        "side": side,
        **_atlas(pictures, side),
    }
    return {**made, "id": hashlib.sha256(json.dumps(made).encode()).hexdigest()[:16]}


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "name": stop.name,
        "stage": stop.stage,
        "colour": colour_key(stop.stage) if stop.stage else "",
        "points": _packed(np.round(fitted(stop.points) / WIDE * _REACH), "<i2"),
        "explained": None if np.isnan(stop.explained) else stop.explained,
        "neighbours": _packed(stop.neighbours, "<u2"),
        "alike": stop.alike,
    }


def fitted(points: np.ndarray) -> np.ndarray:
    """Points moved and scaled, both axes alike, so that they fill −``WIDE`` to ``WIDE`` across, or −1 to 1 upward."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = float(((high - low) / 2 / (WIDE, 1.0)).max())
    return (points - (low + high) / 2) / (half or 1.0)


def _packed(values: np.ndarray, kind: str) -> str:
    return base64.b64encode(values.astype(kind).tobytes()).decode("ascii")


def _atlas(pictures: Sequence[Image.Image], side: int) -> dict[str, Any]:
    """All pictures in one, each in the middle of a square tile."""
    columns = int(np.ceil(np.sqrt(len(pictures))))
    mode = "L" if all(one.mode == "L" for one in pictures) else "RGB"
    whole = Image.new(mode, (columns * side, -(-len(pictures) // columns) * side))
    for place, picture in enumerate(pictures):
        small = picture.convert(mode)
        small.thumbnail((side, side))
        row, column = divmod(place, columns)
        whole.paste(small, (column * side + (side - small.width) // 2, row * side + (side - small.height) // 2))
    return {
        "atlas": "data:image/png;base64," + base64.b64encode(picture_png(whole)).decode("ascii"),
        "columns": columns,
    }
