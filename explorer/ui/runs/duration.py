"""About how long runs take, before anybody starts them."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.labs.cost import layer_seconds, pass_seconds, step_seconds
from explorer.labs.training.config import RunConfig
from explorer.ui import cached
from explorer.ui.runs import pictures

_WORKERS = 2


def seconds(configs: Sequence[RunConfig]) -> float:
    """Roughly how long runs take on two free cores; one run has one of them.

    Args:
        configs: the runs.

    Raises:
        ExplorerError: a network cannot take the pictures, or a zip is no longer here.
    """
    each = [_seconds(config) for config in configs]
    return max(sum(each) / _WORKERS, max(each, default=0.0))


def about(needed: float) -> str:
    """One sentence on how long something takes.

    Args:
        needed: in seconds, from ``seconds``.
    """
    if needed < 90:
        return f"About {max(5, 5 * round(needed / 5))} seconds on two free cores, once the workers are up."
    if needed < 5400:
        return f"About {needed / 60:.0f} minutes on two free cores."
    return f"About {needed / 3600:.0f} hours on two free cores."


def _seconds(config: RunConfig) -> float:
    learned, tested = pictures.counts(config.data)
    learned = config.per_class * config.spec.outputs or learned
    batch = min(config.batch, learned)
    plan = cached.plan_of(config.spec, config.input_size)
    # at an epoch's end: the test, a few pictures for the blocks' ratios, copies of the weights
    end = pass_seconds(plan, tested) + 2 * layer_seconds(plan)
    return config.epochs * (learned // batch * step_seconds(plan, batch) + end)
