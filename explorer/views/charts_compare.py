"""Networks beside each other as Plotly charts: bars by stage and by kind, and shares.

Where bars are of stages, a colour is a stage and networks are told apart by the words beside them; where they are not,
each network has its own colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from explorer.architecture.plan import Plan, paper_name
from explorer.architecture.work import MACS, Work
from explorer.views.aligned import aligned
from explorer.views.charts.axes import axis
from explorer.views.charts.bars import Group, height_of, names_axis, rows_of
from explorer.views.charts.figure import Part, bar, figure
from explorer.views.charts.lines import look
from explorer.views.numbers import NO_BREAK, QUANTITY_WORDS, in_bytes, in_short, percent
from explorer.views.palette import BACKGROUND, TEXT, Theme, stage_colour
from explorer.views.tables import kind_table

SHARES: dict[str, str] = {"params": "parameters", "macs": "work"}
_ABSENT = {"stage": "none", "stride": "no such maps"}
"""What is said of a part that a network does not have."""
_BAR_PIXELS, _BAR_ROOM = 19, 62
_SHARE_PIXELS, _SHARE_ROOM = 25, 64


def bars_by_stage(plans: Mapping[str, Plan], quantity: str, theme: Theme, *, work: Work = MACS) -> go.Figure:
    """A quantity stage by stage, the networks' bars below each other.

    Args:
        plans: the networks by name.
        quantity: a key of ``QUANTITY_WORDS``.
        theme: ``light`` or ``dark``.
        work: how work is counted.
    """
    found = aligned(plans)
    each = work.each if quantity == "macs" else 1
    values = {
        part: tuple(each * of[part][quantity] if part in of else None for of in found.records.values())
        for part in found.parts
    }
    groups = [Group(paper_name(part), stage_colour(part, theme), list(plans)) for part in values]
    return _grouped_bars(groups, list(values.values()), quantity, theme, work, absent=_ABSENT[found.by])


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
    found = aligned(plans)
    bars = [(name, column) for name in plans for column in SHARES]
    groups = [Group(name, TEXT[theme], list(SHARES.values())) for name in plans]
    places = [place for rows in rows_of(groups) for place in rows]
    words = {"textangle": 0, "textfont": {"color": BACKGROUND[theme]}}
    inside = {"orientation": "h", "textposition": "inside", "insidetextanchor": "middle", **words}
    traces: list[Part] = []
    for stage in found.parts:
        values = [100 * _share(plans[name], found.records[name].get(stage, {}), column) for name, column in bars]
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


def _grouped_bars(
    groups: Sequence[Group],
    values: Sequence[tuple[int | None, ...]],
    quantity: str,
    theme: Theme,
    work: Work,
    *,
    colours: Sequence[str] = (),
    absent: str = "none",
) -> go.Figure:
    """Bars in groups; each in the colour of its group where they have none of their own."""
    words = work.named(QUANTITY_WORDS)[quantity]
    said = words if quantity == "macs" else words.lower()
    write = in_bytes if quantity == "activation_bytes" else in_short
    traces = [
        bar(
            [length or 0 for length in lengths],
            rows,
            f"%{{customdata[0]}}<br>{group.title}: %{{customdata[1]}} {said}",
            name=group.title,
            customdata=[[name, f"{value or 0:,}"] for name, value in zip(group.names, lengths, strict=True)],
            text=[absent if value is None else write(value) if value else "none" for value in lengths],
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            width=0.8,
            marker={"color": colours or group.colour},
        )
        for group, lengths, rows in zip(groups, values, rows_of(groups), strict=True)
    ]
    longest = max((value or 0 for lengths in values for value in lengths), default=1)
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


def _share(plan: Plan, record: Mapping[str, Any], quantity: str) -> float:
    return record.get(quantity, 0) / max(1, getattr(plan, quantity))


def _values(tables: Sequence[pd.DataFrame], row: str, quantity: str, work: Work) -> tuple[int, ...]:
    """The quantity of one row in every table, 0 where a network has no such row."""
    each = work.each if quantity == "macs" else 1
    return tuple(each * int(table[quantity].get(row, 0)) for table in tables)
