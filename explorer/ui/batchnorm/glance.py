"""All norms at a glance: γ, β, running mean and variance along the depth."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.model.batchnorm import NormState
from explorer.ui import shell
from explorer.ui.batchnorm import measured
from explorer.ui.batchnorm.source import Source
from explorer.ui.charts import chart
from explorer.views.norms import NormNumbers, Quantity, glance_figure


def glance(source: Source) -> None:
    """Draw the spread of every norm's channels; a click picks a norm."""
    norms = [_numbers(source, one) for one in measured.states(source).values()]
    chart(
        glance_figure(norms, theme=shell.theme(), picked=source.norm),
        "glance",
        on_pick=source.pick,
        alt="Smallest, middle half, median and largest channel of every norm, along the depth.",
    )
    st.caption(
        "All norms. Thin: smallest to largest channel; thick: middle half; dot: median. Click a norm to see it above."
    )


def _numbers(source: Source, one: NormState) -> NormNumbers:
    held: dict[Quantity, np.ndarray | None] = {
        "gamma": one.gamma,
        "beta": one.beta,
        "running_mean": one.running_mean,
        "running_var": one.running_var,
    }
    known = {quantity: values for quantity, values in held.items() if values is not None}
    return NormNumbers(layer=one.layer, stage=source.plan.rows[one.layer].stage, numbers=known)
