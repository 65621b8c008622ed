"""Networks beside each other as Plotly charts: bars by stage and by kind, shares, accuracy against work.

A colour is a stage here as everywhere; networks are told apart by the words beside their bars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from explorer.architecture.plan import Plan, paper_name
from explorer.views.differences import with_accuracy
from explorer.views.numbers import in_bytes, in_short
from explorer.views.palette import BACKGROUND, TEXT, Theme, stage_colour
from explorer.views.tables import kind_table, stage_table

QUANTITY_WORDS: dict[str, str] = {
    "params": "Parameters",
    "macs": "MACs",
    "activation_bytes": "Activation bytes",
}
"""What bars can show, in words."""

SHARES: dict[str, str] = {"params_share": "parameters", "macs_share": "work (MACs)"}
BAR_PIXELS = 19
HEAD_PIXELS = 62
SHARE_PIXELS = 25
SHARES_FOOT_PIXELS = 64
GAP_ROWS = 0.35

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


class _Group(NamedTuple):
    """Bars that stand together: one per network.

    Attributes:
        title: what they are of.
        colour: the stage's, or the text's where they are of no stage.
        values: one per network.
    """

    title: str
    colour: str
    values: tuple[int, ...]


def bars_by_stage(plans: Mapping[str, Plan], quantity: str, theme: Theme) -> go.Figure:
    """A quantity stage by stage, the networks' bars below each other.

    Args:
        plans: the networks by name.
        quantity: a key of ``QUANTITY_WORDS``.
        theme: ``light`` or ``dark``.
    """
    tables = [stage_table(plan).set_index("stage") for plan in plans.values()]
    stages = sorted(dict.fromkeys(stage for table in tables for stage in table.index), key=lambda name: name == "head")
    groups = [
        _Group(paper_name(stage), stage_colour(stage, theme), _values(tables, stage, quantity)) for stage in stages
    ]
    return _grouped_bars(groups, list(plans), quantity, theme)


def bars_by_kind(plans: Mapping[str, Plan], quantity: str, theme: Theme) -> go.Figure:
    """A quantity by kind of operation; kinds that have none of it in any network are left out.

    Args:
        plans: the networks by name.
        quantity: a key of ``QUANTITY_WORDS``.
        theme: ``light`` or ``dark``.
    """
    tables = [kind_table(plan).set_index("kind") for plan in plans.values()]
    kinds = dict.fromkeys(kind for table in tables for kind in table.index)
    groups = [_Group(kind, TEXT[theme], _values(tables, kind, quantity)) for kind in kinds]
    return _grouped_bars([group for group in groups if any(group.values)], list(plans), quantity, theme)


def shares(plans: Mapping[str, Plan], theme: Theme) -> go.Figure:
    """Where the parameters are and where the work is: each network's stages as shares of the whole.

    Args:
        plans: the networks by name.
        theme: ``light`` or ``dark``.
    """
    tables = {name: stage_table(plan).set_index("stage") for name, plan in plans.items()}
    stages = sorted(
        dict.fromkeys(stage for table in tables.values() for stage in table.index), key=lambda name: name == "head"
    )
    rows = [(name, column) for name in tables for column in SHARES]
    places = _places([len(SHARES)] * len(tables))
    figure = go.Figure()
    for stage in stages:
        values = [100 * float(tables[name][column].get(stage, 0.0)) for name, column in rows]
        short = paper_name(stage).split(" · ")[0]
        figure.add_bar(
            orientation="h",
            name=paper_name(stage),
            x=values,
            y=[place for group in places for place in group.bars],
            width=0.9,
            marker={"color": stage_colour(stage, theme), "line": {"color": BACKGROUND[theme], "width": 1}},
            text=[f"{short} {value:.0f} %" if value >= 5 else "" for value in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": BACKGROUND[theme]},
            customdata=[[name, SHARES[column]] for name, column in rows],
            hovertemplate=f"%{{customdata[0]}}<br>{paper_name(stage)}: %{{x:.1f}} % of the %{{customdata[1]}}"
            "<extra></extra>",
        )
    ticks = _ticks(places, [(name, TEXT[theme]) for name in tables], list(SHARES.values()))
    _lay_out(figure, places, ticks, theme)
    figure.update_layout(
        barmode="stack",
        uniformtext={"minsize": 10, "mode": "hide"},
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "traceorder": "normal"},
        showlegend=True,
        margin_b=56,
    )
    figure.update_xaxes(range=[0, 100], visible=False)
    return figure


def accuracy_against_macs(catalogue: pd.DataFrame, theme: Theme) -> go.Figure:
    """Published top-1 accuracy over the work of one picture, V1 and V2 of a network joined by a line.

    Args:
        catalogue: from ``differences.catalogue``.
        theme: ``light`` or ``dark``.
    """
    points = with_accuracy(catalogue)
    ink = TEXT[theme]
    figure = go.Figure()
    for name, own in points.groupby("name", sort=False):
        short, at, side = POINT_NAMES[str(name)]
        figure.add_scatter(
            x=own["macs"] / 1e9,
            y=own["acc1"].astype(float),
            mode="lines+markers+text",
            line={"color": ink, "width": 1, "dash": "dot"},
            marker={
                "color": [BACKGROUND[theme] if recipe == "simple" else ink for recipe in own["recipe"]],
                "size": 9,
                "symbol": "circle",
                "line": {"color": ink, "width": 1.5},
            },
            text=[short if version == at else "" for version in own["version"]],
            textposition=side,
            textfont={"size": 12},
            customdata=[
                [title, version, recipe, f"{int(macs):,}", in_short(int(params))]
                for _, title, macs, params, version, _, recipe in own.itertuples(index=False)
            ],
            hovertemplate="%{customdata[0]} %{customdata[1]}: %{y:.3f} %<br>%{customdata[2]} recipe<br>"
            "%{customdata[3]} MACs, %{customdata[4]} parameters<extra></extra>",
            showlegend=False,
        )
    _style(figure, theme)
    figure.update_layout(margin={"l": 54, "r": 10, "t": 10, "b": 46}, hovermode="closest")
    figure.update_xaxes(
        title="MACs of one picture at 224×224, 10⁹",
        type="log",
        tickvals=[1, 2, 4, 8, 16, 32],
        range=[0.08, 1.65],
    )
    figure.update_yaxes(title="Top-1 accuracy on ImageNet, %", range=[68.5, 85])
    return figure


def shares_height(networks: int) -> int:
    """Pixels that the chart of shares needs, its legend included."""
    return int(SHARES_FOOT_PIXELS + SHARE_PIXELS * networks * (len(SHARES) + 1 + GAP_ROWS))


def bars_height(groups: int, networks: int) -> int:
    """Pixels that a chart of grouped bars needs, its axis included."""
    return int(HEAD_PIXELS + BAR_PIXELS * groups * (networks + 1 + GAP_ROWS))


def _grouped_bars(groups: Sequence[_Group], names: Sequence[str], quantity: str, theme: Theme) -> go.Figure:
    places = _places([len(names)] * len(groups))
    write = in_bytes if quantity == "activation_bytes" else in_short
    figure = go.Figure()
    for group, place in zip(groups, places, strict=True):
        figure.add_bar(
            orientation="h",
            name=group.title,
            x=group.values,
            y=place.bars,
            width=0.8,
            marker={"color": group.colour},
            text=[write(value) if value else "none" for value in group.values],
            textposition="outside",
            cliponaxis=False,
            customdata=[[name, f"{value:,}"] for name, value in zip(names, group.values, strict=True)],
            hovertemplate=f"%{{customdata[0]}}<br>{group.title}: %{{customdata[1]}} {QUANTITY_WORDS[quantity].lower()}"
            "<extra></extra>",
        )
    _lay_out(figure, places, _ticks(places, [(group.title, group.colour) for group in groups], names), theme)
    longest = max((value for group in groups for value in group.values), default=1)
    figure.update_layout(height=bars_height(len(groups), len(names)), showlegend=False, margin_b=44)
    figure.update_xaxes(
        title=QUANTITY_WORDS[quantity], range=[0, longest * 1.16], rangemode="tozero", exponentformat="SI"
    )
    return figure


class _Place(NamedTuple):
    """Where a group stands on the axis, in rows from the top: its title and its bars."""

    title: float
    bars: tuple[float, ...]


def _places(sizes: Sequence[int]) -> list[_Place]:
    places = []
    top = 0.0
    for size in sizes:
        places.append(_Place(top, tuple(top + 1 + index for index in range(size))))
        top += size + 1 + GAP_ROWS
    return places


def _ticks(
    places: Sequence[_Place], titles: Sequence[tuple[str, str]], names: Sequence[str]
) -> dict[str, Sequence[float] | Sequence[str]]:
    """The words beside the bars: each group's title in its colour, and below it what each bar is of."""
    values: list[float] = []
    texts: list[str] = []
    for place, (title, colour) in zip(places, titles, strict=True):
        values += [place.title, *place.bars]
        texts += [f'<span style="color:{colour}"><b>{title}</b></span>', *names]
    return {"tickvals": values, "ticktext": texts}


def _lay_out(
    figure: go.Figure, places: Sequence[_Place], ticks: Mapping[str, Sequence[float] | Sequence[str]], theme: Theme
) -> None:
    _style(figure, theme)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 30}, bargap=0)
    figure.update_yaxes(
        range=[places[-1].bars[-1] + 0.6, -0.6],
        automargin=True,
        ticklabelstandoff=5,
        showgrid=False,
        zeroline=False,
        ticks="",
        **ticks,
    )


def _style(figure: go.Figure, theme: Theme) -> None:
    grid = {"light": "#E3E8EE", "dark": "#28323C"}[theme]
    figure.update_layout(
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": TEXT[theme], "size": 12, "family": "Source Sans, sans-serif"},
        hoverlabel={"align": "left"},
        dragmode=False,
    )
    figure.update_xaxes(gridcolor=grid, zerolinecolor=grid, fixedrange=True)
    figure.update_yaxes(gridcolor=grid, zerolinecolor=grid, fixedrange=True)


def _values(tables: Sequence[pd.DataFrame], row: str, quantity: str) -> tuple[int, ...]:
    """The quantity of one row in every table, 0 where a network has no such row."""
    return tuple(int(table[quantity].get(row, 0)) for table in tables)
