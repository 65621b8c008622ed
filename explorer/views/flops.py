"""What different tools give as the work of one network: as a table, and the way from one figure to another."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import plotly.graph_objects as go

from explorer.architecture.flop_conventions import PARTS, Part
from explorer.architecture.flops import FlopFigure, Step
from explorer.views.charts.axes import axis
from explorer.views.charts.figure import MUTED, bar, figure
from explorer.views.frames import frame_of
from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import NO_BREAK, in_short, true_minus
from explorer.views.palette import LINE_COLOURS, TEXT, Theme

_BAR_PIXELS, _ROOM = 34, 62
_ROWS_NAMED = 3
_LARGEST_LEFT = 1.3
"""How much longer than its longest bar an axis is, so that the figures beside the bars fit."""


def figures_html(figures: Sequence[FlopFigure]) -> str:
    """One line for each source: its figure, and the parts that add up to it.

    Args:
        figures: of one network.
    """
    parts = [part for part in PARTS if any(part in one.parts for one in figures)]
    head: list[str | Cell] = [
        "Counted by",
        Cell("Its figure", "number"),
        *(Cell(PARTS[part], "number wide") for part in parts),
    ]
    return html_table(head, [[_linked(one), _printed(one), *(_part(one, part) for part in parts)] for one in figures])


def steps_html(first: FlopFigure, second: FlopFigure, steps: Sequence[Step]) -> str:
    """Why one figure is not another: what is counted otherwise, by which rows, and how much it makes.

    Args:
        first: where the way begins.
        second: where it ends.
        steps: from ``steps_between``.
    """
    head: list[str | Cell] = ["What", "Counted", "By the rows", Cell("Difference", "number")]
    rows: list[list[str | Cell]] = [[one.what, one.how, _rows(one), _signed(one.amount)] for one in steps]
    ends = f"from {first.value:,} to {second.value:,}"
    in_all = ["In all", ends, f"{sum(len(one.rows) for one in steps):,} rows", _signed(second.value - first.value)]
    return html_table(head, [*rows, in_all], stacked=True)


def steps_frame(steps: Sequence[Step]) -> pd.DataFrame:
    """Every row that makes a difference: ``what`` is counted otherwise, ``layer``, ``difference``."""
    records = [{"what": one.what, "layer": layer, "difference": amount} for one in steps for layer, amount in one.rows]
    return frame_of(records, ("what", "layer", "difference"))


def steps_figure(first: FlopFigure, second: FlopFigure, steps: Sequence[Step], theme: Theme) -> go.Figure:
    """The way from one figure to another: each step begins where the one before it ends.

    Args:
        first: where it begins.
        second: where it ends.
        steps: from ``steps_between``.
        theme: light or dark.
    """
    more, less = LINE_COLOURS[theme][0], LINE_COLOURS[theme][1]
    starts, at = [], 0
    for one in steps:
        starts.append(at)
        at += one.amount
    names = [first.source, *(one.what for one in steps), second.source]
    lengths = [0, *(one.amount for one in steps), at]
    ends = [0, *(start + one.amount for start, one in zip(starts, steps, strict=True)), at]
    low, high = min(0, *ends), max(0, *ends)
    said = [in_short(first.value), *(_short(one.amount) for one in steps), in_short(second.value)]
    colours = [MUTED[theme], *(more if one.amount > 0 else less for one in steps), MUTED[theme]]
    exact = [f"{first.value:,}", *(_signed(one.amount) for one in steps), f"{second.value:,}"]
    places = list(range(len(names)))
    room = (high - low) * (_LARGEST_LEFT - 1) or 1
    return figure(
        [
            bar(
                lengths,
                places,
                "%{customdata[0]}: %{customdata[1]}",
                base=[0, *starts, 0],
                orientation="h",
                width=0.62,
                marker={"color": colours},
                customdata=list(zip(names, exact, strict=True)),
            )
        ],
        theme=theme,
        height=_ROOM + _BAR_PIXELS * len(names),
        margin=(8, 8, 4, 44),
        x=axis(
            f"Difference to {in_a_sentence(first)}",
            range=[low - room * 0.1, high + room],
            exponentformat="SI",
            showgrid=True,
            zeroline=True,
            fixedrange=True,
            nticks=6,
        ),
        y=axis(
            range=[len(names) - 0.5, -0.5],
            tickvals=places,
            ticktext=names,
            fixedrange=True,
            automargin=True,
            showgrid=False,
            zeroline=False,
            ticklabelstandoff=5,
        ),
        notes=[
            {
                "x": max(end, end - length),
                "y": place,
                "text": words,
                "xanchor": "left",
                "xshift": 5,
                "font": {"color": TEXT[theme]},
            }
            for place, end, length, words in zip(places, ends, lengths, said, strict=True)
        ],
        grows=True,
    )


def difference_words(first: FlopFigure, second: FlopFigure, steps: Sequence[Step]) -> str:
    """By how much two figures differ and by what, in a sentence."""
    one, other = (f"{_whose(of)} {in_short(of.value)}".replace(" ", NO_BREAK) for of in (second, first))
    if not steps:
        return f"{one} and {other} are the same number: {first.value:,}."
    difference = second.value - first.value
    reasons = [f"{step.what if step.what == 'ReLU' else step.what.lower()} {_short(step.amount)}" for step in steps]
    why = f": {', '.join(reasons)}" if difference or len(steps) > 1 else ""
    return f"{one} and {other} differ by {in_short(abs(difference))}{why}."


def in_a_sentence(of: FlopFigure) -> str:
    """The source of a figure within a sentence: ``the paper``, ``thop``."""
    return of.source[0].lower() + of.source[1:] if of.tool in ("here", "paper") else of.source


def _whose(of: FlopFigure) -> str:
    name = in_a_sentence(of)
    return f"{name}'s"


def _linked(one: FlopFigure) -> Cell:
    if not one.convention.url:
        return Cell(one.source)
    return Cell(html=f"<a href='{one.convention.url}' target='_blank'>{escape(one.source)}</a>")


def _printed(one: FlopFigure) -> Cell:
    exact = f"{one.value:,}"
    below = "" if one.printed.startswith(exact) else f"<small>{exact}</small>"
    return Cell(html=f"{escape(one.printed)}{below}", title=one.why)


def _part(one: FlopFigure, part: Part) -> Cell:
    value = one.parts.get(part, 0)
    return Cell(f"{value:,}" if value else "–", title=one.convention.rules[part].words if value else "not counted")


def _rows(step: Step) -> str:
    """How many rows, and the first of those that make most of it."""
    largest = sorted(step.rows, key=lambda row: -abs(row[1]))[:_ROWS_NAMED]
    named = ", ".join(f"{layer} {_short(amount)}" for layer, amount in largest)
    more = len(step.rows) - len(largest)
    return f"{named} and {more:,} more" if more else named


def _short(amount: int) -> str:
    return ("+" if amount > 0 else "") + true_minus(in_short(amount))


def _signed(amount: int) -> str:
    return ("+" if amount > 0 else "") + true_minus(f"{amount:,}")
