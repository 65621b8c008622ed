"""Batch statistics in training, moving averages in evaluation, and what happens to who forgets."""

from __future__ import annotations

import streamlit as st

from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.drawn import table

PICTURES = 32
_ROWS = {
    "train": ("train_alone", "train_in_batch"),
    "eval": ("eval_alone", "eval_in_batch"),
}


def _figure() -> None:
    import numpy as np

    from explorer.labs.norm_lab.batches import held_out_digits, two_answers
    from explorer.ui import cached
    from explorer.ui.norm_lab.example import example

    ready = example()
    found = cached.result(
        ("learn two answers", ready.key),
        lambda: two_answers(ready.model, held_out_digits()[0][:PICTURES]),
        lambda made: 8 * made.eval_alone.nbytes,
    )
    rows = []
    for mode, names in _ROWS.items():
        alone, among = (getattr(found, name) for name in names)
        apart = float(np.abs(alone - among).max())
        answers = f"a {alone.argmax()}", f"a {among.argmax()}"
        rows.append((mode, *answers, f"{apart:.2g}" if apart > 1e-4 else "rounding only"))
    table(("Mode", "Alone it is called", f"Among {PICTURES} it is called", "Largest difference of the outputs"), rows)
    st.caption(
        f"The first digit that the trained example has not seen, a {int(held_out_digits()[1][0])}, run alone and as "
        "one of a batch; the running statistics are put back afterwards."
    )


CHAPTER = Chapter(
    name="train-and-eval",
    title="Two modes",
    text=(
        "In training a norm uses mean and variance of the batch at hand. Meanwhile it keeps moving averages (滑动平均) "
        "of them. In evaluation it uses those, so a picture's answer does not depend on its neighbours. "
        "`model.train()` and `model.eval()` switch between the two; whoever forgets the second gets other answers, "
        "and changes the averages too.\n\n"
        "A batch's mean is an estimate: with more pictures it is closer to that of the whole set, and with one or two "
        "it is poor. Hence the advice to train with large batches. torch gives a new batch the weight 0.1, and puts "
        "the unbiased variance, divided by m − 1, into the average, though it normalises with the one divided by m."
    ),
    formula=r"\hat\mu \leftarrow 0.9\,\hat\mu + 0.1\,\mu \\[6pt] "
    r"\hat\sigma^2 \leftarrow 0.9\,\hat\sigma^2 + 0.1\cdot\frac{m}{m-1}\,\sigma^2",
    where="μ, σ²: of the batch, m values per channel; with a hat: the running ones, 0 and 1 at the start.",
    figure=_figure,
    tries=(
        Link(
            page="batchnorm",
            label="Forgetting eval()",
            query={"norm_part": "lab", "experiment": "eval"},
        ),
        Link(page="batchnorm", label="Batches of 1 to 512", query={"norm_part": "lab"}),
        Link(
            page="batchnorm",
            label="The running averages, digit by digit",
            query={"norm_part": "lab", "experiment": "running"},
        ),
    ),
    sources=(
        "Ioffe and Szegedy 2015, arXiv 1502.03167, section 3.1, algorithm 2",
        "PyTorch, torch.nn.BatchNorm2d",
    ),
    seeds=("000.6",),
)
