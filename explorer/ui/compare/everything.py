"""Every named network in one table, and what accuracy its work buys."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.architecture.published import RECIPES
from explorer.architecture.work import WORKS
from explorer.ui import frames, state, work
from explorer.ui.cached import catalogue
from explorer.ui.compare.accuracy import accuracy
from explorer.ui.compare.nets import refusal, written
from explorer.ui.compare.params import NETS, PART
from explorer.ui.data_frame import data_frame
from explorer.views.frames import counted

_KEY = "compare_all"
_END = r"https://github\.com/pytorch/vision/(.+)"
"""What is seen of the address of a recipe."""
_SHOWN = (
    "title",
    "group",
    "input_size",
    "weighted_layers",
    "params",
    "params_without_classifier",
    "macs",
    "activation_bytes",
    "weights_bytes",
    "acc1_v1",
    "acc1_v2",
    "recipes",
    "recipe_url_v1",
    "recipe_url_v2",
    "in_the_paper",
    "source",
)


def everything() -> None:
    """All named networks, each at the input size that it was made for."""
    frame = catalogue()
    st.caption(
        "Every named network at the input size it was made for. Click a column header to sort, tick two to six rows to "
        "compare them. Accuracy is torchvision's, on ImageNet, one crop of 224×224; of "
        f"{int(frame['acc1_v1'].isna().sum())} of the {len(frame)} it publishes none, and their cells stay empty. "
        + " ".join(RECIPES.values())
    )
    urls = {f"recipe_url_{end}": frame[f"recipe_url_{end}"].replace("", None) for end in ("v1", "v2")}
    shown = frame.assign(
        **urls,
        recipes=[_recipes(*pair) for pair in zip(frame["recipe_v1"], frame["recipe_v2"], strict=True)],
    )
    event = data_frame(
        counted(shown[list(_SHOWN)], work.chosen()),
        height=390,
        placeholder="–",
        column_config=_columns(),
        key=_KEY,
        on_select="rerun",
        selection_mode="multi-row",
        alt="All named networks with parameters, work, memory and published accuracy.",
    )
    rows = [row for row in event["selection"]["rows"] if row < len(frame)]
    _open([str(frame["name"].iloc[row]) for row in rows], [str(frame["title"].iloc[row]) for row in rows])
    frames.downloads(frame, "all-networks", "compare_all")
    accuracy(frame)


def _open(names: list[str], titles: list[str]) -> None:
    refused = refusal(names)
    st.button(
        f"Compare {', '.join(titles)}" if names and not refused else "Compare the ticked rows",
        key="compare_ticked",
        disabled=refused is not None,
        help="Opens two to six ticked networks side by side.",
        on_click=lambda: state.update({NETS: written(names), PART: None}),
    )
    if len(names) == 1:
        st.caption("One more row, and they can be compared.")
    elif refused and names:
        st.caption(refused)


def _columns() -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    link = st.column_config.LinkColumn
    return {
        "title": text("Network", pinned=True),
        "group": text("Group"),
        "input_size": text("Input"),
        "weighted_layers": number("Weighted layers", format="localized"),
        "params": number("Params", format="localized"),
        "params_without_classifier": number("Params without classifier", format="localized"),
        **{unit.count: number(unit.title, format="localized") for unit in WORKS.values()},
        "activation_bytes": number("Activations, bytes", format="localized", help="One picture, float32."),
        "weights_bytes": number("Weights file, bytes", format="localized"),
        "acc1_v1": number("Top-1 V1, %", format="%.2f", help="torchvision's IMAGENET1K_V1."),
        "acc1_v2": number("Top-1 V2, %", format="%.2f", help="torchvision's IMAGENET1K_V2."),
        "recipes": text("Recipes"),
        "recipe_url_v1": link("V1 is from", display_text=_END, help="Where torchvision has written the recipe down."),
        "recipe_url_v2": link("V2 is from", display_text=_END, help="Where torchvision has written the recipe down."),
        "in_the_paper": text("In the paper", help="What arXiv 1512.03385 itself reports."),
        "source": text("Source"),
    }


def _recipes(first: str, second: str) -> str:
    return ", ".join(f"{version} {recipe}" for version, recipe in (("V1", first), ("V2", second)) if recipe)
