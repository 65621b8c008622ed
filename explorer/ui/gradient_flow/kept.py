"""Kept runs whose gradient flow is measured: one run by epoch, or several at one epoch; from the URL to lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.architecture.values import shortened
from explorer.ui import state, widgets
from explorer.ui.gradient_flow.choice import Case, Kept, apart
from explorer.ui.gradient_flow.params import BY, EPOCH, EPOCHS, FROM, LAST, OF_RUN, RUN_PICTURES, RUN_SCALING, RUNS
from explorer.ui.markup import without_markup
from explorer.ui.runs.kept import gone_words, known, manager, names, no_weights_words
from explorer.ui.shell import warn
from explorer.views.comparison import MOST_COMPARED

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Run

AT_ONCE = 4
"""As many runs are looked at when nobody has chosen: as many as the set that Training begins with."""
_LONGEST = 40


def asked(by: str) -> state.Changes:
    """The changes that ask for kept runs; which these are is written too, for whoever gets the address.

    Args:
        by: "epoch" or "run".
    """
    found = [run.id for run in _newest(known(), AT_ONCE if by == "run" else 1)]
    if by == "epoch":
        return {BY: by, FROM: found[0] if found else None, EPOCHS: None}
    return {BY: by, RUNS: ",".join(found) or None, EPOCH: None}


def epochs_of_one(found: Mapping[str, Run]) -> tuple[Case, ...]:
    """Draw the choice of a run and of its epochs.

    Args:
        found: from ``runs.kept.known``, not empty.

    Returns:
        A line for each of them; none where the run has no weights, which is said.
    """
    wanted = state.get(FROM)
    if wanted and wanted not in found:
        warn("The run in the link is not here; it may have been deleted. The newest one is shown.")
    run = found.get(wanted) or _newest(found, 1)[0]
    with _row("g_one_run"):
        widgets.choose(
            FROM,
            names([*found.values()]),
            shown=run.id,
            changed=lambda run_id: state.update({FROM: run_id, EPOCHS: None}),
            width=300,
        )
        epochs = manager().store.weight_epochs(run.id)
        chosen = _choose_epochs(epochs) if epochs else ()
        _choose_input()
    if not epochs:
        warn(_nothing_of(run))
    _say_active({run.id: epochs}, [run])
    return tuple(_case(run, epoch, f"epoch {epoch:,}") for epoch in chosen)


def several(found: Mapping[str, Run]) -> tuple[Case, ...]:
    """Draw the choice of two to six runs and of the epoch at which they are looked at.

    Args:
        found: from ``runs.kept.known``, not empty.

    Returns:
        A line for each that has weights; what has none is said.
    """
    wanted = [run_id for run_id in dict.fromkeys(state.get(RUNS).split(",")) if run_id]
    gone = [run_id for run_id in wanted if run_id not in found]
    if gone:
        warn(gone_words(len(gone)))
    chosen = [found[run_id] for run_id in wanted if run_id in found]
    if not chosen:
        chosen = sorted(_newest(found, AT_ONCE), key=lambda run: run.created)
    widgets.gather(
        RUNS,
        names([*found.values()]),
        [run.id for run in chosen],
        placeholder="Choose up to six runs",
        most=MOST_COMPARED,
        changed=lambda ids: state.update({RUNS: ",".join(ids) or None}),
    )
    epochs = {run.id: manager().store.weight_epochs(run.id) for run in chosen}
    ready = [run for run in chosen if epochs[run.id]]
    with _row("g_many_runs"):
        at = _choose_epoch([epochs[run.id] for run in ready])
        _choose_input()
    for run in chosen:
        if not epochs[run.id]:
            warn(_nothing_of(run))
    _say_active(epochs, chosen)
    made = [_case(run, epochs[run.id][-1] if at == LAST else int(at), shortened(run.name, _LONGEST)) for run in ready]
    return apart(made)


def say_notice() -> None:
    """What everybody should know of the kept runs: that they cannot be read, or were set aside."""
    if manager().notice:
        warn(manager().notice)


def thinned(epochs: Sequence[int]) -> tuple[int, ...]:
    """At most as many epochs as can be compared, at equal distances, the first and the last among them."""
    steps = MOST_COMPARED - 1
    places = {round(step * (len(epochs) - 1) / steps) for step in range(MOST_COMPARED)}
    return tuple(epochs[place] for place in sorted(places))


def _choose_epochs(kept: Sequence[int]) -> tuple[int, ...]:
    usual = thinned(kept)
    wanted = sorted({int(part) for part in state.get(EPOCHS).split(",") if part})
    missing = [f"{epoch:,}" for epoch in wanted if epoch not in kept]
    if missing:
        warn(f"Epoch {', '.join(missing)} was left out: the run has no weights of it.")
    chosen = tuple(epoch for epoch in wanted if epoch in kept) or usual

    def changed(epochs: list[int]) -> None:
        now = tuple(sorted(epochs))
        state.update({EPOCHS: None if now == usual else ",".join(map(str, now))})

    widgets.gather(
        EPOCHS,
        {epoch: f"{epoch:,}" if epoch else "0, start" for epoch in kept},
        chosen,
        placeholder="Evenly spaced",
        most=MOST_COMPARED,
        changed=changed,
        help=f"Up to six of the {len(kept):,} whose weights are kept, 0 is before training; none stands for six "
        "evenly spaced ones.",
        width=430,
    )
    return chosen


def _choose_epoch(kept: Sequence[Sequence[int]]) -> str:
    """The epoch of all runs, of those that every one of them has."""
    common = sorted(set(kept[0]).intersection(*kept)) if kept else []
    options = {LAST: "its last epoch"} | {str(epoch): f"epoch {epoch:,}" for epoch in common if epoch}
    if 0 in common:
        options["0"] = "the start"
    if state.get(EPOCH) not in options:
        warn(f"Not all of these runs have weights of epoch {state.get(EPOCH)}: each is shown at its last.")
    return widgets.choose(EPOCH, options, width=160)


def _choose_input() -> None:
    widgets.choose(RUN_PICTURES, width=210)
    widgets.choose(RUN_SCALING, width=270)


def _case(run: Run, epoch: int, label: str) -> Case:
    shown, pixels = state.get(RUN_PICTURES), state.get(RUN_SCALING)
    return Case(
        label=label,
        spec=run.config.spec,
        initialisation=run.config.initialisation,
        scaling=None if pixels == OF_RUN else pixels,
        pictures=None if shown == OF_RUN else shown,
        side=run.config.input_size[0],
        kept=Kept(run=run.id, epoch=epoch, config=run.config),
    )


def _newest(found: Mapping[str, Run], count: int) -> list[Run]:
    """The first ones that have weights; shipped ones where no other has."""
    ready: list[Run] = []
    for run in found.values():
        if len(ready) < count and not run.is_shipped and manager().store.weight_epochs(run.id):
            ready.append(run)
    return ready or [run for run in found.values() if run.is_shipped][:count]


def _nothing_of(run: Run) -> str:
    if run.is_active:
        return f"{without_markup(run.name)} has no weights yet: it waits for its turn or has just begun."
    return f"{no_weights_words(run)} There is nothing to measure: choose another run."


def _say_active(epochs: Mapping[str, Sequence[int]], runs: Sequence[Run]) -> None:
    """What is still going on is shown as far as it has come."""
    going = [
        f"{without_markup(run.name)} goes on and has reached epoch {epochs[run.id][-1]:,} of {run.config.epochs:,}."
        for run in runs
        if run.is_active and epochs[run.id]
    ]
    if any(run.is_active for run in runs):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="g_going"):
            if going:
                st.caption(" ".join(going), width="content")
            st.button("Look again", key="g_again", help="Adds the epochs that have ended since.")


def _row(key: str) -> Any:
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=key)
