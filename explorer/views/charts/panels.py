"""Several panels in one figure: beside each other, below each other, and along the depth of a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import plotly.graph_objects as go

from explorer.views.charts.axes import axis, gaps
from explorer.views.charts.figure import Part, figure, scatter
from explorer.views.charts.labels import stage_names
from explorer.views.charts.lines import dotted
from explorer.views.palette import TEXT, Theme, stage_colour

MARKED_POINTS = 400
"""Beyond so many points a panel has lines only: each marker is an element of its own in the browser."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of a figure with axes of its own.

    Attributes:
        traces: what is drawn.
        x: its axis from left to right.
        y: its axis from bottom to top.
        title: stands above it, on the left.
        shapes: lines and areas at places of ``x``, as high as the panel.
    """

    traces: Sequence[Part]
    x: Part = field(default_factory=dict)
    y: Part = field(default_factory=dict)
    title: str = ""
    shapes: Sequence[Part] = ()


def panels(
    rows: Sequence[Sequence[Panel]],
    *,
    theme: Theme,
    height: int,
    margin: tuple[int, int, int, int],
    gap: float,
    row_gap: float | None = None,
    share: Literal["x", "y"] | None = None,
    notes: Sequence[Part] = (),
    shapes: Sequence[Part] = (),
    **layout: Any,
) -> go.Figure:
    """Panels in rows.

    Args:
        rows: the first one on top; a shorter one ends before the others do.
        theme: ``light`` or ``dark``.
        height: of the figure in pixels.
        margin: pixels on the left, on the right, above and below.
        gap: between two panels, as a share of the figure.
        row_gap: likewise between two rows, where that is another.
        share: the axis that is the same in all of them, and has its numbers once.
        notes: words over the whole figure.
        shapes: lines and areas over the whole figure.
        **layout: what else Plotly's layout has.
    """
    across = _spans(max(map(len, rows)), gap)
    down = _spans(len(rows), gap if row_gap is None else row_gap)[::-1]
    axes: dict[str, Part] = {}
    traces, titles, marks = [], [], []
    places = [(row, column, panel) for row, line in enumerate(rows) for column, panel in enumerate(line)]
    for number, (row, column, panel) in enumerate(places, start=1):
        n = "" if number == 1 else str(number)
        x: Part = {"domain": across[column], "anchor": f"y{n}"}
        y: Part = {"domain": down[row], "anchor": f"x{n}"}
        if share == "x":
            x |= {"matches": "x"} if n else {}
            x |= {"showticklabels": False} if row < len(rows) - 1 else {}
        if share == "y" and n:
            y |= {"matches": "y", "showticklabels": False}
        axes |= {f"xaxis{n}": {**panel.x, **x}, f"yaxis{n}": {**panel.y, **y}}
        traces += [{**trace, "xaxis": f"x{n}", "yaxis": f"y{n}"} for trace in panel.traces]
        inside = {"xref": f"x{n} domain", "yref": f"y{n} domain"}
        marks += [{"y0": 0, "y1": 1, **inside, "xref": f"x{n}", **shape} for shape in panel.shapes]
        if panel.title:
            corner = {"x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom"}
            titles.append({"text": panel.title, **corner, **inside})
    return figure(
        traces,
        theme=theme,
        height=height,
        margin=margin,
        x=axes.pop("xaxis"),
        y=axes.pop("yaxis"),
        notes=[*titles, *notes],
        shapes=[*marks, *shapes],
        **{**axes, **layout},
    )


def along(
    drawn: Sequence[tuple[Sequence[Part], Part]],
    stages: Sequence[str],
    title: str,
    *,
    theme: Theme,
    height: int,
    gap: float = 0.04,
    picked: int | None = None,
    ticks: Part | None = None,
    shapes: Sequence[Part] = (),
    labels: Sequence[Part] = (),
    right: int = 36,
    **layout: Any,
) -> go.Figure:
    """Panels below each other whose points stand in the order of the calls, with the names of the stages above them.

    Args:
        drawn: traces and the axis from bottom to top of each panel; points are counted from 0.
        stages: the stage of every point.
        title: what the points are.
        theme: ``light`` or ``dark``.
        height: of the figure in pixels.
        gap: between two panels, as a share of the figure.
        picked: the point that is marked.
        ticks: names of points, as Plotly writes them; None for no names.
        shapes: lines and areas, in the first panel.
        labels: words in the first panel, or beside it.
        right: pixels beside the panels, for labels of lines.
        **layout: what else Plotly's layout has.
    """
    names, starts = stage_names(stages, theme)
    faint = {"line": {"color": TEXT[theme], "width": 1}, "opacity": 0.15}
    borders = [{**dotted(x=start - 0.5), **faint} for start in starts[1:]]
    below: Part = {"showticklabels": False} if ticks is None else ticks
    common = {"range": [-0.6, len(stages) - 0.4]}
    last = len(drawn) - 1
    stacked = [
        [Panel(traces=traces, x=axis(title, **common, **below) if place == last else common, y=y)]
        for place, (traces, y) in enumerate(drawn)
    ]
    return panels(
        stacked,
        theme=theme,
        height=height,
        margin=(64, right, 40, 30 if ticks is None else 42),
        gap=gap,
        share="x",
        notes=[*names, *labels],
        shapes=[*borders, *shapes, *([] if picked is None else [dotted(x=picked)])],
        **layout,
    )


def by_stage(
    stages: Sequence[str], values: Sequence[float | None], names: Sequence[Any], *, hover: str, theme: Theme
) -> list[Part]:
    """A line for each stage in its colour, through points that stand in the order of the calls.

    Args:
        stages: the stage of every point.
        values: of every point; a gap where there is nothing to draw.
        names: what a click on a point brings.
        hover: what is said of a point, as Plotly writes it.
        theme: ``light`` or ``dark``.
    """
    drawable = gaps(values)
    mode = "lines+markers" if len(stages) <= MARKED_POINTS else "lines"
    traces = []
    for stage in dict.fromkeys(stages):
        places = [place for place, of in enumerate(stages) if of == stage]
        named = [names[place] for place in places]
        look = {"line": {"color": stage_colour(stage, theme), "width": 1.4}, "marker": {"size": 5}}
        y = [drawable[place] for place in places]
        traces.append(scatter(places, y, hover, customdata=named, mode=mode, **look))
    return traces


def _spans(count: int, gap: float) -> list[list[float]]:
    """Where panels begin and end, as shares of a figure."""
    size = (1 - gap * (count - 1)) / count
    return [[place * (size + gap), min(place * (size + gap) + size, 1.0)] for place in range(count)]
