"""All norms at a glance: γ, β, running mean and variance along the depth."""

from __future__ import annotations

import streamlit as st

from explorer.model.batchnorm import norm_numbers
from explorer.ui import shell
from explorer.ui.batchnorm import measured
from explorer.ui.batchnorm.source import Source
from explorer.ui.charts import chart
from explorer.views.norms import glance_figure


def glance(source: Source) -> None:
    """Draw the spread of every norm's channels; a click picks a norm."""
    norms = [norm_numbers(source.plan, one) for one in measured.states(source).values()]
    chart(
        glance_figure(norms, theme=shell.theme(), picked=source.norm),
        "glance",
        on_pick=source.pick,
        alt="Smallest, middle half, median and largest channel of every norm, along the depth.",
    )
    st.caption(
        "All norms. Thin: smallest to largest channel; thick: middle half; dot: median. Click a norm to see it above."
    )
