"""Norms: what they do to a channel and to a bias, in both modes, and how inputs move without them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explorer.labs.norm_lab.batches import held_out_digits, two_answers
from explorer.labs.norm_lab.bias import bias_curve
from explorer.labs.norm_lab.shift import DEPTH, LEARNING_RATE, ShiftRun, input_shift
from explorer.labs.training.one_thread import one_thread
from explorer.model.batchnorm import before_after, norm_state
from explorer.ui import cached, shell
from explorer.ui.charts import chart
from explorer.ui.norm_lab.example import example
from explorer.views.html_table import html_table
from explorer.views.norm_channel import histogram_figure
from explorer.views.norm_lab import Band, Curve, bands_figure, curves_figure
from explorer.views.numbers import true_minus, written

# --- one channel of the trained example ---

LAYER, CHANNEL, PICTURES = "bn1", 3, 64


def before_and_after() -> Mapping[str, object]:
    """The values of a channel before a norm and after it."""
    ready = example()
    found = cached.result(
        ("learn batch norm", ready.key),
        lambda: before_after(ready.model, held_out_digits()[0][:PICTURES], LAYER, mode="train"),
        lambda made: 2 * made.before.nbytes,
    )
    before, after = (values[:, CHANNEL].numpy() for values in (found.before, found.after))
    chart(
        histogram_figure(before, after, stage="stem", theme=shell.theme()),
        "learn_batch_norm",
        alt=f"Values of channel {CHANNEL} of {LAYER} before and after the norm, with mean and standard deviation.",
    )
    state = norm_state(ready.model, LAYER)
    return {
        "channel": CHANNEL,
        "layer": LAYER,
        "pictures": PICTURES,
        "gamma": f"{state.gamma[CHANNEL]:.2f}",
        "beta": true_minus(f"{state.beta[CHANNEL]:.2f}"),
    }


# --- two answers ---

BATCH = 32
_ANSWERS = {"train": ("train_alone", "train_in_batch"), "eval": ("eval_alone", "eval_in_batch")}


def two_modes() -> Mapping[str, object]:
    """What the trained example calls a digit alone and in a batch, in both modes."""
    ready = example()
    found = cached.result(
        ("learn two answers", ready.key),
        lambda: two_answers(ready.model, held_out_digits()[0][:BATCH]),
        lambda made: 8 * made.eval_alone.nbytes,
    )
    rows = []
    for mode, names in _ANSWERS.items():
        alone, among = (getattr(found, name) for name in names)
        apart = float(np.abs(alone - among).max())
        answers = f"a {alone.argmax()}", f"a {among.argmax()}"
        rows.append((mode, *answers, f"{apart:.2g}" if apart > 1e-4 else "rounding only"))
    st.html(
        html_table(
            ("Mode", "Answer alone", f"Answer among {BATCH}", "Largest difference of the outputs"),
            rows,
        )
    )
    return {"digit": int(held_out_digits()[1][0])}


# --- a bias ---

_BIAS, _UPDATES, _MOMENTUM = (3.0, -7.0), 60, 0.1


def bias_in_front() -> Mapping[str, object]:
    """By how much a bias in front of a norm changes the output in eval mode, over the batches seen before."""
    found = cached.result(
        ("norm lab bias", _BIAS, _MOMENTUM, _UPDATES),
        lambda: bias_curve(_BIAS, momentum=_MOMENTUM, updates=_UPDATES),
        lambda made: 16 * len(made.evaluation),
    )
    batches = range(len(found.evaluation))
    curves = [
        Curve(name="eval: with − without the bias", x=batches, y=found.evaluation),
        Curve(name="formula", x=batches, y=found.expected, is_law=True),
    ]
    figure = curves_figure(
        curves, x="batches seen in train mode", y="largest difference", theme=shell.theme(), log_y=True
    )
    alt = "Largest difference of the outputs with and without a bias in eval mode, over the batches seen before."
    chart(figure, "learn_bias", alt=alt)
    return {
        "biases": " and ".join(map(written, _BIAS)),
        "train": written(found.train, 1),
        "first": written(found.evaluation[0]),
        "last": written(found.evaluation[-1], 2),
        "updates": _UPDATES,
    }


# --- inputs that move ---

AT, EPOCHS = "layer2.0.relu1", 2
_TITLES = {"batch": "batch norm", "none": "no norm"}


def moving_inputs() -> Mapping[str, object]:
    """What arrives at a layer by epoch, with norms and without, as Figure 1 of arXiv 1502.03167 draws it."""

    def make() -> tuple[ShiftRun, ShiftRun]:
        with st.spinner("Training two small networks", show_time=True), one_thread():
            return input_shift("batch", epochs=EPOCHS), input_shift("none", epochs=EPOCHS)

    runs = cached.result(("learn shift",), make, lambda _: 20_000)
    bands = [
        Band(
            title=_TITLES[run.norm],
            low=[one.low for one in run.inputs[AT]],
            median=[one.median for one in run.inputs[AT]],
            high=[one.high for one in run.inputs[AT]],
        )
        for run in runs
    ]
    chart(
        bands_figure(bands, y=f"arriving at {AT}", theme=shell.theme()),
        "learn_shift",
        alt=f"The 15th, 50th and 85th percentile of what arrives at {AT} by epoch, with batch norm and without.",
    )
    return {
        "depth": DEPTH,
        "rate": LEARNING_RATE,
        "epochs": EPOCHS,
        "moved": " and ".join(f"{run.inputs[AT][-1].shift:.2g} ({_TITLES[run.norm]})" for run in runs),
    }
