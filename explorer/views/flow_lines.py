"""What is known of a network's way along its depth, and its exact numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explorer.views.frames import text_column


@dataclass(frozen=True, kw_only=True)
class FlowLine:
    """One network's way: every convolution of its main path.

    Attributes:
        label: the network, for people.
        layers: names of the convolutions.
        forward: standard deviation of the output of each.
        backward: norm of the gradient that arrives at each.
        forward_faults: "NaN", "infinity" or "0" where there is nothing to draw, else None.
        backward_faults: likewise.
        weight_gradients: norm of the gradient of each weight.
    """

    label: str
    layers: tuple[str, ...]
    forward: tuple[float, ...]
    backward: tuple[float, ...]
    forward_faults: tuple[str | None, ...]
    backward_faults: tuple[str | None, ...]
    weight_gradients: tuple[float, ...]


def begins(faults: Sequence[str | None], *, backward: bool) -> tuple[int, str, int] | None:
    """Where there is nothing to draw, first met in the direction of the pass.

    Returns:
        The layer's place from 0, what is wrong there, and how many layers are affected; None when all is well.
    """
    places = [place for place, fault in enumerate(faults) if fault]
    if not places:
        return None
    first = places[-1] if backward else places[0]
    return first, str(faults[first]), len(places)


def flow_table(lines: Sequence[FlowLine]) -> pd.DataFrame:
    """Every number of the two figures, a row per network and layer; what is NaN or infinite is named in words."""
    rows = [
        (line.label, depth + 1, line.layers[depth], line.forward[depth], line.forward_faults[depth] or "",
         line.backward[depth], line.backward_faults[depth] or "", line.weight_gradients[depth])
        for line in lines
        for depth in range(len(line.layers))
    ]  # fmt: skip
    columns = list(zip(*rows, strict=True))
    return pd.DataFrame(
        {
            "network": text_column(columns[0]),
            "depth": np.array(columns[1], dtype=np.int64),
            "layer": text_column(columns[2]),
            "spread": _finite(columns[3]),
            "spread_fault": text_column(columns[4]),
            "gradient": _finite(columns[5]),
            "gradient_fault": text_column(columns[6]),
            "weight_gradient": _finite(columns[7]),
        }
    )


def _finite(values: Sequence[float]) -> Any:
    return pd.array([value if math.isfinite(value) else None for value in values], dtype="Float64")
