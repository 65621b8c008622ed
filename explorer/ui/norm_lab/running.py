"""Running statistics, update by update, on numbers small enough to follow by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from explorer.errors import LabError
from explorer.labs.norm_lab.running import (
    BETA,
    EPS,
    EXAMPLE_SHAPE,
    GAMMA,
    Kind,
    Update,
    eval_output,
    running_updates,
    statistics,
    train_output,
)
from explorer.ui import shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.components.listing import listing
from explorer.ui.frames import downloads, table
from explorer.ui.norm_lab.example import IOFFE
from explorer.ui.norm_lab.params import (
    AVERAGE,
    BATCHES,
    CHANNEL,
    KIND,
    MOMENTUM,
    UPDATES,
    VALUES_EXPECTED,
    X,
    parse_values,
    write_values,
)
from explorer.ui.shell import warn
from explorer.views.matrices import Matrix, matrices_html
from explorer.views.norm_arithmetic import (
    Moments,
    Step,
    batch_formulas,
    eval_formula,
    exact,
    outputs_table,
    update_formulas,
)
from explorer.views.norm_lab import Curve, curves_figure

_MOST_ROWS, _AHEAD = 12, 30


@dataclass(frozen=True, eq=False, kw_only=True)
class _Shown:
    """What is looked at: the batch, the updates up to now and those that would follow, and one channel."""

    x: np.ndarray
    kind: Kind
    updates: tuple[Update, ...]
    ahead: tuple[Update, ...]
    channel: int

    @property
    def last(self) -> Update:
        return self.updates[-1]

    @property
    def output(self) -> np.ndarray:
        return train_output(self.x, GAMMA, BETA, kind=self.kind)

    @property
    def evaluated(self) -> np.ndarray:
        last = self.last
        return eval_output(self.x, GAMMA, BETA, running_mean=last.running_mean, running_var=last.running_var)


def show() -> None:
    """Draw the experiment."""
    st.markdown(
        "Two pictures of two channels with 2×2 pixels, γ = 2, 0.5 and β = 1, −1. In train mode the norm uses **this** "
        "batch and moves its running statistics towards it; in eval mode it uses the running ones."
    )
    try:
        shown = _chosen()
    except LabError as error:
        warn(str(error))
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _matrices(shown)
        listing("\n".join(_formulas(shown)), wraps=True, key="running_formulas")
    with right:
        _curve(shown)
        _updates(shown)
    with st.expander("All values to twelve digits", on_change="rerun", key="lab_values") as values:
        if values.open:
            frame = outputs_table(shown.x, shown.output, shown.evaluated)
            table(
                frame,
                "lab_outputs",
                alt="Every value of the batch and what the norm makes of it in both modes.",
                words={
                    "picture": "Picture",
                    "channel": "Channel",
                    "value": "Value",
                    "train": "In train mode",
                    "eval": "In eval mode",
                },
            )
            downloads(frame, "norm_example", "lab_outputs_file")
    st.caption(
        "In double precision, as torch.nn.BatchNorm2d and InstanceNorm2d (affine, with running statistics) compute it. "
        "An instance norm averages mean and variance over the pictures before they enter the running ones. "
        f"{IOFFE}, algorithms 1 and 2 (the factor N / (N − 1) stands there too); "
        "[torch.nn.BatchNorm2d](https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html)."
    )


def _chosen() -> _Shown:
    """The controls, and what they ask for."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="lab_running_choice"):
        kind = widgets.switch(KIND)
        channel = widgets.switch(CHANNEL)
        updates = widgets.slide(UPDATES, width=200)
        average = widgets.tick(AVERAGE)
        if not average:
            widgets.slide(MOMENTUM, width=200)
        batches = widgets.choose(BATCHES, width=180)
    _input()
    x = np.array(state.get(X)).reshape(EXAMPLE_SHAPE)
    factors = (1, 2) if batches == "double" else (1,)
    given = [x * factors[number % len(factors)] for number in range(max(updates, _AHEAD))]
    momentum = None if average else state.get(MOMENTUM)
    ahead = running_updates(given, momentum=momentum, kind=kind)
    return _Shown(x=x, kind=kind, updates=ahead[: updates + 1], ahead=ahead, channel=int(channel))


def _input() -> None:
    def changed(text: str) -> None:
        try:
            state.update({X: parse_values(text)})
        except ValueError:
            state.refuse(f"X is {text[:60]!r}; it must be {VALUES_EXPECTED}.")

    widgets.text(X, shown=write_values(state.get(X)), changed=changed, max_chars=300, width=420)


def _matrices(shown: _Shown) -> None:
    for picture in range(len(shown.x)):
        parts = {"x": shown.x, "train": shown.output, "eval": shown.evaluated}
        matrices = [
            _matrix(f"{name} · picture {picture}", values[picture, shown.channel]) for name, values in parts.items()
        ]
        st.html(matrices_html(matrices, ["→", "and"]))


def _matrix(title: str, values: np.ndarray) -> Matrix:
    return Matrix(title, values, lambda y, x: exact(values[y, x]))


def _formulas(shown: _Shown) -> list[str]:
    c, last = shown.channel, shown.last
    means, variances, count = statistics(shown.x, kind=shown.kind)
    mean, var = float(means[0, c, 0, 0]), float(variances[0, c, 0, 0])
    first, gamma, beta = float(shown.x[0, c, 0, 0]), float(GAMMA[c]), float(BETA[c])
    own = Moments(count=count, mean=mean, var=var, var_unbiased=var * count / (count - 1))
    lines = [f"train, channel {c}" + (" of picture 0" if shown.kind == "instance" else "")]
    lines += batch_formulas(own, x=first, gamma=gamma, beta=beta, eps=EPS)
    if last.update:
        before = shown.updates[-2]
        lines += ["", f"update {last.update}, m = {last.weight:.6g}"]
        lines += update_formulas(
            Moments(
                count=count, mean=float(last.mean[c]), var=float(last.var[c]), var_unbiased=float(last.var_unbiased[c])
            ),
            Step(
                weight=last.weight,
                mean_before=float(before.running_mean[c]),
                var_before=float(before.running_var[c]),
            ),
        )
    after = f"after {last.update} update{'' if last.update == 1 else 's'}"
    lines += ["", f"eval, {after}"]
    lines.append(
        eval_formula(
            x=first,
            mean=float(last.running_mean[c]),
            var=float(last.running_var[c]),
            gamma=gamma,
            beta=beta,
            eps=EPS,
        )
    )
    return lines


def _curve(shown: _Shown) -> None:
    x = [one.update for one in shown.ahead]
    c = shown.channel
    chart(
        curves_figure(
            [
                Curve(name="running μ", x=x, y=[float(one.running_mean[c]) for one in shown.ahead]),
                Curve(name="running σ²", x=x, y=[float(one.running_var[c]) for one in shown.ahead]),
                Curve(name="mistake: σ², not s²", x=x, y=[float(one.running_var_biased[c]) for one in shown.ahead]),
            ],
            x="updates",
            y=f"channel {c}",
            theme=shell.theme(),
            height=260,
            marked=shown.last.update,
        ),
        "lab_running",
        alt=f"Running mean and variance of channel {c} over the updates; the line marks where we are.",
    )


def _updates(shown: _Shown) -> None:
    """The last updates of the channel in full."""
    c = shown.channel
    frame = pd.DataFrame(
        [
            (one.update, exact(one.running_mean[c]), exact(one.running_var[c]), exact(one.running_var_biased[c]))
            for one in shown.updates[-_MOST_ROWS:]
        ],
        columns=["update", "mean", "var", "wrong"],
    )
    table(
        frame,
        "lab_updates_table",
        alt=f"Running statistics of channel {c} after each of the last updates.",
        words={"update": "Update", "mean": "Running μ", "var": "Running σ²", "wrong": "Mistake: with σ²"},
    )
