"""What the 18 in ResNet-18 counts."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.architecture.plan import Layer, Plan
from explorer.architecture.presets import D2L, preset
from explorer.ui.cached import plan_of
from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.drawn import table

# words -> which rows, and whether they count
KINDS: dict[str, tuple[Callable[[Layer], bool], bool]] = {
    "convolutions on the main path": (lambda row: row.kind == "conv" and row.path != "shortcut", True),
    "fully connected layer": (lambda row: row.kind == "linear", True),
    "projections on shortcuts": (lambda row: row.kind == "conv" and row.path == "shortcut", False),
    "norms": (lambda row: row.kind == "norm", False),
    "ReLUs": (lambda row: row.kind == "relu", False),
    "pools": (lambda row: row.kind in ("maxpool", "avgpool"), False),
    "additions": (lambda row: row.kind == "add", False),
}


def _plan() -> Plan:
    return plan_of(preset("resnet18"), (224, 224))


def _figure() -> None:
    rows = []
    for words, (belongs, counted) in KINDS.items():
        found = [row for row in _plan().layers if belongs(row)]
        params = sum(row.params for row in found)
        rows.append((words, "✓ yes" if counted else "✕ no", f"{len(found)}", f"{params:,}"))
    table(("What", f"In the {_plan().weighted_layers}", "How many", "Parameters"), rows)
    st.caption("Counted from the app's description of ResNet-18 (torchvision's, with 1,000 classes).")


_NORMS = [row for row in _plan().layers if row.kind == "norm"]

CHAPTER = Chapter(
    name="eighteen",
    title="What 18 counts",
    text=(
        "The number in a network's name counts the layers with weights on the main path: the first convolution, two in "
        "each of eight blocks, and the fully connected layer: 17 + 1. Projections stand on shortcuts and are not "
        "counted. Pools, ReLUs and additions have no weights.\n\n"
        f"Norms have weights, γ and β, {sum(row.params for row in _NORMS):,} of them in {len(_NORMS)} norms, and are "
        "not counted all the same: the name follows the habit of counting convolutions and fully connected layers.\n\n"
        "The first two layers, a 7×7 convolution of stride 2 with 64 channels and a 3×3 max pool of stride 2, are "
        "those of GoogLeNet, with a norm between them."
    ),
    formula=r"18 = \underbrace{1 + 2 \cdot (2 + 2 + 2 + 2)}_{\text{17 convolutions}} + "
    r"\underbrace{1}_{\text{fully connected}}",
    where="1: the stem's 7×7; 2 convolutions in each of 2 + 2 + 2 + 2 blocks; 1: the last layer.",
    figure=_figure,
    tries=(
        Link(
            page="architecture",
            label="Convolutions and the last layer alone",
            query={"network": "resnet18", "tab": "layers", "kinds": "conv,linear"},
        ),
        Link(page="architecture", label="GoogLeNet's first layers", query={"network": "googlenet", "tab": "layers"}),
        Link(
            page="compare",
            label="By kind of layer: 18 beside 34 and 50",
            query={"nets": "resnet18,resnet34,resnet50", "by": "kind"},
        ),
    ),
    sources=(
        "He et al. 2015, arXiv 1512.03385, table 1",
        D2L,
        "Szegedy et al. 2014, arXiv 1409.4842, table 1",
    ),
    seeds=("001.4", "001.5"),
)
