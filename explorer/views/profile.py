"""The profile of a network along its layers as a figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import plotly.graph_objects as go

from explorer.architecture.plan import Layer, Plan
from explorer.architecture.work import MACS, Work
from explorer.views.charts.axes import axis
from explorer.views.charts.figure import Part, figure
from explorer.views.charts.labels import stage_names
from explorer.views.numbers import in_bytes, in_short, shape_text
from explorer.views.palette import BACKGROUND, TEXT, Theme, stage_colour
from explorer.views.selection import rows_of

Quantity = Literal["size", "channels", "params", "macs", "activation_bytes"]

MOST_BARS = 1000  # above, SVG takes seconds to draw and the points go to WebGL
FEW_BARS = 200
HEIGHT = 230
HEADROOM = 1.22


class _Measure(NamedTuple):
    """A quantity of a layer: how it is read from a row, what it is called and how it is written.

    Attributes:
        of: the value of a row; None where the row has none.
        title: of the axis.
        unit: behind a value.
        tick: format of the axis.
        adds_up: whether several rows together have the sum.
        short: how a large value is written.
    """

    of: Callable[[Layer], int | None]
    title: str
    unit: str
    tick: str
    adds_up: bool
    short: Callable[[int], str] = in_short


MEASURES: dict[Quantity, _Measure] = {
    "size": _Measure(
        lambda row: row.output_shape[not row.op.channels_last] if len(row.output_shape) == 3 else None,
        "height",
        "pixels high",
        ",d",
        False,
    ),
    "channels": _Measure(
        lambda row: row.op.channels_out if row.op.channels_last else next(iter(row.output_shape), None),
        "channels",
        "channels",
        ",d",
        False,
    ),
    "params": _Measure(lambda row: row.params, "parameters", "parameters", "~s", True),
    "macs": _Measure(lambda row: row.macs, "MACs", "MACs", "~s", True),
    "activation_bytes": _Measure(lambda row: row.activation_bytes, "bytes", "bytes", "~s", True, in_bytes),
}


def profile_figure(
    plan: Plan, *, quantity: Quantity, selected: str | None = None, theme: Theme = "light", work: Work = MACS
) -> go.Figure:
    """One quantity of every row, in the order of the calls, coloured by stage.

    Args:
        plan: the network at one input size.
        quantity: what is drawn: height of the output, its channels, params, MACs, or bytes of the output.
        selected: name of what is marked, as ``explorer.views.selection.subject`` understands it.
        theme: ``light`` or ``dark``.
        work: how work is counted.

    Returns:
        A figure whose points carry their row's name as ``customdata``. Bars up to 1,000 rows, points in WebGL above.
    """
    measure = _measure_of(quantity, work)
    count = len(plan.layers)
    highest = max(measure.of(row) or 0 for row in plan.layers)
    rows = rows_of(plan, selected)
    names, _ = stage_names([row.stage for row in plan.layers], theme, first=1)
    frame, note = _mark(plan, rows, f"{selected}: {_written(rows, measure)}", theme) if rows else ([], [])
    return figure(
        _dots(plan, measure, theme) if count > MOST_BARS else [_bars(plan, measure, theme)],
        theme=theme,
        height=HEIGHT,
        margin=(56, 36, 40, 40),
        x=axis("layers in the order of the calls", range=[0, count + 1]),
        # above the highest stands what is selected
        y=axis(measure.title, tickformat=measure.tick, range=[0, HEADROOM * max(1, highest)], nticks=5),
        notes=[*names, *note],
        shapes=frame,
        bargap=0.15 if count <= FEW_BARS else 0,
        # bars of zero height can be pointed at too
        hovermode="x" if count <= MOST_BARS else "closest",
        hoverdistance=-1,
    )


def _measure_of(quantity: Quantity, work: Work) -> _Measure:
    if quantity != "macs":
        return MEASURES[quantity]
    return MEASURES[quantity]._replace(of=lambda row: work.of(row.macs), title=work.title, unit=work.title)


def _bars(plan: Plan, measure: _Measure, theme: Theme) -> Part:
    colours = [stage_colour(row.stage, theme) for row in plan.layers]
    return {"type": "bar", "marker": {"color": colours}, **_points(plan.layers, 1, measure)}


def _dots(plan: Plan, measure: _Measure, theme: Theme) -> list[Part]:
    """A trace per stage: Plotly takes a second to check thousands of colours one by one."""
    traces = []
    start = 1
    for stage, rows in plan.stages.items():
        marker = {"color": stage_colour(stage, theme), "size": 3}
        traces.append({"type": "scattergl", "mode": "markers", "marker": marker, **_points(rows, start, measure)})
        start += len(rows)
    return traces


def _points(rows: Sequence[Layer], start: int, measure: _Measure) -> Part:
    return {
        "x0": start,
        "dx": 1,
        "y": [measure.of(row) for row in rows],
        "customdata": [row.layer for row in rows],
        "hovertext": [f"{row.kind}, output {shape_text(row.output_shape)}" for row in rows],
        "hovertemplate": f"<b>%{{customdata}}</b><br>%{{hovertext}}<br>%{{y:,d}} {measure.unit}<extra></extra>",
    }


def _mark(plan: Plan, rows: Sequence[Layer], text: str, theme: Theme) -> tuple[list[Part], list[Part]]:
    """A frame around the selected rows, and what they have beside it."""
    names = {row.layer for row in rows}
    places = [i for i, row in enumerate(plan.layers, start=1) if row.layer in names]
    left, right = places[0] - 0.5, places[-1] + 0.5
    on_the_left = left + right > len(plan.layers)
    frame = {
        "type": "rect",
        "yref": "paper",
        "x0": left,
        "x1": right,
        "y0": 0,
        "y1": 1,
        "line": {"color": TEXT[theme], "width": 1.2},
        "fillcolor": TEXT[theme],
        "opacity": 0.14,
        "layer": "below",
    }
    note = {
        "x": left if on_the_left else right,
        "y": 1,
        "yref": "paper",
        "text": text,
        "xanchor": "right" if on_the_left else "left",
        "yanchor": "top",
        "xshift": -3 if on_the_left else 3,
        "bgcolor": BACKGROUND[theme],
        "opacity": 0.92,
        "font": {"size": 11.5},
    }
    return [frame], [note]


def _written(rows: Sequence[Layer], measure: _Measure) -> str:
    """What rows have together: the sum, or for a shape what leaves the last of them."""
    values = [measure.of(row) for row in rows]
    value = sum(v or 0 for v in values) if measure.adds_up else values[-1]
    return "no map" if value is None else f"{value:,} {measure.unit}"
