"""Batch statistics against those of the whole set: how far apart they are, and what that does to the answers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from explorer.architecture.examples import DIGIT_READER
from explorer.architecture.plan import paper_name
from explorer.labs.norm_lab.batches import (
    DRAWS,
    PICTURES,
    BatchEffect,
    StatisticsError,
    batch_effects,
    held_out_digits,
    statistics_errors,
)
from explorer.ui import cached, shell, widgets
from explorer.ui.cached import Ready, plan_of
from explorer.ui.charts import chart
from explorer.ui.frames import table
from explorer.ui.norm_lab.example import IOFFE, ON_EXAMPLE, example
from explorer.ui.norm_lab.params import NORM
from explorer.views.norm_lab import Curve, curves_figure
from explorer.views.numbers import percent

_ROW_BYTES = 200


def show() -> None:
    """Draw the experiment."""
    labels = held_out_digits()[1]
    st.markdown(
        "In train mode a batch norm takes mean and variance from the batch: **an estimate** of those of the whole set, "
        f"which gets better with more pictures. Tried {ON_EXAMPLE.format(count=len(labels))}."
    )
    rows = {row.layer: row for row in plan_of(DIGIT_READER.spec, DIGIT_READER.input_size).layers if row.kind == "norm"}
    layer = widgets.choose(
        NORM,
        {
            name: f"{name} · {paper_name(row.stage)} · {row.output_shape[0]} channels, "
            f"{row.output_shape[1]}×{row.output_shape[2]}"
            for name, row in rows.items()
        },
        width=420,
    )
    ready = example()
    left, right = st.columns(2, gap="medium")
    with left:
        _statistics(_errors(ready, layer), layer)
    with right:
        _answers(_effects(ready))
    st.caption(
        f"Left: {DRAWS} random batches of each size, drawn with replacement, over all channels; the inputs are those "
        "of eval mode. The law: the mean of n independent draws is off by their standard deviation over √n. The "
        "pictures are independent, the positions within one picture are not, so a batch is worth less than its number "
        "of values. The variance of a batch is also a little too small on average, by the square of the mean's error. "
        f"Right: all norms of the network use the statistics of the batch; at least {PICTURES} pictures for each size. "
        f"{IOFFE}, algorithms 1 and 2; small batches: [Wu and He 2018](https://arxiv.org/abs/1803.08494), Figure 1."
    )


def _errors(ready: Ready, layer: str) -> tuple[StatisticsError, ...]:
    return cached.result(
        ("norm lab errors", ready.key, layer),
        lambda: statistics_errors(ready.model, held_out_digits()[0], layer),
        lambda made: _ROW_BYTES * len(made),
    )


def _effects(ready: Ready) -> tuple[BatchEffect, ...]:
    def make() -> tuple[BatchEffect, ...]:
        with st.spinner("Batches of 1 to 512 pictures through the network", show_time=True):
            return batch_effects(ready.model, *held_out_digits())

    return cached.result(("norm lab effects", ready.key), make, lambda made: _ROW_BYTES * len(made))


def _statistics(found: tuple[StatisticsError, ...], layer: str) -> None:
    sizes = [one.size for one in found]
    st.markdown("**How far off the batch's mean and variance are**")
    chart(
        curves_figure(
            [
                Curve(name="mean, in σ", x=sizes, y=[one.mean for one in found]),
                Curve(name="variance, in σ²", x=sizes, y=[one.variance for one in found]),
                Curve(name="law 1/√n", x=sizes, y=[one.expected for one in found], is_law=True),
            ],
            x="pictures in the batch",
            y="error, root mean square",
            theme=shell.theme(),
            log_x=True,
            log_y=True,
            percent=True,
        ),
        "lab_errors",
        alt=f"Error of a batch's mean and variance at {layer} over its size, falling as one over its square root.",
    )
    small, large = found[3], found[-1]
    st.markdown(
        f"A batch of {small.size} misses a channel's mean by {percent(small.mean, figures=3)} of its standard "
        f"deviation and its variance by {percent(small.variance, figures=3)}; a batch of {large.size} by "
        f"{percent(large.mean, figures=3)} and {percent(large.variance, figures=3)}. By the law, "
        f"{large.size // small.size} times the pictures come √{large.size // small.size} = "
        f"{(large.size / small.size) ** 0.5:g} times closer; measured for the mean: {small.mean / large.mean:.3g} "
        f"times. If all values were independent, a batch of {small.size} would be off by only "
        f"{percent(small.independent, figures=3)}."
    )


def _answers(found: tuple[BatchEffect, ...]) -> None:
    sizes = [one.size for one in found]
    st.markdown("**What this does to the answers in train mode**")
    chart(
        curves_figure(
            [
                Curve(name="train: correct", x=sizes, y=[one.train_accuracy for one in found]),
                Curve(name="eval: correct", x=sizes, y=[one.eval_accuracy for one in found]),
                Curve(name="logits: |train − eval|, relative", x=sizes, y=[one.difference for one in found]),
            ],
            x="pictures in the batch",
            y="share",
            theme=shell.theme(),
            log_x=True,
            percent=True,
        ),
        "lab_effects",
        alt="Accuracy in train and eval mode and the difference of the logits over the size of the batch.",
    )
    small, large = found[0], found[-1]
    st.markdown(
        f"In batches of {small.size}, train mode classifies {percent(small.train_accuracy, figures=3)} of the digits "
        f"correctly and eval mode {percent(small.eval_accuracy, figures=3)}; in batches of {large.size} it is "
        f"{percent(large.train_accuracy, figures=3)} and {percent(large.eval_accuracy, figures=3)}. Eval mode uses the "
        "running statistics, so its answer does not depend on the batch."
    )
    with st.expander("The numbers", on_change="rerun", key="lab_effects_numbers") as numbers:
        if numbers.open:
            _table(found)


def _table(found: tuple[BatchEffect, ...]) -> None:
    frame = pd.DataFrame(
        [
            (
                one.size,
                one.pictures,
                percent(one.train_accuracy, figures=3),
                percent(one.eval_accuracy, figures=3),
                percent(one.difference, figures=3),
            )
            for one in found
        ],
        columns=["size", "pictures", "train", "eval", "difference"],
    )
    table(
        frame,
        "lab_effects_table",
        alt="Accuracy and difference of the logits by the size of the batch.",
        words={
            "size": "Batch",
            "pictures": "Pictures",
            "train": "Correct in train",
            "eval": "Correct in eval",
            "difference": "Logits differ by",
        },
    )
