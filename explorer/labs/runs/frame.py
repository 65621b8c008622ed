"""Runs as a table, a row each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

import pandas as pd

from explorer.labs.runs.jobs import Curves, Run
from explorer.labs.runs.store import Store
from explorer.labs.training.config import RunConfig

SETTINGS = tuple(field.name for field in fields(RunConfig) if field.name != "spec")
_MEASURES = ("train_loss", "train_error", "test_error", "gradient_norm")
COLUMNS = ("id", "name", "network", "status", "epoch", *_MEASURES, "seconds", "created", *SETTINGS)


def runs_frame(store: Store, runs: Iterable[Run]) -> pd.DataFrame:
    """A table of runs.

    Args:
        store: where their curves are.
        runs: in the order of the rows.

    Returns:
        Columns ``id``, ``name``, ``network``, ``status``; ``epoch``, the last that was measured, and its
        ``train_loss``, ``train_error``, ``test_error`` (shares, 0 to 1) and ``gradient_norm``; ``seconds`` of all its
        epochs; ``created``, UTC; then every setting. What was not measured is missing.
    """
    found = pd.DataFrame([_row(run, store.watch(run.id).curves) for run in runs], columns=list(COLUMNS))
    return found.astype({"epoch": "Int64", "side": "Int64", "seed": "int64"})


def epochs_frame(curves: Curves) -> pd.DataFrame:
    """What a run measured at the end of each epoch, a row each; epoch 0 is before training."""
    names = ("epoch", *_MEASURES, "seconds")
    return pd.DataFrame([[getattr(epoch, name) for name in names] for epoch in curves.epochs], columns=list(names))


def _row(run: Run, curves: Curves) -> dict[str, object]:
    last = curves.epochs[-1] if curves.epochs else None
    return {
        "id": run.id,
        "name": run.name,
        "network": run.config.network,
        "status": run.status,
        "epoch": last.epoch if last else None,
        **{name: getattr(last, name) if last else None for name in _MEASURES},
        "seconds": sum(epoch.seconds for epoch in curves.epochs) if last else None,
        "created": pd.Timestamp(run.created, unit="s", tz="UTC").round("s"),
        **{name: getattr(run.config, name) for name in SETTINGS},
    }
