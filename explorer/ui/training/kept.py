"""Every run that is kept: which of them are drawn together, and what can be done with one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.runs import runs
from explorer.labs.runs.jobs import Run, Watched
from explorer.ui import cached, kept_runs, state, widgets
from explorer.ui.block import params as block
from explorer.ui.gradient_flow import params as flow
from explorer.ui.params.kinds import Param
from explorer.ui.params.shared import CHANNEL, DOMAINS, ROW, SAMPLE, SIZE, SOURCE, WEIGHTS
from explorer.ui.shell import link_to, warn
from explorer.ui.training import drawn, params
from explorer.ui.training.pictures import OWN_PICTURES, SETS
from explorer.ui.training.whose import owner
from explorer.ui.widgets import bound, save
from explorer.views.training import number_text

MOST_DRAWN = 64
_TABLE = "t_table"
_FLOW = "Spread of activations and norm of gradients through its depth, by epoch."
_OUT = "What is it worth without one of its blocks? Measured at once, nothing is trained again."
_LESIONS: state.Changes = {block.PART: "identity", block.CLAIM: "lesions"}
_DELETES, _RENAMES = "t_delete", "t_rename"


def one_run(watched: Sequence[Watched], param: Param[str] = params.RUN) -> None:
    """Draw what can be done with one of the runs that are drawn.

    Args:
        watched: the runs that are drawn.
        param: what holds the run's id.
    """
    known = {one.run.id: one.run for one in watched}
    chosen = known.get(state.get(param)) or watched[0].run
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="t_one"):
        widgets.choose(
            param, kept_runs.names([*known.values()]), shown=chosen.id, width=280, label_visibility="collapsed"
        )
        if drawn.has_weights(chosen.id):
            _open("feature-maps", "Open in Feature maps", chosen)
            _open("batchnorm", "Open in BatchNorm", chosen)
            link_to(
                "gradient-flow",
                "Open in Gradient flow",
                {flow.BY: "epoch", flow.FROM: chosen.id, flow.EPOCHS: None},
                help=_FLOW,
            )
            link_to(
                "block",
                "Take blocks out",
                {**_LESIONS, block.RUN: chosen.id, block.BESIDE: None, block.EPOCH: None},
                help=_OUT,
            )
            _open("architecture", "Architecture", chosen)
            save(
                "Weights",
                lambda: runs.manager().store.weights_file(chosen.id),
                f"{_file_name(chosen)}.safetensors",
                key="t_weights",
                help="Of its last epoch, as a safetensors file: opens here under More options, and in PyTorch.",
            )
        save(
            "JSON",
            lambda: runs.manager().store.json_file(chosen.id),
            f"{_file_name(chosen)}.json",
            key="t_json",
            help="All settings and curves, every step and epoch.",
        )
        _rename(chosen)
    if not chosen.is_active and not drawn.has_weights(chosen.id):
        st.caption("This run ended before its first weights were kept, so there is nothing to open.")


def table() -> None:
    """Draw the list of all runs; the rows that are ticked are drawn above."""
    everything = runs.manager().store.runs()
    if runs.manager().notice:
        warn(runs.manager().notice)
    st.subheader("Kept runs", anchor=False)
    if not everything:
        if not runs.manager().notice:
            st.caption("None yet. A run is kept with its settings, curves and weights until somebody deletes it.")
        return
    st.caption("Tick runs to draw them together; the address then holds them, for later and for others.")
    shown = [run.id for run in everything]
    rows = [shown.index(run_id) for run_id in drawn.ids() if run_id in shown]
    # the runs that are drawn stay ticked when the list changes
    if _TABLE in st.session_state and list(st.session_state[_TABLE]["selection"]["rows"]) != rows:
        st.session_state[_TABLE] = _selection(rows)
    st.dataframe(
        _frame(everything),
        hide_index=True,
        key=_TABLE,
        height="auto" if len(everything) <= 10 else 390,
        selection_mode="multi-row",
        placeholder="",
        selection_default=_selection(rows),
        on_select=lambda: _picked(shown),
        column_config={
            "Training loss": st.column_config.TextColumn(help="Mean of the last epoch's steps."),
            "Test error": st.column_config.NumberColumn(format="%.1f %%"),
            "Begun": st.column_config.DatetimeColumn(format="D MMM, HH:mm"),
            "Whose": st.column_config.TextColumn(help="Yours are those that were begun in this browser."),
        },
        alt=f"{len(everything)} runs, the newest first.",
    )
    ticked = [run for run in everything if run.id in drawn.ids()]
    if ticked:
        _delete(ticked)


def _open(page: str, label: str, run: Run) -> None:
    link_to(
        page,
        label,
        {
            WEIGHTS: f"run:{run.id}",
            SIZE: run.config.input_size,
            SAMPLE: "digit-0" if run.config.data.startswith("digits") else None,
            SOURCE: None,
            ROW: None,
            CHANNEL: None,
            DOMAINS: None,
        },
        help="With what it has learned as the network's weights.",
        spec=run.config.spec,
    )


def _rename(run: Run) -> None:
    box = st.popover("Rename", key=_RENAMES, on_change="rerun", type="tertiary", help="Give it another name.")
    if not box.open:
        return
    with box:
        st.text_input(
            "Name",
            max_chars=120,
            help="Enter confirms.",
            **bound(f"t_name_{run.id}", run.name, lambda name: _try(lambda: runs.manager().store.rename(run.id, name))),
        )


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
            on_click=lambda: _try(lambda: _remove(ticked)),
            help="There is no way back.",
        )


def _remove(ticked: Sequence[Run]) -> None:
    for run in ticked:
        runs.manager().delete(run.id)
    gone = {run.id for run in ticked}
    st.session_state[_DELETES] = False
    state.update({params.RUNS: ",".join(run_id for run_id in drawn.ids() if run_id not in gone), params.RUN: None})


def _try(action: Any) -> None:
    try:
        action()
    except ExplorerError as error:
        state.refuse(str(error))


def _picked(shown: Sequence[str]) -> None:
    """What is ticked is drawn: those that stay keep their order, new ones come behind."""
    ticked = [shown[row] for row in st.session_state[_TABLE]["selection"]["rows"] if row < len(shown)]
    if len(ticked) > MOST_DRAWN:
        state.refuse(f"At most {MOST_DRAWN} runs are drawn together; untick some before you tick more.")
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
            "Training loss": ["" if loss is None else number_text(loss) for loss, _ in ends],
            "Test error": pd.array([None if error is None else 100 * error for _, error in ends], dtype="Float64"),
            "Network": [run.config.network for run in everything],
            "Pictures": [SETS.get(run.config.data, OWN_PICTURES) for run in everything],
            "Epochs": [run.config.epochs for run in everything],
            "Begun": [_local(run.created) for run in everything],
            "Whose": ["yours" if run.owner == owner() else "" for run in everything],
        }
    )


def _end(run: Run) -> tuple[float | None, float | None]:
    """Training loss and test error of a run's last epoch; a run that is over is read once."""
    if run.is_active:
        return None, None

    def make() -> tuple[float | None, float | None]:
        epochs = runs.manager().store.watch(run.id).curves.epochs
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


def _file_name(run: Run) -> str:
    """A run's name with the signs that every system takes in a file's name."""
    return "".join(sign if sign.isalnum() or sign in "-." else "_" for sign in run.name)[:80]
