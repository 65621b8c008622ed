"""The shipped runs from 8 to 110 layers, for the mover of the chapter on degradation."""

from __future__ import annotations

from typing import Any

from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.sets import DEPTHS


def data() -> dict[str, Any]:
    """Error on the training pictures by epoch, by kind of network and depth."""
    runs = shipped()
    return {
        kind: {
            str(depth): [epoch.train_error for epoch in runs[f"depths_{kind}_{depth}"].curves.epochs]
            for depth in DEPTHS
        }
        for kind in ("plain", "residual")
    }
