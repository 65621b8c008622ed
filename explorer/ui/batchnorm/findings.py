"""Findings first: what was looked for in all norms, what was found, and from where on it counts."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd
import streamlit as st

from explorer.errors import ExplorerError
from explorer.model.norm_findings import Finding, Thresholds
from explorer.ui import state, widgets
from explorer.ui.batchnorm import measured
from explorer.ui.batchnorm.batch import Batch
from explorer.ui.batchnorm.drawn import pickable
from explorer.ui.batchnorm.source import Source
from explorer.ui.widgets import save
from explorer.views.export import csv_text
from explorer.views.norm_words import MEANINGS, SIGNS, Check, checks, findings_table, written

_LIMITS = {
    "tiny_variance": ("Tiny variance below", "Running variances below this are found; ε is 0.00001 as a rule.", "%g"),
    "near_zero_gamma": ("Near-zero γ below", "A γ nearer to 0 than this is found.", "%g"),
    "far_mean": ("Mean farther than, deviations", "Running and batch mean this many running deviations apart.", "%g"),
    "far_variance": ("Variance farther than, factor", "Running and batch variance different by this factor.", "%g"),
}
_STATISTICS = ("never updated", "tiny variance", "mean far from batch", "variance far from batch")
_AGAINST_BATCH = _STATISTICS[2:]


def findings(source: Source, batch: Batch | None, why_no_batch: str) -> None:
    """Draw what was looked for and what was found.

    Args:
        source: the network.
        batch: what the running statistics are held against; None where there is none.
        why_no_batch: the reason then.
    """
    thresholds = Thresholds(**{name: state.get(name) for name in _LIMITS})
    try:
        found = measured.found(source, batch, thresholds)
    except ExplorerError as error:
        why_no_batch = str(error)
        found = measured.found(source, None, thresholds)
        batch = None
    made = checks(
        found,
        _measures(thresholds),
        norms=len(source.norms),
        channels=sum(one.channels for one in measured.states(source).values()),
        skipped=_skipped(source, batch, why_no_batch),
    )
    with st.container(key="findings", gap="small"):
        _head(made)
        st.markdown("\n".join(_line(check) for check in made))
        if found:
            _table(source, found)
        _below(source, found, batch)


def _head(made: tuple[Check, ...]) -> None:
    conspicuous = sum(check.sign == "found" for check in made)
    checked = sum(check.sign != "skipped" for check in made)
    if conspicuous:
        st.subheader(f"{SIGNS['found']} Findings: {conspicuous} of {checked} checks", anchor=False)
    else:
        st.subheader(f"{SIGNS['clear']} Nothing conspicuous in {checked} checks", anchor=False)


def _line(check: Check) -> str:
    # a list, so that the signs stand below each other; a finding is bold besides
    name = f"**{check.problem}**" if check.sign == "found" else check.problem
    return f"{SIGNS[check.sign]} {name}: {check.words}  "


def _table(source: Source, found: tuple[Finding, ...]) -> None:
    frame = _frame(source, found)
    pickable(
        frame,
        "findings_table",
        alt=f"{len(found)} findings, a row per channel: what, where, the value and the threshold.",
        words={"finding": "Finding", "layer": "Norm", "stage": "Stage", "channel": "Channel", "value": "Value"},
        columns=["finding", "layer", "channel", "value", "threshold", "stage", "meaning"],
        height=178,
        on_pick=lambda row: source.pick(found[row].layer, found[row].channel),
    )


def _below(source: Source, found: tuple[Finding, ...], batch: Batch | None) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        box = st.popover(
            "Thresholds", key="thresholds", on_change="rerun", help="From where on a channel counts as conspicuous."
        )
        save(
            "Findings as CSV",
            lambda: csv_text(_frame(source, found)),
            "norm-findings.csv",
            key="findings_csv",
            help="A row per channel: what was found, where, the value, the threshold and what it means.",
        )
    if box.open:
        with box:
            _thresholds()
    if batch is not None and not batch.representative and any(one.problem in _AGAINST_BATCH for one in found):
        st.caption(f"Far from batch: held against {batch.words}, which are no representative batch.")


def _thresholds() -> None:
    for name, (label, help, form) in _LIMITS.items():
        st.number_input(
            label,
            min_value=1.0 if name == "far_variance" else 0.0,
            max_value=1e6,
            step=None,
            format=form,
            help=help,
            **widgets.bound(name, float(state.get(name)), _setter(name)),
        )
    st.button(
        "Back to the usual ones",
        on_click=lambda: state.update(**dict.fromkeys(_LIMITS)),
        disabled=asdict(Thresholds()) == {name: state.get(name) for name in _LIMITS},
        key="usual_thresholds",
        help=", ".join(f"{label.lower()} {written(_usual(name))}" for name, (label, _, _) in _LIMITS.items()),
    )


def _setter(name: str) -> widgets.Changed:
    return lambda value: state.update(**{name: value})


def _usual(name: str) -> float:
    """The usual threshold."""
    return float(getattr(Thresholds(), name))


def _measures(thresholds: Thresholds) -> dict[str, str]:
    """By problem, the measure that was taken, in words."""
    return {
        "tiny variance": f"below {written(thresholds.tiny_variance)}",
        "near-zero γ": f"|γ| below {written(thresholds.near_zero_gamma)}",
        "mean far from batch": f"more than {written(thresholds.far_mean)} σ",
        "variance far from batch": f"more than {written(thresholds.far_variance)}×",
    }


def _skipped(source: Source, batch: Batch | None, why_no_batch: str) -> dict[str, str]:
    if source.kind in ("group", "layer"):
        return dict.fromkeys(_STATISTICS, f"a {source.kind} norm has no running statistics")
    return {} if batch is not None else dict.fromkeys(_AGAINST_BATCH, why_no_batch)


def _frame(source: Source, found: tuple[Finding, ...]) -> pd.DataFrame:
    return findings_table(found, {name: source.plan.rows[name].stage for name in source.norms})


assert set(_STATISTICS) <= set(MEANINGS)
