"""A second network beside the chosen one: untrained, without its shortcuts, or an epoch of a run.

A part of the page draws the choice with ``choose_beside(ready)`` and asks for ``networks(ready)``: the chosen network
and the one beside it, both of one kind. It runs each within ``network.running()``, caches by ``network.key``, and shows
it the chosen pictures by ``seen(ready, state.spec(), plan).shown_to(network)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from explorer.architecture.families import Spec, usual_size
from explorer.architecture.plan import Plan
from explorer.architecture.weights import RUN
from explorer.errors import ExplorerError, LabError
from explorer.labs.identity.lesions import main_path_alone
from explorer.model.build import NetworkModule
from explorer.model.images import Preprocess
from explorer.ui import cached, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.inside.params import AUTO, BESIDE, CUT, NONE, UNTRAINED
from explorer.ui.models import model_of
from explorer.ui.params.shared import DEVICE, SIZE, WEIGHTS
from explorer.ui.runs.kept import manager, names, openable
from explorer.ui.shell import warn

UNTRAINED_LABEL = "untrained"
"""What the same network with random weights is called."""
_EPOCH = "epoch"


@dataclass(frozen=True, eq=False, kw_only=True)
class LookedAt:
    """A network that is looked at: the chosen one, or the one beside it.

    Attributes:
        ready: the module and its weights; run it within ``running``.
        spec: the network.
        plan: of it, at the size of its pictures.
        preprocess: what pictures go through before it; an untrained network gets those of the chosen one.
        label: in a few words, for a legend: ``trained``, ``untrained``, ``residual-56, epoch 5``.
        cut: the blocks whose F(x) goes on alone.
    """

    ready: Ready
    spec: Spec
    plan: Plan
    preprocess: Preprocess
    label: str
    cut: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[Any, ...]:
        """Network, weights, device and what is cut, by which results are cached."""
        return (*self.ready.key, self.cut)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Hold the model alone, its shortcuts cut where they are to be; it is given back as it was."""
        with ExitStack() as held:
            if self.cut:
                assert isinstance(self.ready.model, NetworkModule), "others have no blocks with a shortcut"
                held.enter_context(main_path_alone(self.ready.model, self.cut))
            yield


def choose_beside(ready: Ready, *, usual: str = UNTRAINED) -> None:
    """Draw the choice, and of a run its name and epoch.

    Args:
        ready: the chosen network.
        usual: what stands beside a trained network while nobody has chosen: UNTRAINED or NONE.
    """
    runs = {run_id: run for run_id, run in openable().items() if manager().store.weight_epochs(run_id)}
    options = {
        **({UNTRAINED: "the same, untrained"} if ready.loaded.trained else {}),
        **({CUT: "the same without shortcuts"} if shortcuts(ready) else {}),
        **({_EPOCH: "an epoch of a run"} if runs else {}),
        NONE: "nothing",
    }
    asked = _asked(ready, usual)
    first = _run_of(state.get(WEIGHTS)) if _run_of(state.get(WEIGHTS)) in runs else next(iter(runs), "")

    def change(option: str) -> None:
        state.update({BESIDE: _epoch_text(first, 0) if option == _EPOCH else option})

    of_run = asked.startswith(RUN)
    widgets.choose(BESIDE, options, shown=_EPOCH if of_run else asked, changed=change, width=230)
    run_id, _, epoch = asked.partition("@")
    run_id = _run_of(run_id)
    if of_run and run_id in runs:
        widgets.choose(
            BESIDE,
            names([*runs.values()]),
            shown=run_id,
            key="i_beside_run",
            label="Run",
            help="Kept on the page Training, or shipped with the app.",
            changed=lambda chosen: state.update({BESIDE: _epoch_text(chosen, int(epoch))}),
            width=260,
        )
        kept = manager().store.weight_epochs(run_id)
        widgets.choose(
            BESIDE,
            {str(one): f"{one:,}" if one else "0, start" for one in kept},
            shown=epoch,
            key="i_beside_epoch",
            label="Epoch",
            help="Of those whose weights are kept; 0 is before training.",
            changed=lambda chosen: state.update({BESIDE: f"{RUN}{run_id}@{chosen}"}),
            width=120,
        )


def networks(ready: Ready, *, usual: str = UNTRAINED) -> tuple[LookedAt, ...]:
    """The chosen network, and behind it the one beside it, if there is one; why there is none is said.

    Args:
        ready: the chosen network.
        usual: as for ``choose_beside``.
    """
    chosen = alone(ready)
    try:
        other = _beside(chosen, usual)
    except ExplorerError as error:
        warn(str(error))
        other = None
    return (chosen,) if other is None else (chosen, other)


def distinct(one: LookedAt, looked: Sequence[LookedAt]) -> str:
    """What a network is called beside others: the first of its title, or where that is the same the difference."""
    names = [other.plan.network.title.partition(",")[0] for other in looked]
    name = one.plan.network.title.partition(",")[0]
    return name if names.count(name) == 1 else one.label


def alone(ready: Ready) -> LookedAt:
    """The chosen network.

    Args:
        ready: likewise.
    """
    label = "trained" if ready.loaded.trained else "random weights"
    if ready.loaded.source == "run":
        run_id = _run_of(state.get(WEIGHTS))
        label = _epoch_label(manager().store.run(run_id).name, manager().store.weight_epochs(run_id)[-1])
    return LookedAt(ready=ready, spec=state.spec(), plan=state.plan(), preprocess=ready.loaded.preprocess, label=label)


def shortcuts(ready: Ready) -> tuple[str, ...]:
    """The blocks of a network whose shortcut can be cut, F(x) going on alone."""
    return tuple(block.name for block in ready.model.network.blocks() if block.add and block.add.kind == "add")


def _beside(chosen: LookedAt, usual: str) -> LookedAt | None:
    asked = _asked(chosen.ready, usual)
    if asked == NONE:
        return None
    if asked == CUT:
        if not shortcuts(chosen.ready):
            raise LabError("This network has no shortcuts that could be cut: choose another one beside it.")
        return replace(chosen, label="without shortcuts", cut=shortcuts(chosen.ready))
    if asked == UNTRAINED:
        untrained = model_of(chosen.spec, weights="random", device=state.get(DEVICE))
        return replace(chosen, ready=untrained, label=UNTRAINED_LABEL)
    run_id, _, epoch = asked.partition("@")
    run = manager().store.run(_run_of(run_id))
    spec = run.config.spec
    size = state.get(SIZE) if usual_size(spec) == usual_size(chosen.spec) else run.config.input_size
    ready = model_of(spec, weights=run_id, device=state.get(DEVICE), input_size=size, epoch=int(epoch))
    return LookedAt(
        ready=ready,
        spec=spec,
        plan=cached.plan_of(spec, size),
        preprocess=ready.loaded.preprocess,
        label=_epoch_label(run.name, int(epoch)),
    )


def _asked(ready: Ready, usual: str) -> str:
    """What stands beside it; AUTO is what is usual, and beside random weights nothing."""
    asked = state.get(BESIDE)
    if asked == AUTO:
        asked = usual
    return NONE if asked == UNTRAINED and not ready.loaded.trained else asked


def _run_of(weights: str) -> str:
    return weights.removeprefix(RUN) if weights.startswith(RUN) else ""


def _epoch_label(name: str, epoch: int) -> str:
    return f"{name}, epoch {epoch:,}"


def _epoch_text(run_id: str, wanted: int) -> str:
    """An epoch of a run as in an address: the one that is wanted, or the nearest that is kept."""
    nearest = min(manager().store.weight_epochs(run_id), key=lambda epoch: abs(epoch - wanted))
    return f"{RUN}{run_id}@{nearest}"
