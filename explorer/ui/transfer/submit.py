"""Starting ways: the source where it has to be trained, and every way that begins with it; all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.training.config import RunConfig
from explorer.labs.transfer.sets import digits_source, job_of, source_name
from explorer.labs.transfer.ways import SOURCE, Way, transfer
from explorer.ui import state
from explorer.ui.params.shared import WEIGHTS
from explorer.ui.transfer.choice import Move
from explorer.ui.transfer.params import ONE, PART, RUNS
from explorer.ui.transfer.preprocessing import TITLES

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Job
    from explorer.labs.runs.runs import Runs

_ASKED = "_transfer_asked"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A way to run: which, and with what settings."""

    way: Way
    config: RunConfig


def ask(wanted: Sequence[Wanted]) -> None:
    """Have ways started in the page's next run, where there is room for a progress bar.

    Args:
        wanted: the ways.
    """
    st.session_state[_ASKED] = tuple(wanted)


def what_is_asked(move: Move) -> None:
    """Start what was asked for, if anything was, and have the page drawn anew with it.

    Args:
        move: source and target.
    """
    wanted: tuple[Wanted, ...] | None = st.session_state.pop(_ASKED, None)
    if wanted is None:
        return
    try:
        pairs = _submitted(move, wanted)
    except ExplorerError as error:
        state.refuse(str(error))
    else:
        state.update({RUNS: ",".join(f"{way}-{run_id}" for way, run_id in pairs), ONE: None, PART: None})
    st.rerun()


def _submitted(move: Move, wanted: Sequence[Wanted]) -> list[tuple[str, str]]:
    """Ways and ids of the runs, the source's before them where it was trained here."""
    from explorer.labs.runs import runs
    from explorer.labs.runs.jobs import Job
    from explorer.ui.runs.whose import owner

    manager = runs.manager()
    weights = _weights() if move.source == "network" else None
    source = _source(move, manager)
    all_jobs: list[tuple[str, Job]] = [(SOURCE, source)] if isinstance(source, Job) else []
    for one in wanted:
        chosen = transfer(move.spec, one.way, classes=move.classes)
        job = job_of(chosen, one.config, source if weights is None else weights)
        other = "" if one.config.preprocess == "own" else f", pixels {TITLES[one.config.preprocess]}"
        all_jobs.append((one.way, replace(job, name=f"{job.name}, {move.target.lower()}{other}")))
    ids = manager.submit([job for _, job in all_jobs], owner=owner())
    known = [(SOURCE, source)] if isinstance(source, str) and source else []
    return [*known, *((way, run_id) for (way, _), run_id in zip(all_jobs, ids, strict=True))]


def _source(move: Move, manager: Runs) -> Job | str:
    """The run that is begun with: to be trained, or its id; empty where the weights are at hand."""
    from explorer.labs.runs.jobs import Job

    if move.source != "digits":
        return move.run
    config = digits_source(move.seed)
    name = source_name(config)
    # the same settings give the same weights, so that a source is trained once; the name is its own, for another run
    # of these settings may have begun with other weights
    for run in manager.store.runs():
        if run.config == config and run.name == name and (run.is_active or run.status == "done"):
            return run.id
    return Job(config=config, name=name)


def _weights() -> dict[str, Any]:
    """The chosen network's weights; a progress bar is drawn while they are fetched."""
    from explorer.labs.training.state import weights_of
    from explorer.ui.models import model_of

    return weights_of(model_of(state.spec(), weights=state.get(WEIGHTS), device="cpu").model)
