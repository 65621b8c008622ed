"""Which runs to start: a set that is one click away or one's own, what it will do, and the button."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.runs import runs
from explorer.labs.runs.jobs import Job
from explorer.labs.training.config import INITIALISATION_TITLES, RunConfig
from explorer.labs.training.sets import RUN_SETS
from explorer.ui import state, widgets
from explorer.ui.runs import pictures
from explorer.ui.runs.duration import about, seconds
from explorer.ui.runs.whose import owner
from explorer.ui.training import own
from explorer.ui.training.params import MOST_DRAWN, OPTIMISERS, OWN, RUN, RUNS, SCHEDULES, SEED, SET

_NUMBERS = {1: "the one", 2: "the two", 3: "the three", 4: "the four", 5: "the five", 6: "the six"}


def start() -> None:
    """Draw the settings and the button."""
    st.subheader("Train it yourself", anchor=False)
    name = state.get(SET)
    configs = own.configs() if name == OWN else RUN_SETS[name].make(state.get(SEED))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="t_choice"):
        if name != OWN:
            widgets.number(SEED, width=130)
        label = f"Train {_NUMBERS.get(len(configs), f'all {len(configs):,}')}"
        st.button(
            label if configs else "Train",
            key="t_train",
            type="primary",
            disabled=not configs,
            on_click=lambda: _submit(configs),
            help="They run on workers of their own; other pages can be used meanwhile.",
        )
    if configs:
        st.caption(said(configs))


def said(configs: Sequence[RunConfig]) -> str:
    """What a set of runs does and about how long it takes.

    Args:
        configs: at least one run.
    """
    names = list(dict.fromkeys(config.network for config in configs))
    shown = " · ".join(names[:6]) + (f" and {len(names) - 6:,} more" if len(names) > 6 else "")
    first = configs[0]
    times = f"{len(configs):,} run{'' if len(configs) == 1 else 's'}"
    return f"{times}: {shown}. {_settings(first)} {_how_long(configs)}"


def _settings(config: RunConfig) -> str:
    """Pictures and settings, all of them: what is not said cannot be doubted."""
    epochs = f"{config.epochs:,} epoch{'' if config.epochs == 1 else 's'}"
    momentum = f", momentum {config.momentum:g}" if config.optimiser == "sgd" else ""
    schedule = SCHEDULES[config.schedule].partition(":")[0]
    return (
        f"{pictures.SETS.get(config.data, 'Your own pictures')}: {pictures.counts(config.data)[0]:,} to learn from. "
        f"{epochs}, batch {config.batch:,}, {OPTIMISERS[config.optimiser]} at {config.learning_rate:g} "
        f"({schedule}){momentum}, weight decay {config.weight_decay:g}; {INITIALISATION_TITLES[config.initialisation]}."
    )


def _how_long(configs: Sequence[RunConfig]) -> str:
    try:
        return about(seconds(configs))
    except ExplorerError as error:
        return str(error)


def _submit(configs: Sequence[RunConfig]) -> None:
    """Start the runs; the shipped ones of the same networks stay on the screen below them."""
    manager = runs.manager()
    try:
        ids = manager.submit([Job(config=config) for config in configs], owner=owner())
    except ExplorerError as error:
        state.refuse(str(error))
        return
    shipped = dict.fromkeys(manager.store.shipped(config.replace(seed=0) for config in configs))
    drawn = (*shipped, *ids) if len(shipped) + len(ids) <= MOST_DRAWN else ids
    state.update({RUNS: ",".join(drawn), RUN: None})
