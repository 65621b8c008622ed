"""Networks beside each other as Plotly charts: bars by stage and by kind, shares, accuracy against work.

Where bars are of stages, a colour is a stage and networks are told apart by the words beside them; where they are not,
each network has its own colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10

import pandas as pd
import plotly.graph_objects as go

from explorer.architecture.plan import Plan, paper_name
from explorer.architecture.work import MACS, Work
from explorer.views.charts.axes import axis, log_axis
from explorer.views.charts.bars import Group, height_of, names_axis, rows_of
from explorer.views.charts.figure import Part, bar, figure, scatter
from explorer.views.charts.lines import look
from explorer.views.differences import with_accuracy
from explorer.views.numbers import NO_BREAK, QUANTITY_WORDS, in_bytes, in_short, percent
from explorer.views.palette import BACKGROUND, TEXT, Theme, stage_colour
from explorer.views.tables import kind_table, stage_table

SHARES: dict[str, str] = {"params_share": "parameters", "macs_share": "work"}
_BAR_PIXELS, _BAR_ROOM = 19, 62
_SHARE_PIXELS, _SHARE_ROOM = 25, 64
_MACS = (0.08, 1.65)  # powers of ten of 10⁹ MACs, that all points lie between

# What stands at a network's point, short enough for a phone, at which weights, and on which side: neighbours that do as
# much work have to get out of each other's way.
POINT_NAMES: dict[str, tuple[str, str, str]] = {
    "resnet18": ("18", "V1", "middle right"),
    "resnet34": ("34", "V1", "middle right"),
    "resnet50": ("50", "V2", "middle left"),
    "resnet101": ("101", "V2", "top left"),
    "resnet152": ("152", "V2", "top center"),
    "resnext50_32x4d": ("ResNeXt-50", "V2", "bottom right"),
    "resnext101_32x8d": ("ResNeXt-101 32×8d", "V1", "bottom center"),
    "resnext101_64x4d": ("ResNeXt-101 64×4d", "V1", "top left"),
    "wide_resnet50_2": ("Wide-50", "V2", "bottom left"),
    "wide_resnet101_2": ("Wide-101", "V2", "top center"),
}


def bars_by_stage(plans: Mapping[str, Plan], quantity: str, theme: Theme, *, work: Work = MACS) -> go.Figure:
    """A quantity stage by stage, the networks' bars below each other.

    Args:
        plans: the networks by name.
        quantity: a key of ``QUANTITY_WORDS``.
        theme: ``light`` or ``dark``.
        work: how work is counted.
    """
    tables = [stage_table(plan).set_index("stage") for plan in plans.values()]
    values = {stage: _values(tables, stage, quantity, work) for stage in _stages(tables)}
    groups = [Group(paper_name(stage), stage_colour(stage, theme), list(plans)) for stage in values]
    return _grouped_bars(groups, list(values.values()), quantity, theme, work)


def bars_by_kind(plans: Mapping[str, Plan], quantity: str, theme: Theme, *, work: Work = MACS) -> go.Figure:
    """A quantity by kind of operation; kinds that have none of it in any network are left out.

    Args:
        plans: the networks by name.
        quantity: a key of ``QUANTITY_WORDS``.
        theme: ``light`` or ``dark``.
        work: how work is counted.
    """
    tables = [kind_table(plan).set_index("kind") for plan in plans.values()]
    kinds = dict.fromkeys(kind for table in tables for kind in table.index)
    values = {kind: found for kind in kinds if any(found := _values(tables, kind, quantity, work))}
    groups = [Group(kind, TEXT[theme], list(plans)) for kind in values]
    colours = [look(place, theme).colour for place in range(len(plans))]
    return _grouped_bars(groups, list(values.values()), quantity, theme, work, colours=colours)


def shares(plans: Mapping[str, Plan], theme: Theme) -> go.Figure:
    """Where the parameters are and where the work is: each network's stages as shares of the whole.

    Args:
        plans: the networks by name.
        theme: ``light`` or ``dark``.
    """
    tables = {name: stage_table(plan).set_index("stage") for name, plan in plans.items()}
    bars = [(name, column) for name in tables for column in SHARES]
    groups = [Group(name, TEXT[theme], list(SHARES.values())) for name in tables]
    places = [place for rows in rows_of(groups) for place in rows]
    words = {"textangle": 0, "textfont": {"color": BACKGROUND[theme]}}
    inside = {"orientation": "h", "textposition": "inside", "insidetextanchor": "middle", **words}
    traces: list[Part] = []
    for stage in _stages(list(tables.values())):
        values = [100 * float(tables[name][column].get(stage, 0.0)) for name, column in bars]
        title = paper_name(stage)
        short = title.split(" · ")[0]
        traces.append(
            bar(
                values,
                places,
                f"%{{customdata[0]}}<br>{title}: %{{x:.1f}}{NO_BREAK}% of the %{{customdata[1]}}",
                name=title,
                customdata=[[name, SHARES[column]] for name, column in bars],
                text=[f"{short} {percent(value / 100, 0)}" if value >= 5 else "" for value in values],
                marker={"color": stage_colour(stage, theme), "line": {"color": BACKGROUND[theme], "width": 1}},
                width=0.9,
                **inside,
            )
        )
    return figure(
        traces,
        theme=theme,
        height=int(_SHARE_ROOM + height_of(groups, _SHARE_PIXELS)),
        margin=(8, 8, 4, 56),
        x=axis(range=[0, 100], visible=False, fixedrange=True),
        y=names_axis(groups),
        grows=True,
        bargap=0,
        barmode="stack",
        uniformtext={"minsize": 10, "mode": "hide"},
        showlegend=True,
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "traceorder": "normal"},
    )


def accuracy_against_macs(catalogue: pd.DataFrame, theme: Theme, *, work: Work = MACS) -> go.Figure:
    """Published top-1 accuracy over the work of one picture, V1 and V2 of a network joined by a line.

    Args:
        catalogue: from ``differences.catalogue``.
        theme: ``light`` or ``dark``.
        work: how work is counted.
    """
    points = with_accuracy(catalogue)
    ink = TEXT[theme]
    traces: list[Part] = []
    for name, own in points.groupby("name", sort=False):
        short, at, side = POINT_NAMES[str(name)]
        fill = [BACKGROUND[theme] if recipe == "simple" else ink for recipe in own["recipe"]]
        said = [
            [title, version, recipe, f"{work.of(int(macs)):,}", in_short(int(params))]
            for _, title, macs, params, version, _, recipe in own.itertuples(index=False)
        ]
        traces.append(
            scatter(
                work.each * own["macs"] / 1e9,
                own["acc1"].astype(float),
                f"%{{customdata[0]}} %{{customdata[1]}}: %{{y:.3f}}{NO_BREAK}%<br>"
                "%{customdata[2]} recipe<br>"
                f"%{{customdata[3]}} {work.title}, %{{customdata[4]}} parameters",
                mode="lines+markers+text",
                customdata=said,
                text=[short if version == at else "" for version in own["version"]],
                textposition=side,
                line={"color": ink, "width": 1, "dash": "dot"},
                marker={"color": fill, "size": 9, "line": {"color": ink, "width": 1.5}},
            )
        )
    few, many = (power + log10(work.each) for power in _MACS)
    return figure(
        traces,
        theme=theme,
        height=460,
        x=log_axis(f"{work.title} of one picture at 224×224, 10⁹", few, many, fixedrange=True, showgrid=True),
        y=axis("Top-1 accuracy on ImageNet, %", range=[68.5, 85], fixedrange=True),
    )


def _grouped_bars(
    groups: Sequence[Group],
    values: Sequence[tuple[int, ...]],
    quantity: str,
    theme: Theme,
    work: Work,
    *,
    colours: Sequence[str] = (),
) -> go.Figure:
    """Bars in groups; each in the colour of its group where they have none of their own."""
    words = work.named(QUANTITY_WORDS)[quantity]
    said = words if quantity == "macs" else words.lower()
    write = in_bytes if quantity == "activation_bytes" else in_short
    traces = [
        bar(
            lengths,
            rows,
            f"%{{customdata[0]}}<br>{group.title}: %{{customdata[1]}} {said}",
            name=group.title,
            customdata=[[name, f"{value:,}"] for name, value in zip(group.names, lengths, strict=True)],
            text=[write(value) if value else "none" for value in lengths],
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            width=0.8,
            marker={"color": colours or group.colour},
        )
        for group, lengths, rows in zip(groups, values, rows_of(groups), strict=True)
    ]
    longest = max((value for lengths in values for value in lengths), default=1)
    return figure(
        traces,
        theme=theme,
        height=int(_BAR_ROOM + height_of(groups, _BAR_PIXELS)),
        margin=(8, 8, 4, 44),
        x=axis(words, range=[0, longest * 1.16], exponentformat="SI", showgrid=True, fixedrange=True),
        y=names_axis(groups),
        grows=True,
        bargap=0,
    )


def _stages(tables: Sequence[pd.DataFrame]) -> list[str]:
    """The stages of all networks, the head last."""
    return sorted(dict.fromkeys(stage for table in tables for stage in table.index), key=lambda name: name == "head")


def _values(tables: Sequence[pd.DataFrame], row: str, quantity: str, work: Work) -> tuple[int, ...]:
    """The quantity of one row in every table, 0 where a network has no such row."""
    each = work.each if quantity == "macs" else 1
    return tuple(each * int(table[quantity].get(row, 0)) for table in tables)
