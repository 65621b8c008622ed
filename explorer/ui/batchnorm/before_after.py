"""What a norm makes of the values of one channel: their histogram before and after it, and in eval mode the line."""

from __future__ import annotations

import streamlit as st

from explorer.model.batchnorm import NormState, eval_line
from explorer.model.guard import Mode
from explorer.ui import shell, state
from explorer.ui.batchnorm.aspects import Seen, over
from explorer.ui.batchnorm.line import line_chart
from explorer.ui.batchnorm.params import MODE
from explorer.ui.charts import chart
from explorer.views.norm_channel import histogram_figure
from explorer.views.norm_words import line_text
from explorer.views.numbers import shape_text, written


def before_and_after(seen: Seen) -> None:
    """Draw the answer in a sentence, the histogram, and the line where there is one."""
    mode = state.get(MODE)
    values = seen.values(mode)
    is_line = mode == "eval" and seen.norm.running_mean is not None
    answer, more = _said(seen.norm, seen.channel, mode)
    st.markdown(f"**{answer}**")
    left, right = st.columns([3, 2], gap="small") if is_line else (st.container(), None)
    with left:
        chart(
            histogram_figure(values.before, values.after, stage=seen.stage, theme=shell.theme()),
            "norm_histogram",
            alt=f"Histogram of channel {seen.channel} before and after {seen.norm.layer}, in {mode} mode.",
        )
    if right is not None:
        with right:
            line_chart(seen)
    st.caption(
        f"{more} In the histograms a line marks the mean and a band one standard deviation on either side. "
        f"{values.before.size:,} values: {seen.batch.words}, at {shape_text(values.before.shape[1:])} positions."
    )


def _said(norm: NormState, channel: int, mode: Mode) -> tuple[str, str]:
    """What the norm does with the channel in a sentence, and what is to be said besides."""
    gamma, beta = written(float(norm.gamma[channel])), written(float(norm.beta[channel]))
    if mode == "eval" and norm.running_mean is not None:
        return (
            f"In eval mode the norm is one fixed line for this channel: {line_text(eval_line(norm, channel))}",
            "The line is made of γ, β and the running statistics and is the same for every picture. Mean β and "
            "standard deviation |γ| come out only where a batch has exactly the running mean and variance.",
        )
    shifted = f"then γ = {gamma} scales and β = {beta} shifts them"
    match norm.kind:
        case "layer":
            return (
                f"All channels of a position are brought to mean 0 and variance 1 together; {shifted}",
                "One channel alone need not have mean 0 and variance 1.",
            )
        case "group":
            return (
                f"The channels of a group are brought to mean 0 and variance 1 together; {shifted}",
                "Each picture is normalised by itself. One channel alone need not have mean 0 and variance 1.",
            )
    return (
        f"In train mode the values of {over(norm)} are brought to mean 0 and variance 1; {shifted}",
        f"So the mean is β = {beta} and the standard deviation |γ|, but for ε; where all values are equal, ε leaves a "
        "standard deviation of 0.",
    )
