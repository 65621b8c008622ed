"""Runs as files that people take with them."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from safetensors.numpy import save

from explorer.labs.runs.jobs import Curves, Run, Weights, measures


def as_file(weights: Weights, run: Run) -> bytes:
    """Weights as a safetensors file, which opens on every page and in PyTorch."""
    from explorer.labs.data.data import preprocess_of  # needs torch, which few who look at runs need

    # `save` reads the memory as it lies, so it has to lie in order
    arrays = {name: np.asarray(array, order="C") for name, array in weights.items()}
    preprocess = preprocess_of(run.config.data, run.config.preprocess)
    return save(
        arrays, metadata={"format": "pt", "network": run.config.network, "preprocess": json.dumps(preprocess.name)}
    )


def as_json(run: Run, curves: Curves) -> str:
    """A run as a JSON object: its line, its config, its epochs and its steps.

    A number that JSON has no sign for is written as "NaN", "Infinity" or "-Infinity", which ``float`` reads.
    """
    values = {
        "name": run.name,
        "status": run.status,
        "sentence": run.sentence,
        "config": json.loads(run.config.to_json()),
        "trainable": run.trainable,
        "epochs": [measures(epoch) for epoch in curves.epochs],
        "steps": {
            "at": curves.at.tolist(),
            "loss": curves.loss.tolist(),
            "gradient_norm": curves.gradient_norm.tolist(),
        },
    }
    return json.dumps(_writable(values), indent=1, allow_nan=False)


def _writable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _writable(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_writable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(value)
    return value
