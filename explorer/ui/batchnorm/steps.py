"""The four steps of a norm on real numbers: mean, variance, normalise, scale and shift."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from explorer.model.batchnorm import four_steps
from explorer.ui import shell
from explorer.ui.batchnorm.aspects import Seen
from explorer.ui.batchnorm.line import what_if
from explorer.ui.batchnorm.measured import Values
from explorer.ui.charts import chart
from explorer.ui.components.listing import listing
from explorer.views.charts.heat import scale_of
from explorer.views.maps import maps_figure, strongest
from explorer.views.norm_words import spread_text, step_formulas
from explorer.views.numbers import written

# Sides of the cut whose values are written out.
_ROWS, _COLUMNS = 4, 4


def four(seen: Seen) -> None:
    """Draw a cut of the channel's map after every step, with the formula filled in for one of its values."""
    values = seen.values("train")
    gamma, beta = what_if(seen)
    together, own = _together(seen, values)
    whole = four_steps(together, gamma, beta, seen.norm.eps)
    arriving, normalised, scaled = (numbers[own] for numbers in (together, whole.normalised, whole.scaled))
    picture = seen.batch.first if seen.norm.kind == "batch" else 0
    cut = cut_of(arriving, picture)
    steps = {
        "x: input": arriving,
        "x − μ: without the mean": arriving.astype(np.float64) - whole.mean,
        "x̂: normalised": normalised,
        "y: scaled and shifted": scaled,
    }
    formulas = step_formulas(
        x=float(arriving[cut].ravel()[0]),
        mean=whole.mean,
        var=whole.variance,
        eps=seen.norm.eps,
        gamma=gamma,
        beta=beta,
        count=together.size,
    )
    for number, (place, (name, numbers)) in enumerate(zip(st.columns(4), steps.items(), strict=True)):
        with place:
            st.markdown(f"**{name}**")
            _matrix(numbers[cut], f"step_{number}", name)
            st.caption(spread_text(numbers))
    listing("\n".join(formulas), wraps=True)
    st.caption(_said(seen, gamma, beta, cut))


def cut_of(values: np.ndarray, picture: int) -> tuple:
    """A window of one picture around its strongest value, or the first pictures where the map is a single position.

    Args:
        values: ``(N, H, W)``.
        picture: which picture.

    Returns:
        An index that cuts ``values`` to a matrix.
    """
    height, width = values.shape[1:]
    if height * width == 1:
        return np.s_[: _ROWS * _COLUMNS, 0]
    y, x = strongest(values[picture])
    top = min(max(0, y - _ROWS // 2), max(0, height - _ROWS))
    left = min(max(0, x - _COLUMNS // 2), max(0, width - _COLUMNS))
    return np.s_[picture, top : top + _ROWS, left : left + _COLUMNS]


def _together(seen: Seen, values: Values) -> tuple[np.ndarray, Any]:
    """The values whose mean and variance are taken, and the index of the channel's own among them, ``(N, H, W)``."""
    match seen.norm.kind:
        case "batch":
            return values.before, np.s_[:]
        case "instance":
            return values.before[seen.batch.first], np.s_[None]
        case _:
            group = values.together[seen.batch.first]
            place = seen.channel % len(group)
            return group, np.s_[place : place + 1]


def _matrix(values: np.ndarray, key: str, name: str) -> None:
    figure = maps_figure(values, scale_of([values], signed=True), height=190, theme=shell.theme())
    chart(figure, key, alt=f"Values of a cut of the channel's map, {name}.")


def _said(seen: Seen, gamma: float, beta: float, cut: tuple) -> str:
    over = {
        "batch": f"all positions of all pictures of the batch ({seen.batch.words})",
        "instance": "all positions of one picture",
        "group": "all positions of one picture, of all channels of the group",
    }[seen.norm.kind]
    where = (
        f"rows {cut[1].start}–{cut[1].stop - 1} and columns {cut[2].start}–{cut[2].stop - 1} of one picture"
        if len(cut) == 3
        else "one value per picture"
    )
    written_out = (
        f"Written out: {where}; the formulas take its first value. Mean and variance are over {over}, as in train mode."
    )
    if seen.norm.kind == "group":
        return f"{written_out} Below each map stands what this channel has; mean 0 and variance 1 hold for its group."
    return (
        f"{written_out} Mean 0 and variance 1 hold after step 3, before γ and β; after step 4 the mean is "
        f"β = {written(beta)} and the standard deviation |γ| = {written(abs(gamma))} (ε takes a little of it where the "
        "variance is small, and all of it where all values are equal)."
    )
