"""A network as a backbone in tables: its stages' maps, what an output stride costs, with and without the classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from explorer.architecture.backbone import Level, levels
from explorer.architecture.plan import Plan
from explorer.architecture.work import Work
from explorer.views.frames import frame_of
from explorer.views.html_table import Cell, figures_table, html_table
from explorer.views.numbers import in_bytes, in_short, shape_text

COLUMNS = (
    "level",
    "layer",
    "channels",
    "stride",
    "output_size",
    "dilation",
    "longest_field",
    "shortest_field",
    "params",
    "macs",
    "activation_bytes",
)


def level_table(plan: Plan) -> pd.DataFrame:
    """One row for each stage's map, ``COLUMNS``; params, MACs and activation bytes are all up to there."""
    records = [
        {
            "level": one.name,
            "layer": one.layer,
            "channels": one.channels,
            "stride": one.stride,
            "output_size": shape_text(one.size),
            "dilation": one.dilation,
            "longest_field": one.longest,
            "shortest_field": one.shortest,
            "params": one.params,
            "macs": one.macs,
            "activation_bytes": one.activation_bytes,
        }
        for one in levels(plan)
    ]
    return frame_of(records, COLUMNS)


def levels_html(found: Sequence[Level], work: Work) -> str:
    """The maps of the stages: what each is, what it sees, and what it takes to get there.

    Args:
        found: of one network.
        work: how work is counted.
    """
    head: list[str | Cell] = [
        "Map",
        Cell("Put out by", "wide"),
        Cell("Shape", "number"),
        Cell("Stride", "number"),
        Cell("Dilation", "number wide"),
        Cell("Field", "number"),
        Cell("Field by the shortest way", "number wide"),
        Cell("Parameters up to there", "number"),
        Cell(f"{work.title} up to there", "number"),
    ]
    rows: list[list[str | Cell]] = [
        [
            one.name,
            one.layer,
            shape_text((one.channels, *one.size)),
            str(one.stride),
            str(one.dilation),
            f"{one.longest:,}",
            f"{one.shortest:,}",
            _exact(one.params),
            _exact(work.of(one.macs)),
        ]
        for one in found
    ]
    return html_table(head, rows)


def strides_html(plans: Mapping[int, Plan], chosen: int, work: Work) -> str:
    """What an output stride costs, each beside the network's own.

    Args:
        plans: of the same network by its output stride, its own first.
        chosen: the stride that is looked at.
        work: how work is counted.
    """
    own = next(iter(plans.values()))
    rows = []
    for stride, plan in plans.items():
        last = levels(plan)[-1]
        macs = f"{in_short(work.of(plan.macs))} · {times(plan.macs, own.macs)}"
        activations = f"{in_bytes(plan.activation_bytes)} · {times(plan.activation_bytes, own.activation_bytes)}"
        rows.append(
            (
                str(stride),
                shape_text(last.size),
                Cell(macs, title=f"{work.of(plan.macs):,}"),
                Cell(activations, title=f"{plan.activation_bytes:,} bytes"),
                f"{last.longest:,}",
            )
        )
    head = ["Output stride", "Last map", work.title, "Activations", "Its field"]
    return html_table(
        [Cell(title, "number" if place else "") for place, title in enumerate(head)],
        rows,
        picked=list(plans).index(chosen),
    )


def heads_html(whole: Plan, without: Plan, work: Work) -> str:
    """The network with its classifier and without it.

    Args:
        whole: with it.
        without: without.
        work: how work is counted.
    """
    rows = [
        (words, f"{plan.params:,}", f"{work.of(plan.macs):,}", Cell(in_bytes(plan.weights_bytes)))
        for words, plan in (("with fc", whole), ("without fc", without))
    ]
    return figures_table(["Whole network", "Parameters", work.title, "Weights file"], rows)


def times(one: int, other: int) -> str:
    """How many times one is the other: ``4.67 ×``."""
    return f"{one / other:.2f}\u00a0×"


def _exact(value: int) -> Cell:
    return Cell(in_short(value), title=f"{value:,}")
