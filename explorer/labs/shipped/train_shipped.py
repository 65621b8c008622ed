"""Trains the runs whose curves and weights lie beside this file, in about a minute and a half on one processor core.

Run it as ``python -m explorer.labs.shipped.train_shipped``; it writes the same two files again, but for the seconds
that an epoch took.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from safetensors.numpy import save

from explorer.labs.runs.jobs import FromRun, Job, Weights, measures
from explorer.labs.shipped.shipped import CURVES, WEIGHTS
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch, Step
from explorer.labs.training.one_thread import one_thread
from explorer.labs.training.sets import deep_set, default_set, depth_set, no_norm_set, shortcut_set
from explorer.labs.training.train import train
from explorer.labs.transfer.sets import digits_jobs

FIGURES = 7
"""Significant digits of a number in the file, about those of single precision."""

log = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """A run that is to be shipped, and the epochs whose weights are."""

    job: Job
    weights: tuple[int, ...]


def wanted() -> dict[str, Wanted]:
    """All of them by id."""
    found = dict[str, Wanted]()
    for configs, epochs in (
        (default_set(), (1, 3, 5)),
        (no_norm_set(), (5,)),
        (deep_set(), (1, 3, 5)),
        (shortcut_set(), (5,)),
    ):
        found |= {id_of(config): Wanted(Job(config=config), epochs) for config in configs if id_of(config) not in found}
    found |= {f"depths_{id_of(config)}": Wanted(Job(config=config), ()) for config in depth_set()}
    ways = digits_jobs("digits_source")
    return found | {f"digits_{way}": Wanted(job, (job.config.epochs,)) for way, job in ways.items()}


def id_of(config: RunConfig) -> str:
    """A network of the sets as an id: ``plain_56``, ``residual_56_no_norm``, ``residual_20_shortcut_A``."""
    return config.network.replace(", ", "_").replace("-", "_").replace(" ", "_")


def trained(job: Job, source: Weights | None = None) -> list[Step | Epoch]:
    """All that a run yields.

    Args:
        job: the run.
        source: weights of the run that it begins with, where it does.
    """
    start = job.start.taken(source or {}) if isinstance(job.start, FromRun) else None
    with one_thread():
        return list(train(job.config, start=start, trainable=job.trainable))


def entry(job: Job, events: Iterable[Step | Epoch]) -> dict[str, Any]:
    """A run as it stands in the file of the curves."""
    steps = [event for event in events if isinstance(event, Step)]
    return _rounded(
        {
            "name": job.name or job.config.name,
            "config": json.loads(job.config.to_json()),
            "trainable": None if job.trainable is None else sorted(job.trainable),
            "from_seed": not isinstance(job.start, FromRun),
            "steps": [[one.epoch - 1 + one.step / one.steps, one.loss, one.gradient_norm] for one in steps],
            "epochs": [measures(event) for event in events if isinstance(event, Epoch)],
        }
    )


def halved(weights: Weights) -> Weights:
    """Weights as they are shipped: kernels and matrices in half precision where that holds them, the rest as it is."""
    most = np.finfo(np.float16).max
    return {
        name: array.astype(np.float16) if array.ndim > 1 and np.abs(array).max() <= most else array
        for name, array in weights.items()
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.{FIGURES}g}") if isinstance(value, float) else value


def main() -> None:
    """Train and write."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    lines, tensors = [], dict[str, np.ndarray]()
    last = dict[str, Weights]()
    for run_id, (job, epochs) in wanted().items():
        source = last[job.start.run] if isinstance(job.start, FromRun) and isinstance(job.start.run, str) else None
        events = trained(job, source)
        ends = {event.epoch: event for event in events if isinstance(event, Epoch)}
        # who begins with these weights begins with what is shipped of them
        kept = {epoch: halved(ends[epoch].weights) for epoch in epochs}
        for epoch, arrays in kept.items():
            tensors |= {f"{run_id}/{epoch}/{name}": array for name, array in arrays.items()}
            last[run_id] = arrays
        lines.append(f"{json.dumps(run_id)}: {json.dumps(entry(job, events))}")
        final = ends[max(ends)]
        log.info("%s: training loss %.3f, test error %.3f", run_id, final.train_loss, final.test_error)
    CURVES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    WEIGHTS.write_bytes(save(tensors))


if __name__ == "__main__":
    main()
