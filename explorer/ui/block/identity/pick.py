"""The choice of the trained network that the experiments look into, of its epoch, and the offer to train small ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import state, widgets
from explorer.ui.block.identity.source import EXAMPLE, Source
from explorer.ui.block.params import BESIDE, EPOCH, RUN
from explorer.ui.runs.kept import manager, names
from explorer.ui.shell import warn

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Run
    from explorer.labs.training.config import RunConfig

DEPTH = 20
_LAST = -1
_ALONE = ""


def pick(*, beside: bool = False, kinds: Sequence[str] = ("residual",), by_epoch: bool = True) -> tuple[Source, ...]:
    """Draw the choice of one network or two and of the epoch, and the offer to train the small ones.

    Args:
        beside: whether a second one can be chosen.
        kinds: of the networks that are offered: "residual", "plain".
        by_epoch: whether one epoch is looked at.

    Returns:
        What is chosen, one or two.
    """
    kept = manager().store.runs()
    if manager().notice:
        warn(manager().notice)
    options = _options(kept)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="identity_source"):
        chosen = [widgets.choose(RUN, _with(options, state.get(RUN)), width=270)]
        if beside:
            second = widgets.choose(BESIDE, {_ALONE: "None", **_with(options, state.get(BESIDE))}, width=230)
            chosen += [second] if second and second != chosen[0] else []
        found = [_source(name, kept) for name in chosen]
        epoch = _choose_epoch(found) if by_epoch else None
        _offer(kept, chosen, kinds)
    return tuple(_at(source, epoch) for source in found)


def remember_own() -> None:
    """Have the browser keep whose the runs are that were begun here; below all else, for it takes a line's room."""
    from explorer.ui.runs.whose import owner, remember

    if manager().store.runs(owner=owner()):
        remember()


def _options(kept: Sequence[Run]) -> dict[str, str]:
    """What can be chosen, with its words; runs of one name are counted, the newest is 1."""
    return {EXAMPLE: "Trained example: ResNet-20", **names(kept)}


def _with(options: dict[str, str], chosen: str) -> dict[str, str]:
    """The options, and what a link asks for though it is gone: it must not look as if another one were shown."""
    return options if chosen in options or not chosen else {chosen: "A run that is not here", **options}


def _source(name: str, kept: Sequence[Run]) -> Source:
    if name == EXAMPLE:
        return Source(name=name, label="the trained example")
    try:
        watched, epochs = manager().store.watch(name), manager().store.weight_epochs(name)
    except ExplorerError as error:
        return Source(name=name, label="the run in the link", problem=f"{error} Choose another run.")
    label = names(kept).get(name, watched.run.name)
    return Source(name=name, label=label, watched=watched, epochs=epochs)


def _at(source: Source, epoch: int | None) -> Source:
    """The choice at an epoch, or at its last."""
    if source.name == EXAMPLE or source.problem:
        return source
    if not source.epochs:
        if source.waits:
            return source
        problem = (
            f"{source.title} ended before its first weights were kept, so nothing can be measured: choose another."
        )
        return replace(source, problem=problem)
    return replace(source, epoch=source.epochs[-1] if epoch is None else epoch)


def _choose_epoch(sources: Sequence[Source]) -> int | None:
    """The epoch, of those that every chosen run has kept; None for the last of each."""
    kept = [set(source.epochs) for source in sources if source.epochs]
    if not kept:
        return None
    common = sorted(set.intersection(*kept))
    wanted = state.get(EPOCH)
    shown = wanted if wanted in common else _LAST
    if wanted is not None and shown == _LAST:
        st.caption(f"No weights of epoch {wanted:,} are kept; the last is shown.", width=150)
    words: dict[int | None, str] = {_LAST: "the last"}
    words |= {one: f"{one:,}" if one else "0, untrained" for one in common}
    widgets.choose(
        EPOCH,
        words,
        shown=shown,
        changed=lambda one: state.update({EPOCH: None if one == _LAST else one}),
        width=130,
    )
    return None if shown == _LAST else shown


def _offer(kept: Sequence[Run], shown: Sequence[str], kinds: Sequence[str]) -> None:
    """One press: the small networks of the set that Training begins with, trained now or found among the kept ones."""
    configs = _offered(kinds)
    there = {kind: _found(config, kept) for kind, config in configs.items()}
    if all(run_id in shown for run_id in there.values()):
        return
    names = " and ".join(f"{kind}-{DEPTH}" for kind in configs)
    missing = [kind for kind, run_id in there.items() if run_id is None]
    st.button(
        f"Train {names} now" if missing else f"Take {names}",
        key="identity_train",
        on_click=lambda: _train(configs, there),
        help="Runs of five epochs on the digits, a few seconds each on workers of their own; kept like all others."
        if missing
        else "These runs are kept already, the newest are taken.",
    )


def _offered(kinds: Sequence[str]) -> dict[str, RunConfig]:
    from explorer.labs.training.sets import default_set

    small = [config for config in default_set() if config.spec.nominal_depth == DEPTH]
    known = {"plain" if config.spec.is_plain else "residual": config for config in small}
    return {kind: known[kind] for kind in kinds}


def _found(config: RunConfig, kept: Sequence[Run]) -> str | None:
    """The newest run of these settings that is under way or went to its end."""
    fitting = (run for run in kept if run.config == config and run.trainable is None)
    return next((run.id for run in fitting if run.is_active or run.status == "done"), None)


def _train(configs: dict[str, RunConfig], there: dict[str, str | None]) -> None:
    from explorer.labs.runs.jobs import Job
    from explorer.ui.runs.whose import owner

    missing = [kind for kind, run_id in there.items() if run_id is None]
    try:
        new = manager().submit([Job(config=configs[kind]) for kind in missing], owner=owner())
    except ExplorerError as error:
        state.refuse(str(error))
        return
    ids = {**there, **dict(zip(missing, new, strict=True))}
    state.update({RUN: ids["residual"], BESIDE: ids.get("plain"), EPOCH: None})
