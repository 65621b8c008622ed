"""The runs that come with the app: read from the two files beside this one, which ``train_shipped`` has written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

from explorer.errors import LabError
from explorer.labs.runs.jobs import SHIPPED, Curves, Run, Weights, curves_of, epoch_of
from explorer.labs.training.config import RunConfig

CURVES = Path(__file__).with_name("curves.json")
"""One object with a run in every line, by id: settings, steps and epochs."""
WEIGHTS = Path(__file__).with_name("weights.safetensors")
"""Tensors by run, epoch and name, ``plain_20/5/fc.weight``; those of two and more dimensions in half precision."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shipped:
    """A run that comes with the app.

    Attributes:
        run: its line.
        curves: what it has shown.
        from_seed: whether it began with weights that are drawn from its seed.
        saved: epochs whose weights are in the file.
    """

    run: Run
    curves: Curves
    from_seed: bool
    saved: tuple[int, ...]

    @property
    def weight_epochs(self) -> tuple[int, ...]:
        """Epochs whose weights can be had; 0, before training, is drawn anew. None where no weights are shipped."""
        return (0, *self.saved) if self.from_seed and self.saved else self.saved

    def weights(self, epoch: int | None = None) -> Weights:
        """Parameters and buffers of an epoch by name, by default of the last.

        Raises:
            LabError: they are not shipped.
        """
        wanted = max(self.weight_epochs, default=None) if epoch is None else epoch
        if wanted is None or wanted not in self.weight_epochs:
            which = "this run" if epoch is None else f"epoch {epoch:,} of this run"
            raise LabError(f"The weights of {which} are not shipped, only its curves: choose another one.")
        return _drawn(self.run.config) if wanted == 0 else _read(f"{self.run.id}/{wanted}/")


@cache
def shipped() -> Mapping[str, Shipped]:
    """All of them by id, in the order of the sets that they belong to."""
    saved: dict[str, set[int]] = {}
    with safe_open(WEIGHTS, framework="numpy") as file:
        for key in file.keys():  # noqa: SIM118  # it is no dictionary
            run_id, epoch, _ = key.split("/")
            saved.setdefault(run_id, set()).add(int(epoch))
    texts = json.loads(CURVES.read_text(encoding="utf-8"))
    return {run_id: _run(run_id, values, sorted(saved.get(run_id, ()))) for run_id, values in texts.items()}


def _run(run_id: str, values: Mapping[str, Any], saved: Iterable[int]) -> Shipped:
    trainable = values["trainable"]
    run = Run(
        id=run_id,
        name=values["name"],
        owner=SHIPPED,
        config=RunConfig.from_json(json.dumps(values["config"])),
        trainable=None if trainable is None else tuple(trainable),
        status="done",
        sentence="",
        created=0.0,
        started=0.0,
        ended=0.0,
    )
    curves = curves_of([np.array(values["steps"], dtype=float)], [epoch_of(epoch) for epoch in values["epochs"]])
    return Shipped(run=run, curves=curves, from_seed=values["from_seed"], saved=tuple(saved))


def _read(prefix: str) -> Weights:
    with safe_open(WEIGHTS, framework="numpy") as file:
        found = {key.removeprefix(prefix): file.get_tensor(key) for key in file.keys() if key.startswith(prefix)}  # noqa: SIM118
    return {name: array.astype(np.float32) if array.dtype == np.float16 else array for name, array in found.items()}


def _drawn(config: RunConfig) -> Weights:
    from explorer.labs.training.initialise import initialised  # torch, for who asks for weights
    from explorer.labs.training.state import weights_of

    return weights_of(initialised(config.spec, config.initialisation, seed=config.seed))
