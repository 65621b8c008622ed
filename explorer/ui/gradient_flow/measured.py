"""The passes themselves: how long they may take, one after the other with progress, kept for the next run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.cost import step_seconds
from explorer.labs.data.data import DataSet, preprocess_of
from explorer.labs.gradient_flow.flow_pictures import flow_pictures, held_out_pictures
from explorer.labs.gradient_flow.gradient_flow import Flow, flow_of
from explorer.labs.shipped.flows import shipped_flow
from explorer.labs.training.one_thread import threads_for
from explorer.ui import cached, shell
from explorer.ui.gradient_flow.choice import Case, Kept
from explorer.ui.runs.kept import manager
from explorer.views.flow_lines import FlowLine

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Weights

LIGHT_SECONDS = 3.0
_PICTURES = 32
_ROW_BYTES = 500


def seconds(cases: Sequence[Case]) -> float:
    """Roughly how long all passes take on a machine that does nothing else."""
    return sum(map(_seconds, cases))


def flows(cases: Sequence[Case]) -> dict[str, Flow]:
    """Measure every case; one that fails gets a sentence and the others go on.

    Args:
        cases: one to six.

    Returns:
        By label, those that could be measured.
    """
    found: dict[str, Flow] = {}
    bar = st.progress(0.0, "Starting")
    try:
        for number, case in enumerate(cases):
            bar.progress(number / len(cases), f"{case.label}: {number + 1} of {len(cases)}")
            try:
                found[case.label] = _flow(case)
            except ExplorerError as error:
                shell.say_error(f"{case.label}: {error}")
    finally:
        bar.empty()
    return found


def line(label: str, flow: Flow) -> FlowLine:
    """What the figures need of a pass."""
    rows = flow.convolutions
    return FlowLine(
        label=label,
        layers=tuple(row.layer for row in rows),
        forward=tuple(row.spread for row in rows),
        backward=tuple(row.gradient for row in rows),
        # equal values everywhere have no spread, though they are not 0
        forward_faults=tuple(row.fault or (None if row.spread > 0 else "0") for row in rows),
        backward_faults=tuple(row.gradient_fault for row in rows),
        weight_gradients=tuple(row.weight_gradient or 0.0 for row in rows),
    )


def shipped(case: Case) -> Flow | None:
    """The pass of a case that comes with the app; None where none does.

    Args:
        case: the network, its weights and what it is shown.
    """
    return shipped_flow(case.spec) if case.key == (case.spec, "fan_out", "unit", "digits", 8) else None


def _seconds(case: Case) -> float:
    if shipped(case) is not None:
        return 0.0
    try:
        plan = cached.plan_of(case.spec, (case.side, case.side))
    except ExplorerError:  # it is refused in a moment, with its sentence
        return 0.0
    return step_seconds(plan, _PICTURES)


def _flow(case: Case) -> Flow:
    if (here := shipped(case)) is not None:
        return here

    def make() -> Flow:
        data, weights = _pictures(case), None if case.kept is None else _weights(case.kept)
        with threads_for((case.side, case.side)):
            return flow_of(
                case.spec, initialisation=case.initialisation, scaling=case.scaling, weights=weights, data=data
            )

    return cached.result(("gradient flow", *case.key), make, lambda made: _ROW_BYTES * len(made.layers))


def _pictures(case: Case) -> DataSet:
    """What the network is shown; a run's preprocessing goes with other pictures too."""
    config = None if case.kept is None else case.kept.config
    if config is not None and case.pictures is None:
        return held_out_pictures(config)
    data = flow_pictures(case.pictures or "digits", in_channels=case.spec.in_channels, side=case.side)
    return data if config is None else replace(data, preprocess=preprocess_of(config.data, config.preprocess))


def _weights(kept: Kept) -> Weights:
    return manager().store.weights(kept.run, epoch=kept.epoch)
