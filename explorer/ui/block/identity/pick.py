"""The choice of the trained network that the experiments look into, of its epoch, and the offer to take small ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import state, widgets
from explorer.ui.block.identity.source import EXAMPLE, Source
from explorer.ui.block.params import BESIDE, EPOCH, RUN
from explorer.ui.runs.kept import manager, names, no_weights_words, openable
from explorer.ui.shell import warn

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Run
    from explorer.labs.training.config import RunConfig

DEPTH = 20
_LAST = -1
_ALONE = ""


def pick(*, beside: bool = False, kinds: Sequence[str] = ("residual",), by_epoch: bool = True) -> tuple[Source, ...]:
    """Draw the choice of one network or two and of the epoch, and the offer to take the small ones.

    Args:
        beside: whether a second one can be chosen.
        kinds: of the networks that are offered: "residual", "plain".
        by_epoch: whether one epoch is looked at.

    Returns:
        What is chosen, one or two.
    """
    kept = [*openable().values()]
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
        _offer(chosen, kinds)
    return tuple(_at(source, epoch) for source in found)


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
        assert source.watched is not None
        problem = f"{no_weights_words(source.watched.run)} Nothing can be measured: choose another."
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


def _offer(shown: Sequence[str], kinds: Sequence[str]) -> None:
    """One press: the small networks that come with the app."""
    small = {kind: manager().store.shipped([config]) for kind, config in _small(kinds).items()}
    ids = [run_id for found in small.values() for run_id in found]
    if set(ids) <= set(shown):
        return
    st.button(
        f"Take {' and '.join(f'{kind}-{DEPTH}' for kind in small)}",
        key="identity_take",
        on_click=lambda: state.update({RUN: ids[0], BESIDE: ids[1] if len(ids) > 1 else None, EPOCH: None}),
        help="Runs of five epochs on the digits that come with the app.",
    )


def _small(kinds: Sequence[str]) -> dict[str, RunConfig]:
    from explorer.labs.training.sets import default_set

    small = [config for config in default_set() if config.spec.nominal_depth == DEPTH]
    known = {"plain" if config.spec.is_plain else "residual": config for config in small}
    return {kind: known[kind] for kind in kinds}
