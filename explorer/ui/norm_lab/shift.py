"""The inputs of a layer by epoch, with norm and without: "internal covariate shift", and what is made of it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from explorer.labs.norm_lab.shift import DEPTH, LEARNING_RATE, PICTURES, ShiftRun, input_shift
from explorer.ui import cached, shell, widgets
from explorer.ui.charts import chart
from explorer.ui.frames import table
from explorer.ui.norm_lab.params import AT, SEED
from explorer.views.norm_lab import Band, bands_figure
from explorer.views.numbers import percent, written

_TITLES = {"batch": "batch norm", "none": "no norm"}
_SHORT = {"batch": "norm", "none": "none"}
_RUN_BYTES = 10_000
_SOURCES = (
    "**Disputed.** Ioffe and Szegedy ([2015](https://arxiv.org/abs/1502.03167), sections 1 and 2) call the change of a "
    "layer's inputs while the layers before it learn *internal covariate shift* and explain batch norm by its "
    "reduction. Santurkar et al. ([2018](https://arxiv.org/abs/1805.11604)) add noise after the norms, so that the "
    "inputs shift more than without any norm, and the networks still train as well as with norm: they find no link "
    "between the shift and the gain, and explain the gain by a smoother loss. It is true that the inputs shift less, "
    "as you see here; whether that is why training goes better is disputed."
)


def show() -> None:
    """Draw the experiment."""
    st.markdown(
        "While a network learns, the inputs of a layer change, because the layers before it learn too. Two networks "
        "that differ only in the norm, trained now: what are the inputs of an activation after every epoch?"
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="lab_shift_choice"):
        layer = widgets.switch(AT)
        seed = widgets.number(SEED, help="Of the weights and of the order of the pictures.", width=120)
    runs = [_run(norm, seed) for norm in ("batch", "none")]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _chart(runs, layer)
    with right:
        _table(runs, layer)
        _said(runs, layer)
    st.markdown(_SOURCES)
    st.caption(
        f"Residual-{DEPTH} on the digits, SGD {LEARNING_RATE} with momentum 0.9, batches of 128, five epochs; "
        f"{PICTURES} of its training pictures, in train mode. Line: median; band: from the 15th to the 85th "
        "percentile, as in Figure 1 of Ioffe and Szegedy. Shift: how far a channel's mean moved in an epoch, in "
        "standard deviations before it, averaged over the channels."
    )


def _run(norm: str, seed: int) -> ShiftRun:
    def make() -> ShiftRun:
        with st.spinner(f"Training with {_TITLES[norm]}", show_time=True):
            return input_shift("batch" if norm == "batch" else "none", seed=seed)

    return cached.result(("norm lab shift", norm, seed), make, lambda _: _RUN_BYTES)


def _chart(runs: list[ShiftRun], layer: str) -> None:
    bands = []
    for run in runs:
        inputs = run.inputs[layer]
        bands.append(
            Band(
                title=_TITLES[run.norm],
                low=[one.low for one in inputs],
                median=[one.median for one in inputs],
                high=[one.high for one in inputs],
            )
        )
    chart(
        bands_figure(bands, y=f"input of {layer}", theme=shell.theme()),
        "lab_shift",
        alt=f"The 15th, 50th and 85th percentile of the input of {layer} by epoch, with batch norm and without.",
    )


def _table(runs: list[ShiftRun], layer: str) -> None:
    rows = []
    for epoch in range(len(runs[0].train_losses)):
        row: dict[str, object] = {"epoch": epoch}
        for run in runs:
            one = run.inputs[layer][epoch]
            row[f"{run.norm}_shift"] = "–" if epoch == 0 else written(one.shift, 2)
            row[f"{run.norm}_loss"] = f"{run.train_losses[epoch]:.2f}"
        rows.append(row)
    words = {"epoch": "Epoch"}
    for run in runs:
        words |= {
            f"{run.norm}_shift": f"Shift, {_SHORT[run.norm]}",
            f"{run.norm}_loss": f"Loss, {_SHORT[run.norm]}",
        }
    table(
        pd.DataFrame(rows),
        "lab_shift_table",
        alt=f"Shift of the input of {layer} and training loss by epoch, with batch norm and without.",
        words=words,
    )


def _said(runs: list[ShiftRun], layer: str) -> None:
    with_norm, without = ([one.shift for one in run.inputs[layer][1:]] for run in runs)
    means = sum(with_norm) / len(with_norm), sum(without) / len(without)
    st.markdown(
        f"A channel's mean moves by {written(means[0], 2)} standard standard deviations an epoch with batch norm and "
        f"by {written(means[1], 2)} without. Test error at the end: {percent(runs[0].test_errors[-1], figures=3)} and "
        f"{percent(runs[1].test_errors[-1], figures=3)}."
    )
