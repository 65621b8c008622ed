"""The block of the third article as it is printed, and what mends it."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.wrong_blocks import CASES, Attempt, Case
from explorer.ui import cached
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.views.wrong_words import headline, why

_PRINTED = "as-printed"
_AT_56 = {"b_part": "breaks", "case_in": "64", "case_side": "56"}
SHOWN = {
    "Two 3×3 without padding": CASES["no-padding"].at(channels_in=64, side=56),
    "Without padding, and a Conv3d": CASES[_PRINTED],
    "Both mended": CASES["right"],
}


def _figure() -> None:
    from explorer.ui.components.still import still
    from explorer.views.wrong_drawing import WIDTH, wrong_drawing

    for column, (title, case) in zip(st.columns(len(SHOWN), gap="medium"), SHOWN.items(), strict=True):
        made = attempt_of(case)
        with column:
            st.markdown(f"**{title}**  \n{headline(made)}")
            still(wrong_drawing(made), width=WIDTH, key=f"learn_wrong_{title}")
            st.caption(made.error or why(made))
    st.caption("Each block is run by PyTorch on random numbers; its own words stand below it where it refuses.")


def attempt_of(case: Case) -> Attempt:
    """What came of running the block of a case."""

    def make() -> Attempt:
        from explorer.model.wrong_blocks import attempt

        return attempt(case.block, case.shape)[0]

    kept: Attempt = cached.result(("learn wrong block", case), make, lambda made: 2000)
    return kept


def _see(case: str, label: str) -> Link:
    return Link(page="block", label=label, query={"b_part": "breaks", "case": case})


CHAPTER = Chapter(
    name="what-breaks",
    title="A block that does not run",
    text=(
        "The article that these chapters follow prints a residual block that does not run. Its 3×3 convolutions have "
        "no padding, so each one takes two rows and columns away: 56×56 becomes 54×54 and 52×52, which cannot be "
        "added to 56×56. The 1×1 convolution on its shortcut is a `Conv3d`, which takes a batch of maps for *one* "
        "volume.\n\n"
        "Mending one mistake leaves the other. And some mistakes raise no error at all: where a map has shrunk to "
        "1×1 or has one channel, PyTorch stretches it over the other and adds. That is why shapes should be checked "
        "and not only errors awaited."
    ),
    formula=r"\text{side} = \Bigl\lfloor \frac{s + 2p - k}{\text{stride}} \Bigr\rfloor + 1",
    where=(
        "s: side that arrives; p: padding; k: window. 3×3 with p = 1 and stride 1 keeps s; with p = 0 it leaves s − 2."
    ),
    figure=_figure,
    tries=(
        _see(_PRINTED, "As printed, with what mends it"),
        _see("one-position", "A sum that is wrong without an error"),
        _see("right", "The block as it should be"),
    ),
    traps=(
        Trap(
            written="`nn.Conv2d(64, 64, kernel_size=3)` twice, and then x is added.",
            so="Without padding 56×56 leaves as 52×52 and the addition fails. `padding=1` keeps the size.",
            see=Link(page="block", label="No padding at 56×56", query=_AT_56),
            source="PyTorch documentation, torch.nn.Conv2d, formula of the output size",
        ),
        Trap(
            written="A `Conv3d` brings the shortcut to the right shape.",
            so=(
                "It takes the four dimensions for one volume and the batch for its channels, and refuses them; where "
                "the numbers happen to agree it computes nonsense. A `Conv2d`, 1×1, is meant."
            ),
            see=_see("padding-mended", "Conv3d"),
            source="PyTorch documentation, torch.nn.Conv3d",
        ),
        Trap(
            written="The convolutions are made with a bias (the same article says that none is needed).",
            so="It runs, and the biases are wasted: the norm behind each takes them away.",
            see=_see("bias", "Bias before the norm"),
            source="Ioffe and Szegedy 2015, arXiv 1502.03167, section 3.2",
        ),
    ),
    sources=(
        "PyTorch documentation, torch.nn.Conv2d and torch.nn.Conv3d",
        "He et al. 2015, arXiv 1512.03385, figure 2",
    ),
    seeds=("003.trap",),
)
