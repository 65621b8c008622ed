"""Internal covariate shift: the reason that was given for batch norm, and the dispute about it."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.views.norm_lab import Band, bands_figure

LAYER, EPOCHS = "layer2.0.relu1", 2


def _figure() -> None:
    from explorer.labs.norm_lab.shift import DEPTH, LEARNING_RATE, ShiftRun, input_shift
    from explorer.labs.training.one_thread import one_thread
    from explorer.ui.batchnorm.drawn import chart

    def make() -> tuple[ShiftRun, ShiftRun]:
        with st.spinner("Training two small networks", show_time=True), one_thread():
            return input_shift("batch", epochs=EPOCHS), input_shift("none", epochs=EPOCHS)

    runs = cached.result(("learn shift",), make, lambda _: 20_000)
    titles = {"batch": "batch norm", "none": "no norm"}
    bands = [
        Band(
            title=titles[run.norm],
            low=[one.low for one in run.inputs[LAYER]],
            median=[one.median for one in run.inputs[LAYER]],
            high=[one.high for one in run.inputs[LAYER]],
        )
        for run in runs
    ]
    chart(
        bands_figure(bands, y=f"arriving at {LAYER}", theme=shell.theme()),
        "learn_shift",
        height=300,
        alt=f"The 15th, 50th and 85th percentile of what arrives at {LAYER} by epoch, with batch norm and without.",
    )
    moved = " and ".join(f"{run.inputs[LAYER][-1].shift:.2g} ({titles[run.norm]})" for run in runs)
    st.caption(
        f"Residual-{DEPTH} on the digits, SGD {LEARNING_RATE}, {EPOCHS} epochs, seed 0, trained when this chapter was "
        "first opened. Line: the middle value of what arrives at the ReLU; band: from the 15th to the 85th percentile. "
        f"In the last epoch a channel's mean moved by {moved} of its deviation, on average."
    )


CHAPTER = Chapter(
    name="covariate-shift",
    title="Why norms help: disputed",
    text=(
        "While a network learns, the inputs of a layer change, for the layers before it learn too. Ioffe and Szegedy "
        "called this internal covariate shift (内部协变量偏移) and gave its reduction as the reason for batch norm.\n\n"
        "The inputs do move less, you can see it below. Whether that is **why** training goes better is disputed. "
        "Santurkar and others added noise behind the norms, so that the inputs moved more than without any norm; the "
        "networks trained about as well as with plain norms. They find instead that batch norm makes the loss "
        "smoother: a step along the gradient changes loss and gradient less, so larger steps are safe."
    ),
    formula=r"\text{shift}_t = \frac{1}{C}\sum_{c} \frac{\left|\mu_{c,t} - \mu_{c,t-1}\right|}{\sigma_{c,t-1}}",
    where="μ, σ: mean and deviation of what arrives at channel c after epoch t; C: channels.",
    figure=_figure,
    tries=(
        Link(
            page="batchnorm",
            label="Five epochs, three layers, other seeds",
            query={"norm_part": "lab", "experiment": "shift"},
        ),
        Link(
            page="training",
            label="Train with norms and without",
            query={"t_set": "no-norm"},
        ),
    ),
    traps=(
        Trap(
            written="Batch norm works because it reduces internal covariate shift.",
            so=(
                "It was proposed for that reason. Experiments since find no link between the shift and the gain, and "
                "a smoother loss instead; the last word is not spoken."
            ),
            see=Link(
                page="batchnorm",
                label="Shift and loss side by side",
                query={"norm_part": "lab", "experiment": "shift", "lab_at": "layer2.0.relu1"},
            ),
            source="Santurkar et al. 2018, arXiv 1805.11604, sections 2 and 3",
        ),
    ),
    sources=(
        "Ioffe and Szegedy 2015, arXiv 1502.03167, sections 1 and 2",
        "Santurkar et al. 2018, arXiv 1805.11604",
    ),
    seeds=("000.9",),
)
