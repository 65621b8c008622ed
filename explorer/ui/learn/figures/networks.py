"""Whole networks in tables: what they are made of, what is counted, what they reach, what is carried over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from explorer.architecture.plan import Layer, Plan, paper_name
from explorer.architecture.presets import DEPTHS, preset
from explorer.architecture.published import PUBLISHED
from explorer.labs.transfer.ways import Way, transfer
from explorer.ui import shell
from explorer.ui.cached import plan_of
from explorer.ui.charts import chart
from explorer.ui.components.diagram import drawings
from explorer.ui.learn.figures import blocks
from explorer.ui.learn.quantities import biases
from explorer.views.diagram import layout
from explorer.views.differences import CIFAR_ERRORS
from explorer.views.html_table import html_table
from explorer.views.norm_lab import Curve, curves_figure
from explorer.views.numbers import NO_BREAK, in_short, percent, shape_text
from explorer.views.tables import stage_table

_SIZE = (224, 224)


def _plans() -> dict[str, Plan]:
    """The five networks of the paper."""
    return {f"ResNet-{depth}": plan_of(preset(f"resnet{depth}"), _SIZE) for depth in DEPTHS}


def five_networks() -> Mapping[str, object]:
    """Table 1 of arXiv 1512.03385, counted here."""
    plans = _plans()
    tables = [stage_table(plan) for plan in plans.values()]
    rows = [
        (paper_name(stage), size, *(_lines(frame["structure"][place]) for frame in tables))
        for place, (stage, size) in enumerate(zip(tables[0]["stage"], tables[0]["output_size"], strict=True))
    ]
    rows.append(("parameters", "", *(f"{plan.params:,}" for plan in plans.values())))
    st.html(html_table(("Stage", "Output size", *plans), rows))
    return {}


def _lines(structure: str) -> str:
    """An operation on each line, which stays in one piece."""
    return structure.replace("; ", "\n").replace(" ", NO_BREAK).replace("-", "\u2011")


def published_errors() -> Mapping[str, object]:
    """The five networks with their work and the errors that torchvision publishes."""
    rows = []
    for title, plan in _plans().items():
        weights = PUBLISHED[title.lower().replace("-", "")][0]
        errors = percent(1 - weights.acc1 / 100, 2), percent(1 - weights.acc5 / 100, 2)
        rows.append((title, f"{plan.params:,}", in_short(plan.macs), *errors))
    st.html(html_table(("Network", "Parameters", "MACs", "Top-1 error", "Top-5 error"), rows))
    return {}


def resnet18() -> Mapping[str, object]:
    """ResNet-18 from end to end."""
    plan = plan_of(preset("resnet18"), _SIZE)
    drawings(layout(plan), layout(plan, orientation="narrow"), key="learn_resnet18")
    return {}


# words -> which rows, and whether they count
KINDS: dict[str, tuple[Callable[[Layer], bool], bool]] = {
    "convolutions on the main path": (lambda row: row.kind == "conv" and row.path != "shortcut", True),
    "fully connected layer": (lambda row: row.kind == "linear", True),
    "projections on shortcuts": (lambda row: row.kind == "conv" and row.path == "shortcut", False),
    "normalisation layers": (lambda row: row.kind == "norm", False),
    "ReLUs": (lambda row: row.kind == "relu", False),
    "pools": (lambda row: row.kind in ("maxpool", "avgpool"), False),
    "additions": (lambda row: row.kind == "add", False),
}


def what_counts() -> Mapping[str, object]:
    """Which operations of ResNet-18 the 18 in its name counts."""
    plan = plan_of(preset("resnet18"), _SIZE)
    rows = []
    for words, (belongs, counted) in KINDS.items():
        found = [row for row in plan.layers if belongs(row)]
        params = sum(row.params for row in found)
        rows.append((words, "✓ yes" if counted else "✕ no", f"{len(found)}", f"{params:,}"))
    st.html(html_table(("What", f"In the {plan.weighted_layers}", "How many", "Parameters"), rows))
    return {}


def biases_by_stage() -> Mapping[str, object]:
    """The textbook's ResNet-18: shapes, parameters, and biases that do nothing."""
    plan = plan_of(preset("d2l_resnet18"), _SIZE)
    rows = []
    for stage, layers in plan.stages.items():
        params = sum(row.params for row in layers)
        counts = (f"{count:,}" for count in biases(layers))
        rows.append((paper_name(stage), shape_text(layers[-1].output_shape), f"{params:,}", *counts))
    rows.append(("all", "", f"{plan.params:,}", *(f"{count:,}" for count in biases(plan.layers))))
    st.html(
        html_table(
            ("Stage", "Output shape", "Parameters", "Biases before a norm", "Biases of projections"),
            rows,
        )
    )
    return {}


def solid_and_dashed() -> Mapping[str, object]:
    """Which shortcuts are solid and which are dashed, in shallow and in deep networks."""
    blocks.draw(blocks.SOLID_AND_DASHED)
    plans = [plan_of(preset(name), _SIZE) for name in ("resnet34", "resnet50")]
    stages = ("layer1", "layer2", "layer3", "layer4")
    rows = [(paper_name(stage), *(first_block(plan, stage) for plan in plans)) for stage in stages]
    st.html(html_table(("First block of", "ResNet-18 and 34", "ResNet-50, 101 and 152"), rows))
    return {}


def first_block(plan: Plan, stage: str) -> str:
    """How the first block of a stage changes the shape, and how its shortcut is drawn."""
    rows = plan.blocks[f"{stage}.0"]
    block = next(node for node in plan.network.blocks() if node.name == f"{stage}.0")
    arriving, leaving = rows[0].input_shape, rows[-1].output_shape
    drawn = "solid" if block.shortcut_kind == "identity" else "dashed"
    if arriving == leaving:
        return f"{drawn}: {shape_text(arriving)} stays"
    return f"{drawn}: {shape_text(arriving)} → {shape_text(leaving)}"


def errors_by_depth() -> Mapping[str, object]:
    """The paper's test errors on CIFAR-10, from 20 layers to 1202."""
    curve = Curve(name="test error", x=list(CIFAR_ERRORS), y=list(CIFAR_ERRORS.values()))
    figure = curves_figure([curve], x="layers", y="test error, %", theme=shell.theme(), height=240, log_x=True)
    figure.update_yaxes(range=[6, 9], dtick=1)
    alt = "Test error over the number of layers: it falls to 110 and rises at 1,202."
    chart(figure, "learn_thousand", alt=alt)
    return {}


CLASSES = 5
WAYS = {
    "all": "1 · All layers",
    "layer4": "2 · The last layers, from conv5_x on",
    "head": "2 · The last layer alone",
    "added": "3 · A layer added",
}


def ways_to_transfer() -> Mapping[str, object]:
    """What each way of transfer learning loads, trains and freezes of ResNet-18."""
    rows = [way_in_numbers(way) for way in WAYS]
    st.html(html_table(("Way", "Tensors loaded", "Parameters trained", "Frozen", "Trained, share"), rows))
    return {"classes_before": f"{preset('resnet18').num_classes:,}", "classes": CLASSES}


def way_in_numbers(way: Way) -> tuple[str, ...]:
    """A way in numbers, as text."""
    found = transfer(preset("resnet18"), way, classes=CLASSES)
    share = percent(found.trained / found.total, figures=3)
    return WAYS[way], f"{len(found.loaded):,}", f"{found.trained:,}", f"{found.frozen:,}", share
