"""What is said of a shaken picture, whatever is drawn."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.architecture.plan import Plan
from explorer.labs.shaken.kinds import KindName
from explorer.ui.answers import UNTRAINED
from explorer.ui.cached import Ready
from explorer.ui.markup import without_markup


def no_classes(ready: Ready, plan: Plan, outputs: np.ndarray) -> str:
    """Why there is no probability of a class to be followed.

    Args:
        ready: the network.
        plan: of it.
        outputs: what it outputs for one picture.
    """
    title = plan.network.title
    if plan.makes_pictures:
        return f"{title} outputs a picture and no classes, so there is no probability to be followed."
    if not ready.loaded.classifies:
        return f"{title} has no classifier here, so there is no probability to be followed."
    if len(outputs) == 1:
        return f"{title} has one output, which is no probability."
    if not np.isfinite(outputs).all():
        return "The outputs are not finite, so there is no probability to be followed."
    return UNTRAINED


def about(ready: Ready, kind: KindName, *, labelled: bool, pictures: str = "The picture is") -> None:
    """Draw of which weights it is and how it was made, and what does not follow from it.

    Args:
        ready: the network.
        kind: of the change.
        labelled: whether FGSM goes by the label of a picture.
        pictures: what is changed, as a sentence begins.
    """
    loaded = ready.loaded
    of_label = "the picture's label" if labelled else "the first answer"
    fgsm = (
        f"FGSM goes along the sign of the gradient of the cross-entropy of {of_label}, taken at the pixels before mean "
        "and standard deviation ([Goodfellow et al. 2015](https://arxiv.org/abs/1412.6572), section 4); pixel values "
        "are not rounded, so that of an ε below 0.5 nothing would be left in a file of 8 bits. "
    )
    st.caption(
        f"Weights: {without_markup(loaded.label)} · mode: eval · preprocessing: {loaded.preprocess.name}. {pictures} "
        "changed as the network gets it, after resize and crop. ‖Δ‖ / ‖a‖: the Euclidean norm of the difference of "
        f"an output with and without the change, over that of the output without. {fgsm if kind == 'fgsm' else ''}"
        "Kinds of change and their strengths as a test: [Hendrycks and Dietterich 2019]"
        "(https://arxiv.org/abs/1903.12261)."
    )
    st.caption(
        "**Not to be concluded.** That a small ‖Δ‖ / ‖a‖ at the output leaves the answer: what counts is whether it "
        "points to another class. That a network which withstands FGSM is robust: it is one step along one gradient; "
        "attacks of many steps find more ([Madry et al. 2018](https://arxiv.org/abs/1706.06083)). That what holds for "
        "one picture holds for others."
    )
