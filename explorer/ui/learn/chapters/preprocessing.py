"""A trained network given its pictures in the wrong form."""

from __future__ import annotations

import streamlit as st

from explorer.ui import cached
from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.drawn import table
from explorer.ui.learn.example import ON_EXAMPLE
from explorer.views.norm_words import written


def accuracies() -> dict[str, tuple[float, float, int, int]]:
    """The trained example on its held-out digits with its own preprocessing and with others.

    Returns:
        By name: mean and deviation of what the network gets, digits named rightly, all digits.
    """

    def make() -> dict[str, tuple[float, float, int, int]]:
        from dataclasses import replace

        from explorer.labs.identity.trained import held_out_logits, trained_example
        from explorer.model.images import DIGITS, HALF, IMAGENET, Preprocess

        example = trained_example()
        model, labels = example.model(), example.data.test_labels
        found = {}
        for title, preprocess in {
            "its own: 0 to 1": DIGITS,
            "−1 to 1": HALF,
            "ImageNet's mean and deviation": IMAGENET,
            "0 to 255": Preprocess(name="raw", std=(1 / 255,)),
        }.items():
            data = replace(example.data, preprocess=preprocess)
            arriving = data.as_input(data.test_pixels)
            right = int((held_out_logits(model, data).argmax(1) == labels).sum())
            found[title] = (float(arriving.mean()), float(arriving.std()), right, len(labels))
        return found

    kept: dict[str, tuple[float, float, int, int]] = cached.result(
        ("learn preprocessing",), make, lambda made: 200 * len(made)
    )
    return kept


def _figure() -> None:
    rows = [
        (title, _short(mean), _short(deviation), f"{right:,} of {count:,}", f"{100 * right / count:.1f} %")
        for title, (mean, deviation, right, count) in accuracies().items()
    ]
    table(("Pixels", "Mean that arrives", "Deviation", "Digits named rightly", "Accuracy"), rows)
    st.caption(
        "The trained example, a ResNet-20 that reads digits, on digits that it has not seen, in eval mode. The "
        "pictures are the same in every line; guessing gives 10 %."
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
        "evaluation the norms keep the running statistics of the pictures that they were trained with, and nothing "
        "brings other numbers back to them. Training on from such weights mends it in part, for the norms then take "
        "the batch's statistics, but it starts from features that do not fit."
    ),
    formula=r"x_c = \frac{p_c / 255 - \text{mean}_c}{\text{std}_c}",
    where="p: pixel, 0 to 255; c: channel; ImageNet: mean 0.485, 0.456, 0.406, std 0.229, 0.224, 0.225 (torchvision).",
    figure=_figure,
    tries=(Link(page="feature-maps", label="What the example sees", query=dict(ON_EXAMPLE)),),
    sources=("torchvision documentation, Models and pre-trained weights: `weights.transforms()`",),
    seeds=("003.8",),
)
