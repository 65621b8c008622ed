"""Passes through networks of 1,202 layers that come with the app, because each takes many seconds.

``python -m explorer.labs.shipped.flows`` measures them anew.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import astuple, fields
from functools import cache
from pathlib import Path
from typing import Any

from explorer.architecture.spec import ResNetSpec
from explorer.labs.gradient_flow.factor import fitted
from explorer.labs.gradient_flow.gradient_flow import Flow, LayerFlow, flow_of
from explorer.labs.training.one_thread import one_thread
from explorer.labs.training.sets import digit_net_of

FLOWS = Path(__file__).with_name("flows.json.gz")
NETWORKS = ("plain-1202-none", "residual-1202-none", "plain-1202", "residual-1202")
FIGURES = 6
_NAMES = [field.name for field in fields(LayerFlow)]


def shipped_flow(spec: ResNetSpec) -> Flow | None:
    """What ``flow_of(spec)`` gives, where that is shipped."""
    return _flows().get(spec)


@cache
def _flows() -> Mapping[ResNetSpec, Flow]:
    texts: dict[str, dict[str, Any]] = json.loads(gzip.decompress(FLOWS.read_bytes()))
    return {_spec(name): _flow(values) for name, values in texts.items()}


def _spec(name: str) -> ResNetSpec:
    net = digit_net_of(name)
    assert net is not None
    return net.spec


def _flow(values: Mapping[str, Any]) -> Flow:
    layers = tuple(LayerFlow(**dict(zip(_NAMES, row, strict=True))) for row in values["layers"])
    convolutions = [row for row in layers if row.depth is not None]
    return Flow(
        layers=layers,
        loss=values["loss"],
        forward=fitted([row.spread for row in convolutions]),
        backward=fitted([row.gradient for row in reversed(convolutions)]),
    )


def _written(flow: Flow) -> dict[str, Any]:
    rows = [
        [float(f"{value:.{FIGURES}g}") if isinstance(value, float) else value for value in astuple(row)]
        for row in flow.layers
    ]
    return {"loss": flow.loss, "layers": rows}


def main() -> None:
    """Measure and write."""
    with one_thread():
        texts = {name: _written(flow_of(_spec(name))) for name in NETWORKS}
    # no time in it: the same bytes for the same numbers
    FLOWS.write_bytes(gzip.compress(json.dumps(texts).encode(), mtime=0))


if __name__ == "__main__":
    main()
