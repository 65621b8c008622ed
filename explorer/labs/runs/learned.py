"""What a run has learned once it is over, for the runs that begin with it."""

from __future__ import annotations

from explorer.errors import LabError
from explorer.labs.runs.desk import Desk
from explorer.labs.runs.jobs import Weights
from explorer.labs.runs.store import Store


def learned(run_id: str, desk: Desk, store: Store) -> Weights | None:
    """The last weights of a run.

    Args:
        run_id: its id.
        desk: where it is looked for first.
        store: where it is looked for then.

    Returns:
        Parameters and buffers by name; None while the run waits or is under way.

    Raises:
        LabError: it is not here any more, failed, or ended before it had learned for an epoch.
    """
    with desk.lock:
        live = desk.live.get(run_id)
        run, weights = (live.run, dict(live.weights)) if live is not None else (None, {})
    try:
        run = run or store.run(run_id)
        if run.is_active:
            return None
        last = max(weights or store.weight_epochs(run_id), default=0)
        if run.status != "failed" and last > 0:
            return weights[last] if last in weights else store.weights(run_id, epoch=last)
    except LabError as error:
        raise LabError(f"The run that this one was to begin with cannot be had: {error}") from error
    end = "failed" if run.status == "failed" else "ended before its first epoch was over"
    raise LabError(f"The run that this one was to begin with, {run.name}, {end}: start both again.")
