"""Training loss over depth, after a few steps: plain networks fall behind, residual ones hardly do."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link

DEPTHS = (8, 20, 44)
_PICTURES, _BATCH, _EPOCHS = 128, 32, 5
STEPS = _EPOCHS * _PICTURES // _BATCH
_LAST = _PICTURES // _BATCH


def losses(*, seed: int = 0) -> dict[str, tuple[float, ...]]:
    """Training loss after a few steps of SGD by depth, for plain and residual networks.

    Args:
        seed: of the weights and of the order of the pictures.

    Returns:
        By kind, in the order of ``DEPTHS``: the mean over the last time that every picture was seen.
    """
    from dataclasses import replace

    from explorer.labs.data.data import load_data
    from explorer.labs.training.config import RunConfig
    from explorer.labs.training.events import Step
    from explorer.labs.training.one_thread import one_thread
    from explorer.labs.training.sets import digit_net
    from explorer.labs.training.train import train

    everything = load_data("digits")
    few = {
        name: getattr(everything, name)[:_PICTURES]
        for name in ("train_pixels", "train_labels", "test_pixels", "test_labels")
    }
    data = replace(everything, **few)
    found: dict[str, tuple[float, ...]] = {}
    with one_thread():
        for kind in ("plain", "residual"):
            ends = []
            for depth in DEPTHS:
                spec = digit_net(depth, "none" if kind == "plain" else "B")
                config = RunConfig(spec=spec, batch=_BATCH, epochs=_EPOCHS, seed=seed)
                steps = [event.loss for event in train(config, data=data) if isinstance(event, Step)]
                ends.append(sum(steps[-_LAST:]) / _LAST)
            found[kind] = tuple(ends)
    return found


def _figure() -> None:
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.norm_lab import Curve, curves_figure

    def make() -> dict[str, tuple[float, ...]]:
        with st.spinner(f"Training six networks for {STEPS} steps", show_time=True):
            return losses()

    found = cached.result(("learn training and depth",), make, lambda _: 500)
    curves = [Curve(name=kind, x=[float(depth) for depth in DEPTHS], y=ends) for kind, ends in found.items()]
    figure = curves_figure(curves, x="layers", y=f"training loss after {STEPS} steps", theme=shell.theme())
    figure.update_xaxes(tickvals=list(DEPTHS))
    figure.update_yaxes(rangemode="tozero")
    chart(figure, "learn_training", height=290, alt="Training loss over depth for plain and residual networks.")
    ends = "; ".join(
        f"{kind} {', '.join(f'{loss:.2f} at {depth}' for depth, loss in zip(DEPTHS, values, strict=True))}"
        for kind, values in found.items()
    )
    st.caption(
        f"Trained when this chapter was first opened: {_PICTURES} digits, {STEPS} steps of SGD 0.05 with batches of "
        f"{_BATCH}, batch norm everywhere, seed 0. Guessing has a loss of 2.30. {ends}. So few steps show how fast a "
        "network begins; where it ends is the business of the page Training."
    )


CHAPTER = Chapter(
    name="training-and-depth",
    title="Training error against depth",
    text=(
        "In theory every layer more can only lower the training error (训练误差). In practice, with plain networks, "
        "it falls at first and then *rises* with depth: a deep one is so hard to optimise that it ends above a "
        "shallow one. With skips the error goes on falling, or at least does not rise, to a hundred layers and "
        "more.\n\n"
        "The paper has it on ImageNet: training error of plain-34 above that of plain-18 throughout, of ResNet-34 "
        "below that of ResNet-18. Below six networks take their first steps on the same few digits. The deepest "
        "plain one hardly leaves the loss of guessing; the deepest residual one is ahead of every plain one."
    ),
    formula=r"L = -\frac1B \sum_{i=1}^{B} \log p_{i,\,y_i}",
    where="B: pictures in a batch; p: softmax of what the network puts out; yᵢ: the right class. Guessing ten: ln 10.",
    figure=_figure,
    tries=(
        Link(page="training", label="20 and 56 layers to their end", query={"t_curve": "train_error"}),
        Link(page="training", label="110 layers", query={"t_set": "deep"}),
        Link(page="gradient-flow", label="Do the gradients vanish?", query={"g_nets": "plain-20,plain-56,residual-56"}),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, section 4.1, figure 4; section 4.2, figure 6",),
    seeds=("004.2",),
)
