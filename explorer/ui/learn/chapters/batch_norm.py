"""Batch norm: what it takes away, what it puts in its place."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.example import ON_EXAMPLE
from explorer.views.norm_channel import histogram_figure

LAYER, CHANNEL, PICTURES = "bn1", 3, 64


def _figure() -> None:
    from explorer.labs.norm_lab.batches import held_out_digits
    from explorer.model.batchnorm import before_after, norm_state
    from explorer.ui.batchnorm.drawn import chart
    from explorer.ui.norm_lab.example import example

    ready = example()
    found = cached.result(
        ("learn batch norm", ready.key),
        lambda: before_after(ready.model, held_out_digits()[0][:PICTURES], LAYER, mode="train"),
        lambda made: 2 * made.before.nbytes,
    )
    state = norm_state(ready.model, LAYER)
    before, after = (values[:, CHANNEL].numpy() for values in (found.before, found.after))
    chart(
        histogram_figure(before, after, stage="stem", theme=shell.theme()),
        "learn_batch_norm",
        height=320,
        alt=f"The values of channel {CHANNEL} of {LAYER} before and after the norm, with their mean and deviation.",
    )
    gamma, beta = f"{state.gamma[CHANNEL]:.2f}", f"{state.beta[CHANNEL]:.2f}".replace("-", "−")
    st.caption(
        f"Channel {CHANNEL} of {LAYER} in the trained example, a ResNet-20 for digits, in train mode on {PICTURES} "
        f"digits that it has not seen. It has learned γ = {gamma} and β = {beta}: what leaves has mean β and deviation "
        "|γ|."
    )


CHAPTER = Chapter(
    name="batch-norm",
    title="Batch norm",
    text=(
        "Batch normalisation (批量归一化) stands between a convolution and its ReLU. For each channel it takes all "
        "values of the batch, from every picture and every position; subtracts their mean and divides by their "
        "deviation. Then it multiplies by γ and adds β, two numbers per channel that are learned, so that the network "
        "may choose another spread and centre.\n\n"
        "ε keeps the division from going wrong where nothing varies. A network with norms stands larger learning "
        "rates and depends less on how its weights were drawn. ResNets have one behind every convolution."
    ),
    formula=r"y = \gamma \cdot \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta \\[6pt] "
    r"\mu = \frac{1}{m}\sum_i x_i, \quad \sigma^2 = \frac{1}{m}\sum_i (x_i - \mu)^2",
    where="Per channel: xᵢ, its m = N·H·W values in the batch; γ, β: learned; ε: 10⁻⁵ in torch.",
    figure=_figure,
    tries=(
        Link(
            page="batchnorm",
            label="Its steps on real numbers",
            query={**ON_EXAMPLE, "aspect": "steps", "mode": "train", "norm_row": LAYER},
        ),
        Link(
            page="batchnorm",
            label="Norm before, after, without the activation",
            query={"norm_part": "lab", "experiment": "places"},
        ),
        Link(page="gradient-flow", label="What norms do to gradients"),
    ),
    traps=(
        Trap(
            written="After batch norm every channel has mean 0 and variance 1.",
            so=(
                "That is so before γ and β. After them the mean is β and the deviation |γ|, on the batch whose "
                "statistics were used; where all values of a channel are equal, the deviation is 0. "
                "In evaluation with running statistics not even that holds exactly."
            ),
            see=Link(
                page="batchnorm",
                label="γ and β moved by hand",
                query={"norm_part": "lab", "experiment": "running"},
            ),
            source="Ioffe and Szegedy 2015, arXiv 1502.03167, algorithm 1",
        ),
    ),
    sources=(
        "Ioffe and Szegedy 2015, arXiv 1502.03167, section 3, algorithm 1",
        "He et al. 2015, arXiv 1512.03385, section 3.4",
    ),
    seeds=("000.6", "000.trap"),
)
