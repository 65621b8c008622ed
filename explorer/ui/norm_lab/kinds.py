"""Batch, instance, group and no norm on one net: what each averages over, and what that does."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from explorer.labs.norm_lab.kinds import NormRun, norm_runs
from explorer.ui import cached, shell, widgets
from explorer.ui.charts import chart
from explorer.ui.frames import table
from explorer.ui.norm_lab.example import IOFFE
from explorer.ui.norm_lab.params import PICTURES, SEED
from explorer.views.norm_cube import cube_html
from explorer.views.norm_lab import Curve, curves_figure
from explorer.views.numbers import percent

_TITLES = {"batch": "Batch", "instance": "Instance", "group": "Group", "none": "No norm"}
_FLOW_BYTES = 40_000
_SAME = 1e-3


def show() -> None:
    """Draw the experiment."""
    st.markdown(
        "Every norm takes a mean and a variance; the kinds differ in **the values that share them**. The tables stand "
        "for three pictures (n) with six channels (c); each cell is a map of H×W values, and cells with the same "
        "letter are normalised together."
    )
    cubes = "".join(f'<div style="margin-right:16px">{cube_html(norm, title)}</div>' for norm, title in _TITLES.items())
    st.html(f'<div class="matrices">{cubes}</div>')
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="lab_kinds_choice"):
        pictures = widgets.slide(PICTURES, width=260)
        seed = widgets.number(SEED, width=120)
    found = _runs(pictures, seed)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _chart(found)
    with right:
        _table(found)
        _said(found)
    st.caption(
        "Residual-20 for the 8×8 digits with 12, 24 and 48 channels, the same random weights (Kaiming, fan-out) and "
        f"the same batch each time, in train mode, untrained. Batch: {IOFFE}; instance: "
        "[Ulyanov et al. 2016](https://arxiv.org/abs/1607.08022); group: "
        "[Wu and He 2018](https://arxiv.org/abs/1803.08494), whose Figure 2 is the drawing."
    )


def _runs(pictures: int, seed: int) -> tuple[NormRun, ...]:
    def make() -> tuple[NormRun, ...]:
        with st.spinner("One batch through four networks", show_time=True):
            return norm_runs(pictures=pictures, seed=seed)

    return cached.result(("norm lab kinds", pictures, seed), make, lambda made: _FLOW_BYTES * len(made))


def _chart(found: tuple[NormRun, ...]) -> None:
    curves = []
    for run in found:
        rows = run.flow.convolutions
        curves.append(
            Curve(
                name=_TITLES[run.norm],
                x=[row.depth or 0 for row in rows],
                y=[row.spread for row in rows],
            )
        )
    chart(
        curves_figure(
            curves,
            x="convolution on the main path",
            y="standard deviation of the output",
            theme=shell.theme(),
            log_y=True,
        ),
        "lab_spreads",
        alt="Standard deviation of every convolution's output along the depth, for the four kinds of norm.",
    )


def _table(found: tuple[NormRun, ...]) -> None:
    frame = pd.DataFrame(
        [(_TITLES[run.norm], run.params, _alone(run), "refused" if run.smallest else "runs") for run in found],
        columns=["norm", "params", "alone", "smallest"],
    )
    table(
        frame,
        "lab_kinds_table",
        alt="Parameters, and what becomes of a batch of one picture, for the four kinds of norm.",
        words={
            "norm": "Norm",
            "alone": "Alone or in a batch",
            "smallest": "1×1 map",
        },
    )


def _alone(run: NormRun) -> str:
    if run.alone != run.alone:
        return "not finite"
    return "the same" if run.alone < _SAME else f"{percent(run.alone, figures=2)} apart"


def _said(found: tuple[NormRun, ...]) -> None:
    lines = []
    for run in found:
        first = run.flow.first_fault
        if first is not None:
            lines.append(f"- **{_TITLES[run.norm]}**: {first.fault} from {first.layer} on.")
        if run.smallest:
            lines.append(f"- **{_TITLES[run.norm]}**: {run.smallest}")
    st.markdown(
        "\n".join(
            [
                "- Alone or in a batch: how much the logits of a picture differ, relative to the largest. Only batch "
                "norm mixes the pictures.",
                "- 1×1 map: whether a single picture whose last maps are that small runs in train mode.",
                *lines,
            ]
        )
    )
