"""About how long ways take, before anybody starts them."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.labs.training.config import RunConfig
from explorer.ui import cached
from explorer.ui.transfer.choice import Move

# measured on one core: what a layer costs in a step whatever its size, and multiply-accumulates in a second
_LAYER_SECONDS, _MACS_PER_SECOND, _BACK_AND_FORTH = 0.003, 2e10, 3
_WORKERS = 2
# pictures that are learned from and held out, of the sets that are always there
_PICTURES = {"digits": (1347, 450), "digits-0-4": (676, 225), "digits-5-9": (671, 225)}


def how_long(move: Move, configs: Sequence[RunConfig]) -> str:
    """One sentence on how long runs take.

    Args:
        move: source and target.
        configs: the runs.

    Raises:
        ExplorerError: a network cannot take the pictures, or a zip is no longer here.
    """
    needed = sum(map(_seconds, configs)) / _WORKERS
    if move.source == "digits" and configs:
        from explorer.labs.transfer.sets import digits_source

        needed += _seconds(digits_source(move.seed))
    if needed < 90:
        return f"About {max(5, 5 * round(needed / 5))} seconds on two free cores, once the workers are up."
    if needed < 5400:
        return f"About {needed / 60:.0f} minutes on two free cores."
    return f"About {needed / 3600:.0f} hours on two free cores."


def _seconds(config: RunConfig) -> float:
    learned, tested = _counts(config)
    batch = min(config.batch, learned)
    plan = cached.plan_of(config.spec, config.input_size)
    layers, macs = plan.weighted_layers * _LAYER_SECONDS, plan.macs / _MACS_PER_SECOND
    step, test = layers + _BACK_AND_FORTH * macs * batch, layers / _BACK_AND_FORTH + macs * tested
    return config.epochs * (learned // batch * step + test)


def _counts(config: RunConfig) -> tuple[int, int]:
    known = _PICTURES.get(config.data)
    if known is None:
        from explorer.ui.training.pictures import facts

        found = facts(config.data)
        known = found.learned, found.tested
    learned, tested = known
    return config.per_class * config.spec.outputs or learned, tested
