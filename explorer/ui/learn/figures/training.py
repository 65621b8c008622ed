"""Training: plain and residual networks at several depths, and a trained network given its pictures in other forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import streamlit as st

from explorer.labs.identity.trained import held_out_logits, trained_example
from explorer.labs.shipped.shipped import shipped
from explorer.labs.transfer.preprocessings import RAW
from explorer.model.forward import passed
from explorer.model.guard import borrowed
from explorer.model.images import DIGITS, HALF, IMAGENET
from explorer.ui import cached, shell
from explorer.ui.charts import chart
from explorer.views.html_table import html_table
from explorer.views.numbers import percent, written
from explorer.views.training import TrainingLine, training_figure

# --- the default set ---

NETWORKS = tuple(f"{kind}_{depth}" for kind in ("plain", "residual") for depth in (20, 56))
"""Shipped runs by id."""


def degradation() -> Mapping[str, object]:
    """Training error by epoch of the shipped plain and residual networks of 20 and 56 layers."""
    runs = [shipped()[name] for name in NETWORKS]
    errors = {one.run.name: [epoch.train_error for epoch in one.curves.epochs] for one in runs}
    lines = [
        TrainingLine(label=name, dashed=name.startswith("plain"), at=np.arange(len(values)), values=np.array(values))
        for name, values in errors.items()
    ]
    epochs = max(map(len, errors.values())) - 1
    chart(
        training_figure(lines, "train_error", epochs=epochs, log=False, theme=shell.theme()),
        "learn_degradation",
        alt=f"Training error by epoch of {', '.join(errors)}.",
    )
    return {"epochs": epochs, **{name.replace("-", "_"): percent(values[-1]) for name, values in errors.items()}}


# --- other preprocessings ---


class Given(NamedTuple):
    """The trained example on its held-out digits, given in one form.

    Attributes:
        mean: of the numbers that arrive.
        deviation: of the same.
        right: digits classified correctly in eval mode.
        right_in_train: likewise with all digits as one batch in train mode.
        pictures: all digits.
    """

    mean: float
    deviation: float
    right: int
    right_in_train: int
    pictures: int


def preprocessings() -> Mapping[str, object]:
    """The trained example with its own preprocessing and with others, in both modes."""
    rows = [
        (
            title,
            written(one.mean, 3),
            written(one.deviation, 3),
            f"{one.right:,} of {one.pictures:,}",
            f"{one.right_in_train:,} of {one.pictures:,}",
        )
        for title, one in given().items()
    ]
    st.html(
        html_table(
            ("Pixels", "Mean that arrives", "Standard deviation", "Classified correctly in eval mode", "In train mode"),
            rows,
        )
    )
    return {}


def given() -> dict[str, Given]:
    """The trained example with its own preprocessing and with others, by name."""

    def make() -> dict[str, Given]:
        example = trained_example()
        model, labels = example.model(), example.data.test_labels
        found = {}
        for title, preprocess in {
            "its own: 0 to 1": DIGITS,
            "−1 to 1": HALF,
            "ImageNet's mean and standard deviation": IMAGENET,
            "0 to 255": RAW,
        }.items():
            data = replace(example.data, preprocess=preprocess)
            arriving = data.as_input(data.test_pixels)
            with borrowed(model, "train"):
                together = passed(model, arriving)
            right, right_in_train = (
                int((logits.argmax(1) == labels).sum()) for logits in (held_out_logits(model, data), together)
            )
            found[title] = Given(
                float(arriving.mean()), float(arriving.std(correction=0)), right, right_in_train, len(labels)
            )
        return found

    return cached.result(("learn preprocessing",), make, lambda made: 200 * len(made))
