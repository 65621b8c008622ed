"""What was looked for in all norms, what was found, and from which value on it counts."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from explorer.errors import ExplorerError
from explorer.model.norm_findings import Finding, Thresholds
from explorer.ui import state, widgets
from explorer.ui.batchnorm import measured
from explorer.ui.batchnorm.batch import Batch
from explorer.ui.batchnorm.drawn import pickable
from explorer.ui.batchnorm.params import LIMITS
from explorer.ui.batchnorm.source import Source
from explorer.ui.widgets import save
from explorer.views.export.tables import csv_text
from explorer.views.norm_words import MEANINGS, SIGNS, Check, checks, findings_table
from explorer.views.numbers import written

_AGAINST_BATCH = ("mean far from batch", "variance far from batch")
_STATISTICS = ("never updated", "negative variance", "tiny variance", *_AGAINST_BATCH)


def findings(source: Source, batch: Batch | None, why_no_batch: str) -> None:
    """Draw what was looked for and what was found.

    Args:
        source: the network.
        batch: what the running statistics are held against; None where there is none.
        why_no_batch: the reason then.
    """
    thresholds = Thresholds(**{limit.name: state.get(limit) for limit in LIMITS})
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
    found = sum(check.sign == "found" for check in made)
    checked = sum(check.sign != "skipped" for check in made)
    if found:
        st.subheader(f"{SIGNS['found']} {found} of {checked} checks found something", anchor=False)
    else:
        st.subheader(f"{SIGNS['clear']} All {checked} checks passed", anchor=False)


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
            "Thresholds", key="thresholds", on_change="rerun", help="From which value on a channel counts as a finding."
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
        st.caption(f"Far from batch: compared with {batch.words}, which are not a representative batch.")


def _thresholds() -> None:
    for limit in LIMITS:
        widgets.number(limit)
    st.button(
        "Back to the defaults",
        on_click=lambda: state.update(dict.fromkeys(LIMITS)),
        disabled=all(state.get(limit) == limit.default for limit in LIMITS),
        key="usual_thresholds",
        help=", ".join(f"{limit.label.lower()} {written(limit.default)}" for limit in LIMITS),
    )


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
