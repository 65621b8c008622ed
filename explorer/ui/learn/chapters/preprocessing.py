"""A trained network given its pictures in the wrong form."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from explorer.ui import cached
from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.drawn import table
from explorer.ui.learn.example import ON_EXAMPLE
from explorer.views.norm_words import written


class Given(NamedTuple):
    """The trained example on its held-out digits, given in one form.

    Attributes:
        mean: of the numbers that arrive.
        deviation: of the same.
        right: digits named rightly in eval mode.
        right_in_train: likewise with all digits as one batch in train mode.
        pictures: all digits.
    """

    mean: float
    deviation: float
    right: int
    right_in_train: int
    pictures: int


def given() -> dict[str, Given]:
    """The trained example with its own preprocessing and with others, by name."""

    def make() -> dict[str, Given]:
        from dataclasses import replace

        from explorer.labs.identity.trained import held_out_logits, trained_example
        from explorer.labs.transfer.preprocessings import RAW
        from explorer.model.forward import passed
        from explorer.model.guard import borrowed
        from explorer.model.images import DIGITS, HALF, IMAGENET

        example = trained_example()
        model, labels = example.model(), example.data.test_labels
        found = {}
        for title, preprocess in {
            "its own: 0 to 1": DIGITS,
            "−1 to 1": HALF,
            "ImageNet's mean and deviation": IMAGENET,
            "0 to 255": RAW,
        }.items():
            data = replace(example.data, preprocess=preprocess)
            arriving = data.as_input(data.test_pixels)
            with borrowed(model, "train"):
                together = passed(model, arriving)
            right, right_in_train = (
                int((logits.argmax(1) == labels).sum()) for logits in (held_out_logits(model, data), together)
            )
            found[title] = Given(
                float(arriving.mean()), float(arriving.std(correction=0)), right, right_in_train, len(labels)
            )
        return found

    kept: dict[str, Given] = cached.result(("learn preprocessing",), make, lambda made: 200 * len(made))
    return kept


def _figure() -> None:
    rows = [
        (
            title,
            _short(one.mean),
            _short(one.deviation),
            f"{one.right:,} of {one.pictures:,}",
            f"{one.right_in_train:,} of {one.pictures:,}",
        )
        for title, one in given().items()
    ]
    table(("Pixels", "Mean that arrives", "Deviation", "Named rightly in eval mode", "In train mode"), rows)
    st.caption(
        "The trained example, a ResNet-20 that reads digits, on digits that it has not seen, the same in every line; "
        "guessing names one in ten rightly. Train mode: all of them as one batch, the network is not changed."
    )


def _short(value: float) -> str:
    return written(float(f"{value:.3g}"))


CHAPTER = Chapter(
    name="preprocessing",
    title="Their preprocessing with their weights",
    text=(
        "Weights belong to the form in which the network got its pictures: size, order of channels, range, and which "
        "mean and deviation were taken out. That is their preprocessing (预处理), and who loads weights takes it "
        "with them.\n\n"
        "Another one raises no error. The shapes are right, numbers come out, and the answers are worthless: in "
        "evaluation the norms normalise with the running statistics of the pictures that they were trained with.\n\n"
        "The last column shows that these are to blame. In train mode the norms take the batch's own statistics, "
        "which remove a shift and a scale, and the answers are back. So learning on may heal it, if the norms are "
        "not frozen. Swapped colours or another size no norm puts right."
    ),
    formula=r"x_c = \frac{p_c / 255 - \text{mean}_c}{\text{std}_c}",
    where="p: pixel, 0 to 255; c: channel; ImageNet: mean 0.485, 0.456, 0.406, std 0.229, 0.224, 0.225 (torchvision).",
    figure=_figure,
    tries=(
        Link(page="transfer", label="Learn on with the wrong one", query={"x_preprocess": "imagenet"}),
        Link(page="feature-maps", label="What the example sees", query=dict(ON_EXAMPLE)),
    ),
    sources=("torchvision documentation, Models and pre-trained weights: `weights.transforms()`",),
    seeds=("003.8",),
)
