"""Landscapes of shipped runs that come with the app, because each takes half a minute or more.

``python -m explorer.labs.shipped.landscapes`` measures them anew.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np

from explorer.labs.landscape.effort import PICTURES
from explorer.labs.landscape.loss import Statistics
from explorer.labs.landscape.of_run import Walked, around, model_of, pictures_of, walked
from explorer.labs.landscape.surface import FINE, Square, Surface
from explorer.labs.shipped.shipped import Shipped, shipped
from explorer.labs.training.one_thread import one_thread

LANDSCAPES = Path(__file__).with_name("landscapes.json.gz")
RUNS = ("plain_20", "plain_56", "residual_20", "residual_56")
FIGURES = 6


def shipped_around(run_id: str, statistics: Statistics) -> Surface | None:
    """What ``around`` gives for the last weights of a run with seed 0 and 256 pictures, where that is shipped."""
    found = _read().get(f"{run_id}/{statistics}/around")
    return None if found is None else _surface(found)


def shipped_path(run_id: str, statistics: Statistics) -> Walked | None:
    """What ``walked`` gives for the shipped epochs of a run with 256 pictures, where that is shipped."""
    found = _read().get(f"{run_id}/{statistics}/path")
    if found is None:
        return None
    places = tuple((x, y) for x, y in found["places"])
    rest = {name: tuple(found[name]) for name in ("epochs", "projected", "own", "explained")}
    return Walked(surface=_surface(found["surface"]), places=places, **rest)


@cache
def _read() -> Mapping[str, Any]:
    return json.loads(gzip.decompress(LANDSCAPES.read_bytes()))


def _surface(found: Mapping[str, Any]) -> Surface:
    return Surface(square=Square(**found["square"]), loss=np.array(found["loss"], dtype=float))


def _written(found: Surface) -> dict[str, Any]:
    rows = [[float(f"{value:.{FIGURES}g}") for value in row] for row in found.loss.tolist()]
    return {"square": asdict(found.square), "loss": rows}


def _measured(run: Shipped, statistics: Statistics) -> dict[str, Any]:
    config = run.run.config
    model = model_of(config, run.weights())
    path = walked(config, run.weights, run.weight_epochs, pictures=PICTURES, statistics=statistics, steps=FINE)
    return {
        "around": _written(around(model, *pictures_of(config, PICTURES), statistics=statistics, steps=FINE)),
        "path": {**vars(path), "surface": _written(path.surface)},
    }


def main() -> None:
    """Measure and write."""
    texts = dict[str, Any]()
    with one_thread():
        for run_id in RUNS:
            for statistics in get_args(Statistics):
                found = _measured(shipped()[run_id], statistics)
                texts |= {f"{run_id}/{statistics}/{name}": values for name, values in found.items()}
    # no time in it: the same bytes for the same numbers
    LANDSCAPES.write_bytes(gzip.compress(json.dumps(texts).encode(), mtime=0))


if __name__ == "__main__":
    main()
