"""Transfer learning in three ways, counted."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.presets import preset
from explorer.labs.transfer.ways import Way, transfer
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.drawn import table

CLASSES = 5
WAYS = {
    "all": "1 · All layers",
    "layer4": "2 · The last layers, from conv5_x on",
    "head": "2 · The last layer alone",
    "added": "3 · A layer added",
}
_SOURCE = preset("resnet18")


def _figure() -> None:
    table(("Way", "Tensors loaded", "Parameters trained", "Frozen", "Trained, share"), [row(way) for way in WAYS])
    st.caption(
        f"ResNet-18 with weights for {_SOURCE.num_classes:,} classes, carried over to {CLASSES}: counted by this app "
        "from the description of the networks. Tensors: weights, γ, β and the norms' running statistics."
    )


def row(way: Way) -> tuple[str, ...]:
    """A way in numbers, as text."""
    found = transfer(_SOURCE, way, classes=CLASSES)
    share = 100 * found.trained / found.total
    return WAYS[way], f"{len(found.loaded):,}", f"{found.trained:,}", f"{found.frozen:,}", f"{share:.3g} %"


CHAPTER = Chapter(
    name="transfer-ways",
    title="Transfer learning in three ways",
    text=(
        "Transfer learning (迁移学习) begins with weights that were learned elsewhere. The last layer is for the old "
        "classes; all before it makes features, and those of shallow layers, edges and colours, serve almost any "
        "picture. What deep layers know belongs more to the old task.\n\n"
        "1. **Train all**, from those weights on (微调): enough pictures, or pictures unlike the old ones.\n"
        "2. **Train the last layers**, and freeze what is before: few pictures.\n"
        "3. **Add a layer** behind the old classifier and train it alone: least to train. It sees the old classes' "
        "scores only, and with no activation between them two linear layers are one linear map.\n\n"
        "Between the first and the second lies every stage from which one can begin to train."
    ),
    formula=(
        r"W \leftarrow W - \eta\, \frac{\partial L}{\partial W} \;\text{(trained)}\\[6pt] "
        r"W \leftarrow W \;\text{(frozen)}"
    ),
    where="W: a weight; L: the loss; η: the learning rate. Which weights are frozen is all that tells the ways apart.",
    figure=_figure,
    tries=(
        Link(page="transfer", label="All ways, run on digits"),
        Link(page="transfer", label="From conv4_x on", query={"x_way": "layer3"}),
        Link(page="transfer", label="A layer added", query={"x_way": "added"}),
    ),
    traps=(
        Trap(
            written="`requires_grad = False` freezes a layer.",
            so=(
                "Its weights, γ and β. The running statistics of its norms go on moving with every batch in train "
                "mode, until the norm is put into `eval()`."
            ),
            see=Link(page="transfer", label="Frozen norms that move", query={"x_norms": "train"}),
            source="PyTorch documentation, torch.nn.BatchNorm2d: running statistics are buffers, no parameters",
        ),
    ),
    sources=(
        "Yosinski et al. 2014, arXiv 1411.1792 (which layers carry over)",
        "Stanford CS231n, course notes on transfer learning",
    ),
    seeds=("003.8",),
)
