"""Every run that is kept: which of them are drawn together, and what can be done with one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.runs.jobs import Run
from explorer.ui import cached, state
from explorer.ui.data_frame import data_frame
from explorer.ui.runs.kept import attempt, manager
from explorer.ui.runs.pictures import OWN_PICTURES, SETS
from explorer.ui.runs.whose import owner
from explorer.ui.shell import warn
from explorer.ui.training import drawn, params
from explorer.views.numbers import NO_BREAK, loss_text

_TABLE = "t_table"
_DELETES = "t_delete"


def table() -> None:
    """Draw the list of all runs; the rows that are ticked are drawn above."""
    everything = manager().store.runs()
    if manager().notice:
        warn(manager().notice)
    st.subheader("Kept runs", anchor=False)
    st.caption(
        "Tick runs to draw them together; the address then holds them, for later and for others. What is trained here "
        "is kept with its settings, curves and weights until somebody deletes it."
    )
    shown = [run.id for run in everything]
    rows = [shown.index(run_id) for run_id in drawn.ids() if run_id in shown]
    # the runs that are drawn stay ticked when the list changes
    if _TABLE in st.session_state and list(st.session_state[_TABLE]["selection"]["rows"]) != rows:
        st.session_state[_TABLE] = _selection(rows)
    data_frame(
        _frame(everything),
        key=_TABLE,
        height="auto" if len(everything) <= 10 else 390,
        selection_mode="multi-row",
        selection_default=_selection(rows),
        on_select=lambda: _picked(shown),
        column_config={
            "Training loss": st.column_config.TextColumn(help="Mean of the last epoch's steps."),
            "Test error": st.column_config.NumberColumn(format=f"%.1f{NO_BREAK}%%"),
            "Begun": st.column_config.DatetimeColumn(format="D MMM, HH:mm"),
            "Whose": st.column_config.TextColumn(
                help="Yours are those that were begun in this browser; shipped ones come with the app."
            ),
        },
        alt=f"{len(everything)} runs, the newest first and the shipped ones last.",
    )
    ticked = [run for run in everything if run.id in drawn.ids() and not run.is_shipped]
    if ticked:
        _delete(ticked)


def _delete(ticked: Sequence[Run]) -> None:
    """Asks once."""
    count = f"{len(ticked):,} run{'' if len(ticked) == 1 else 's'}"
    box = st.popover(f"Delete {count} …", key=_DELETES, on_change="rerun", type="tertiary", help="Asks first.")
    if not box.open:
        return
    others = sum(run.owner != owner() for run in ticked)
    which = (
        "None of them was" if others == len(ticked) else f"{others:,} of them {'was' if others == 1 else 'were'} not"
    )
    if len(ticked) == 1:
        which = "It was not"
    with box:
        st.markdown(
            f"Settings, curves and weights of {count} are removed for good."
            + (f" **{which} begun in this browser.**" if others else "")
        )
        st.button(
            f"Delete {count}",
            key="t_delete_now",
            type="primary",
            on_click=lambda: attempt(lambda: _remove(ticked)),
            help="There is no way back.",
        )


def _remove(ticked: Sequence[Run]) -> None:
    for run in ticked:
        manager().delete(run.id)
    gone = {run.id for run in ticked}
    st.session_state[_DELETES] = False
    left = [run_id for run_id in drawn.ids() if run_id not in gone]
    # without any of one's own the page is as it opens
    has_own = any(run.id in left and not run.is_shipped for run in manager().store.runs())
    state.update({params.RUNS: ",".join(left) if has_own else None, params.RUN: None})


def _picked(shown: Sequence[str]) -> None:
    """What is ticked is drawn: those that stay keep their order, new ones come behind."""
    ticked = [shown[row] for row in st.session_state[_TABLE]["selection"]["rows"] if row < len(shown)]
    if len(ticked) > params.MOST_DRAWN:
        state.refuse(f"At most {params.MOST_DRAWN} runs are drawn together; untick some before you tick more.")
        return
    kept = [run_id for run_id in drawn.ids() if run_id in ticked]
    new = [run_id for run_id in ticked if run_id not in kept]
    state.update({params.RUNS: ",".join([*kept, *new])})


def _selection(rows: Sequence[int]) -> Any:
    return {"selection": {"rows": list(rows), "columns": [], "cells": []}}


def _frame(everything: Sequence[Run]) -> pd.DataFrame:
    ends = [_end(run) for run in everything]
    return pd.DataFrame(
        {
            "Name": [run.name for run in everything],
            "Status": ["under way" if run.is_active else run.status for run in everything],
            "Training loss": ["" if loss is None else loss_text(loss) for loss, _ in ends],
            "Test error": pd.array([None if error is None else 100 * error for _, error in ends], dtype="Float64"),
            "Network": [run.config.network for run in everything],
            "Pictures": [SETS.get(run.config.data, OWN_PICTURES) for run in everything],
            "Epochs": [run.config.epochs for run in everything],
            "Begun": [None if run.is_shipped else _local(run.created) for run in everything],
            "Whose": [_whose(run) for run in everything],
        }
    )


def _whose(run: Run) -> str:
    if run.is_shipped:
        return "shipped"
    return "yours" if run.owner == owner() else ""


def _end(run: Run) -> tuple[float | None, float | None]:
    """Training loss and test error of a run's last epoch; a run that is over is read once."""
    if run.is_active:
        return None, None

    def make() -> tuple[float | None, float | None]:
        epochs = manager().store.watch(run.id).curves.epochs
        return (epochs[-1].train_loss, epochs[-1].test_error) if epochs else (None, None)

    try:
        return cached.result(("run-end", run.id, run.ended), make, lambda _: 100)
    except ExplorerError:
        return None, None


def _local(seconds: float) -> datetime:
    """A moment on the reader's clock."""
    moment = datetime.fromtimestamp(seconds, UTC)
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return moment.astimezone(zone).replace(tzinfo=None)
