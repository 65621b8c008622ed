"""What a norm is in eval mode: one fixed line per channel, alone or in the convolution, with γ and β to move."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from explorer.errors import ExplorerError
from explorer.model.batchnorm import eval_line
from explorer.ui import shell, state, widgets
from explorer.ui.batchnorm import measured
from explorer.ui.batchnorm.aspects import Seen
from explorer.ui.batchnorm.params import BETA, GAMMA
from explorer.ui.charts import chart
from explorer.ui.components.listing import listing
from explorer.views.norm_channel import line_figure
from explorer.views.norm_words import Line, line_formulas, line_text
from explorer.views.numbers import percent, written


def fixed_line(seen: Seen) -> None:
    """Draw the line with its numbers, the sliders, and the norm folded into the convolution."""
    if seen.norm.running_mean is None or seen.norm.running_var is None:
        st.info(
            f"{seen.norm.layer} is a group norm: in eval mode too it takes mean and variance of each picture, so there "
            "is no fixed line and nothing to fold into a convolution."
        )
        return
    line = eval_line(seen.norm, seen.channel)
    mean, var = float(seen.norm.running_mean[seen.channel]), float(seen.norm.running_var[seen.channel])
    gamma, beta = what_if(seen)
    yours = _line(gamma, beta, mean, var, seen.norm.eps)
    moved = yours if (gamma, beta) != _own(seen) else None
    left, right = st.columns([3, 2], gap="medium")
    with right:
        formulas = line_formulas(gamma=gamma, beta=beta, mean=mean, var=var, eps=seen.norm.eps)
        listing("\n".join([*formulas, line_text(yours)]), wraps=True, key="line_formulas")
        _after(seen, line, moved)
    with left:
        line_chart(seen, moved)
    dashed = " Dashed: with the γ and β of the sliders, which the model does not have." if moved else ""
    train = seen.norm.kind == "batch" and not moved
    dotted = " Dotted: what the mean and variance of this batch would make of it, as in train mode." if train else ""
    st.caption(
        "In eval mode γ, β, μ and σ² are fixed numbers, so the norm is one line per channel, the same for every "
        f"picture.{dotted}{dashed} Dots: {seen.batch.words}."
    )
    _folded(seen, line)


def line_chart(seen: Seen, yours: Line | None = None) -> None:
    """Draw the line of eval mode through the values of the batch.

    Args:
        seen: a channel of a norm with running statistics.
        yours: the line of another γ and β; without one, that of the batch's own statistics stands beside.
    """
    values, line = seen.values("eval"), eval_line(seen.norm, seen.channel)
    chart(
        line_figure(
            values.before,
            values.after,
            line,
            stage=seen.stage,
            theme=shell.theme(),
            what_if=yours,
            train=None if yours else _train_line(seen),
        ),
        "eval_line",
        alt=f"Output of channel {seen.channel} of {seen.norm.layer} over its input: {line_text(line)}.",
    )


def what_if(seen: Seen) -> tuple[float, float]:
    """The sliders for γ and β, which change the page and not the model.

    Returns:
        γ and β as they stand on the sliders, the norm's own to begin with.
    """
    own = _own(seen)
    if not all(map(math.isfinite, own)):
        return own
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="what_if"):
        for param, value in zip((GAMMA, BETA), own, strict=True):
            reach = max(3.0, math.ceil(abs(value)) + 1.0)
            widgets.slide(
                param,
                usual=value,
                low=-reach,
                high=reach,
                label=f"{param.label} (the norm's: {written(value)})",
                help=f"What if {param.label} were another number; the model is not changed.",
                width=230,
            )
        st.button(
            "Reset",
            on_click=lambda: state.update({GAMMA: None, BETA: None}),
            disabled=state.get(GAMMA) is None and state.get(BETA) is None,
            key="reset_what_if",
            help="Back to the norm's own γ and β.",
        )
    gamma, beta = state.get(GAMMA), state.get(BETA)
    return own[0] if gamma is None else gamma, own[1] if beta is None else beta


def _own(seen: Seen) -> tuple[float, float]:
    return float(seen.norm.gamma[seen.channel]), float(seen.norm.beta[seen.channel])


def _line(gamma: float, beta: float, mean: float, var: float, eps: float) -> Line:
    a = gamma / math.sqrt(var + eps)
    return a, beta - a * mean


def _train_line(seen: Seen) -> Line | None:
    """What the values that arrive in eval mode would go through if their own mean and variance were used."""
    if seen.norm.kind != "batch":
        return None
    values = seen.values("eval").before.astype(np.float64)
    return _line(*_own(seen), float(values.mean()), float(values.var()), seen.norm.eps)


def _after(seen: Seen, line: Line, yours: Line | None) -> None:
    """What the ReLU right after the norm makes of it."""
    after = [row for row in seen.source.plan.layers if seen.norm.layer in row.inputs]
    if not any(row.kind == "relu" for row in after):
        return
    before = seen.values("eval").before.astype(np.float64)
    shares = [float(((a * before + b) < 0).mean()) for a, b in ([line] if yours is None else [line, yours])]
    now = f"{percent(shares[0])} of the values are below 0 here and become 0 in the ReLU after it"
    then = "" if yours is None else f"; with your γ and β {percent(shares[1])}"
    st.markdown(f"{now}{then}.")


def _folded(seen: Seen, line: Line) -> None:
    """The norm folded into the convolution in front of it, held against the two of them."""
    try:
        fold = measured.fold(seen.source, seen.batch, seen.norm.layer)
    except ExplorerError as error:
        st.info(f"Folded into a convolution: {error}")
        return
    same = fold.largest_difference <= 1e-4 * max(1.0, fold.largest_output)
    st.markdown(
        f"**Folded into {fold.conv}**: the {fold.weights:,} weights of its channel {seen.channel} × "
        f"{written(line[0])}, and a bias of {written(fold.biases[seen.channel])}. Largest difference between this one "
        f"convolution and the two of them: {written(fold.largest_difference)} at outputs of up to "
        f"{written(fold.largest_output)}, over {seen.batch.words} and all channels"
        f"{', which is rounding' if same else ''}."
    )
