"""Forgetting eval(): the same picture alone and in a batch gives two answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
import torch

from explorer.architecture.examples import DIGIT_READER, example_facts
from explorer.labs.norm_lab.batches import TwoAnswers, held_out_digits, two_answers
from explorer.model.samples import sample
from explorer.ui import cached, state, widgets
from explorer.ui.frames import table
from explorer.ui.norm_lab.example import IOFFE, ON_EXAMPLE, example
from explorer.ui.norm_lab.params import DIGIT, PICTURES
from explorer.views.numbers import true_minus, written

_COLUMNS = {
    "train_alone": "train, alone",
    "train_in_batch": "train, batch",
    "eval_alone": "eval, alone",
    "eval_in_batch": "eval, batch",
}
_SIDE = 96


def show() -> None:
    """Draw the experiment."""
    labels = held_out_digits()[1]
    st.markdown(
        "Without `model.eval()`, the answer for one picture depends on **the other pictures in the batch**. "
        f"Tried {ON_EXAMPLE.format(count=len(labels))}."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="lab_eval_choice"):
        last = len(labels)
        number = widgets.number(
            DIGIT,
            shown=min(state.get(DIGIT), last),
            high=last,
            help=f"Which of the {last} held-out digits.",
            width=120,
        )
        size = widgets.slide(PICTURES, help="This digit and those after it.", width=260)
    found = _answers(number - 1, size)
    right = int(labels[number - 1])
    left, middle = st.columns([1, 3], gap="medium")
    with left:
        place = example_facts(DIGIT_READER).held_out[number - 1]
        picture = sample(f"digit-{place}").resize((_SIDE, _SIDE), resample=0)
        st.image(picture, width=_SIDE, caption=f"A {right}")
    with middle:
        st.markdown(_said(found, size, right))
        _table(found)
    st.caption(
        "Logits: the outputs before the softmax. In train mode every norm uses the mean and variance of the batch at "
        "hand, in eval mode the running ones. A forgotten eval() would also change the running statistics; here they "
        "are put back. In train mode a single picture runs only while the last maps have more than one position; at "
        f"1×1 torch refuses it. {IOFFE}, section 3.1."
    )


def _answers(place: int, size: int) -> TwoAnswers:
    ready = example()

    def make() -> TwoAnswers:
        images = held_out_digits()[0]
        return two_answers(ready.model, images[(torch.arange(size) + place) % len(images)])

    return cached.result(("norm lab answers", ready.key, place, size), make, lambda made: 40 * made.eval_alone.nbytes)


def _said(found: TwoAnswers, size: int, right: int) -> str:
    named = {name: int(getattr(found, name).argmax()) for name in _COLUMNS}
    apart = {mode: _apart(found, mode) for mode in ("train", "eval")}
    two = "two answers" if named["train_alone"] != named["train_in_batch"] else "the same digit, with other logits"
    train = (
        f"**train**: alone it is read as **{named['train_alone']}**, in a batch of {size} as "
        f"**{named['train_in_batch']}**: {two}. The logits differ by up to {written(apart['train'])}."
    )
    least = "nothing" if apart["eval"] == 0 else f"up to {written(apart['eval'])}, which is rounding"
    evaluated = (
        f"**eval**: alone **{named['eval_alone']}**, in a batch of {size} **{named['eval_in_batch']}**; the logits "
        f"differ by {least}."
    )
    return f"The digit is a {right}.\n\n- {train}\n- {evaluated}"


def _apart(found: TwoAnswers, mode: str) -> float:
    difference = float(np.abs(getattr(found, f"{mode}_alone") - getattr(found, f"{mode}_in_batch")).max())
    return float(f"{difference:.2g}")


def _table(found: TwoAnswers) -> None:
    frame = pd.DataFrame({"digit": range(len(found.eval_alone))})
    for name in _COLUMNS:
        logits = getattr(found, name)
        best = int(logits.argmax())
        frame[name] = [
            f"{'▲ ' if digit == best else ''}{true_minus(f'{value:.2f}')}" for digit, value in enumerate(logits)
        ]
    table(
        frame,
        "lab_answers",
        alt="Logits of the ten digits in both modes, alone and in the batch; the largest of each column is marked.",
        words={"digit": "Digit", **_COLUMNS},
    )
