"""Degradation: the deeper plain network is worse on the pictures that it learns from."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.views.training import TrainingLine, percent_text, training_figure

_DEPTHS = (8, 26)
_EPOCHS = 2


def training_errors(*, seed: int = 0) -> dict[str, tuple[float, ...]]:
    """Error on the pictures that are learned from, by network and epoch, of a run that takes a second or two."""
    from explorer.labs.training.config import RunConfig
    from explorer.labs.training.events import Epoch
    from explorer.labs.training.one_thread import one_thread
    from explorer.labs.training.sets import digit_net
    from explorer.labs.training.train import train

    found = {}
    with one_thread():
        for kind in ("plain", "residual"):
            for depth in _DEPTHS:
                spec = digit_net(depth, "none" if kind == "plain" else "B")
                config = RunConfig(spec=spec, epochs=_EPOCHS, seed=seed)
                ends = [event for event in train(config) if isinstance(event, Epoch)]
                found[f"{kind}-{depth}"] = tuple(end.train_error for end in ends)
    return found


def _figure() -> None:
    def make() -> dict[str, tuple[float, ...]]:
        with st.spinner("Training four small networks", show_time=True):
            return training_errors()

    errors = cached.result(("learn degradation",), make, lambda _: 1000)
    lines = [
        TrainingLine(label=name, dashed=name.startswith("plain"), at=np.arange(len(values)), values=np.array(values))
        for name, values in errors.items()
    ]
    st.plotly_chart(
        training_figure(lines, "train_error", epochs=_EPOCHS, log=False, theme=shell.theme()),
        theme=None,
        key="learn_degradation",
        config={"displayModeBar": False},
        alt=f"Training error by epoch of {', '.join(errors)}.",
    )
    ends = ", ".join(f"{name} {percent_text(values[-1])}" for name, values in errors.items())
    st.caption(
        f"Training error after {_EPOCHS} epochs: {ends}. Trained when this chapter was first opened: 8×8 digits, batch "
        "norm everywhere, SGD 0.05, seed 0. Two epochs show who begins to learn, not who is best in the end."
    )


CHAPTER = Chapter(
    name="degradation",
    title="Deeper, and worse",
    text=(
        "With norms in place deep networks begin to learn, and another fault shows: take a plain network, add layers, "
        "and from some depth on its error grows. The paper calls this degradation (退化). On CIFAR-10 a plain network "
        "of 56 layers ends with a higher error than one of 20, on the training pictures as on the test pictures. So it "
        "does not overfit: it fails to fit.\n\n"
        "It could do as well as the shallow one: let the added layers pass on what arrives, and the outputs are equal. "
        "That solution exists, and training does not find it in reasonable time. Shortcuts make it easy to find."
    ),
    formula=r"\min_{\text{56 layers}} \; L_\mathrm{train} \;\le\; \min_{\text{20 layers}} \; L_\mathrm{train}",
    where="L: the loss on the training pictures. The best deep network is no worse; the one that training finds is.",
    figure=_figure,
    tries=(
        Link(page="training", label="Train plain and residual, 20 and 56 layers"),
        Link(page="block", label="Append blocks that do nothing", query={"b_part": "identity", "b_claim": "append"}),
        Link(page="compare", label="Plain-56 and ResNet-56", query={"nets": "plain56,resnet56"}),
    ),
    traps=(
        Trap(
            written="Deep plain networks predict worse: they degrade on new pictures.",
            so=(
                "Their training error is higher too (figures 1 and 4 of the paper). A higher test error alone could be "
                "overfitting; this is not."
            ),
            see=Link(
                page="training",
                label="Training error of the default set",
                query={"t_curve": "train_error"},
            ),
            source="He et al. 2015, arXiv 1512.03385, section 1, figures 1 and 4",
        ),
    ),
    sources=("He et al. 2015, arXiv 1512.03385, sections 1 and 4.1, figures 1 and 6",),
    seeds=("000.5", "000.trap"),
)
