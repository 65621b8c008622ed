"""Addresses that were written by an earlier version, as they are written today."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.architecture.codec import PARAMETERS, to_params
from explorer.architecture.examples import DIGIT_READER
from explorer.ui.params.shared import ROW, SAMPLE, SIZE, WEIGHTS
from explorer.ui.transfer.params import PART, RUNS, WAY


def as_today(query: Mapping[str, str]) -> dict[str, str]:
    """An address in today's parameters.

    On BatchNorm the digit reader once stood in for every network with random weights: ``norm_row`` was the norm of it
    that was picked, and ``untrained`` asked for the chosen network nevertheless. On Transfer the way that is looked at
    once stood on the same page as the results.
    """
    now = dict(query)
    if WAY.name in now and not {PART.name, RUNS.name} & now.keys():
        now[PART.name] = "ways"
    norm, untrained = now.pop("norm_row", ""), now.pop("untrained", "")
    if untrained == "yes":
        return {WEIGHTS.name: WEIGHTS.default, **now}
    if norm and now.get(WEIGHTS.name, WEIGHTS.default).startswith(("random", "fresh")):
        others = {name: text for name, text in now.items() if name not in (*PARAMETERS, SIZE.name, SAMPLE.name)}
        return {**others, **to_params(DIGIT_READER.spec), WEIGHTS.name: DIGIT_READER.name, ROW.name: norm}
    return now
