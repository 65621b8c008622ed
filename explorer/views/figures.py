"""The profile of a network along its layers as a Plotly figure, and the style that a figure of this app has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import plotly.graph_objects as go

from explorer.architecture.plan import Layer, Plan, paper_name
from explorer.views.numbers import in_bytes, in_short, shape_text
from explorer.views.palette import BACKGROUND, TEXT, Theme, stage_colour
from explorer.views.selection import rows_of

Quantity = Literal["size", "channels", "params", "macs", "activation_bytes"]

MOST_BARS = 1000  # above, SVG takes seconds to draw and the points go to WebGL
FEW_BARS = 200
HEIGHT = 230
HEADROOM = 1.22
NO_BREAK = "\u00a0"  # keeps a line that would be empty
SHORTEST_NAMED = 0.05  # of all layers, for a stage to have its name above it
FONT = "Source Sans, 'Source Sans 3', sans-serif"
GRID: dict[Theme, str] = {"light": "#E3E8EE", "dark": "#28323C"}
MUTED: dict[Theme, str] = {"light": "#4B5563", "dark": "#AAB4C0"}


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


def profile_figure(plan: Plan, *, quantity: Quantity, selected: str | None = None, theme: Theme = "light") -> go.Figure:
    """One quantity of every row, in the order of the calls, coloured by stage.

    Args:
        plan: the network at one input size.
        quantity: what is drawn: height of the output, its channels, params, MACs, or bytes of the output.
        selected: name of what is marked, as ``explorer.views.selection.subject`` understands it.
        theme: ``light`` or ``dark``.

    Returns:
        A figure whose points carry their row's name as ``customdata``. Bars up to 1,000 rows, points in WebGL above.
    """
    measure = MEASURES[quantity]
    layout = style(theme=theme, height=HEIGHT)
    layout |= {
        "margin": {"l": 56, "r": 36, "t": 40, "b": 40},
        "bargap": 0.15 if len(plan.layers) <= FEW_BARS else 0,
        # bars of zero height can be pointed at too
        "hovermode": "x" if len(plan.layers) <= MOST_BARS else "closest",
        "hoverdistance": -1,
        "dragmode": False,
        "clickmode": "event+select",
        "annotations": _stage_names(plan, theme),
        "shapes": [],
    }
    layout["xaxis"] |= {"range": [0, len(plan.layers) + 1], "showgrid": False, "zeroline": False}
    layout["xaxis"]["title"] |= {"text": "layers in the order of the calls"}
    highest = max(measure.of(row) or 0 for row in plan.layers)
    # above the highest stands what is selected
    layout["yaxis"] |= {"tickformat": measure.tick, "range": [0, HEADROOM * max(1, highest)], "nticks": 5}
    layout["yaxis"]["title"] |= {"text": measure.title}
    rows = rows_of(plan, selected)
    if rows:
        frame, note = _mark(plan, rows, f"{selected}: {_written(rows, measure)}", theme)
        layout["shapes"].append(frame)
        layout["annotations"].append(note)
    as_dots = len(plan.layers) > MOST_BARS
    return go.Figure(_dots(plan, measure, theme) if as_dots else [_bars(plan, measure, theme)], layout)


def style(*, theme: Theme, height: int) -> dict[str, Any]:
    """The layout that all figures begin with: the app's fonts and colours, and nothing that says nothing.

    Args:
        theme: ``light`` or ``dark``.
        height: in pixels.

    Returns:
        A layout as a dict, for ``go.Figure(data, layout)``: made at once it takes a fraction of the time that a figure
        takes that is changed step by step.
    """

    def axis() -> dict[str, Any]:
        return {
            "gridcolor": GRID[theme],
            "zerolinecolor": MUTED[theme],
            "title": {"font": {"color": MUTED[theme], "size": 12}, "standoff": 8},
            "tickfont": {"color": MUTED[theme], "size": 11},
        }

    return {
        "template": "none",
        "height": height,
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": TEXT[theme]},
        "separators": ".,",
        "hoverlabel": {
            "bgcolor": BACKGROUND[theme],
            "bordercolor": MUTED[theme],
            "font": {"color": TEXT[theme], "family": FONT},
            "align": "left",
        },
        "xaxis": axis(),
        "yaxis": axis(),
    }


def _bars(plan: Plan, measure: _Measure, theme: Theme) -> dict[str, Any]:
    colours = [stage_colour(row.stage, theme) for row in plan.layers]
    return {"type": "bar", "marker": {"color": colours, "line": {"width": 0}}, **_points(plan.layers, 1, measure)}


def _dots(plan: Plan, measure: _Measure, theme: Theme) -> list[dict[str, Any]]:
    """A trace per stage: Plotly takes a second to check thousands of colours one by one."""
    traces = []
    start = 1
    for stage, rows in plan.stages.items():
        marker = {"color": stage_colour(stage, theme), "size": 3}
        traces.append({"type": "scattergl", "mode": "markers", "marker": marker, **_points(rows, start, measure)})
        start += len(rows)
    return traces


def _points(rows: Sequence[Layer], start: int, measure: _Measure) -> dict[str, Any]:
    return {
        "x0": start,
        "dx": 1,
        "y": [measure.of(row) for row in rows],
        "customdata": [row.layer for row in rows],
        "hovertext": [f"{row.kind}, output {shape_text(row.output_shape)}" for row in rows],
        "hovertemplate": f"<b>%{{customdata}}</b><br>%{{hovertext}}<br>%{{y:,d}} {measure.unit}<extra></extra>",
        # the selection has a mark of its own; the rest keeps its colour
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }


def _stage_names(plan: Plan, theme: Theme) -> list[dict[str, Any]]:
    """The stages' names above their layers; those at the ends are short of room and lean outwards.

    Names of one line take turns between two heights, so that short neighbours do not run into each other; a stage that
    is too short for that goes without.
    """
    names = []
    start = 1
    for number, (stage, rows) in enumerate(plan.stages.items()):
        end = start + len(rows) - 1
        first, last = start == 1, end == len(plan.layers)
        paper, _, ours = paper_name(stage).partition(" · ")
        place: tuple[str, float] = ("center", (start + end) / 2)
        if not ours and (first or last):
            place = ("right", end + 0.5) if first else ("left", start - 0.5)
        elif not ours and len(rows) < SHORTEST_NAMED * len(plan.layers):
            start = end + 1
            continue
        text = f"<b>{paper}</b><br>{ours or NO_BREAK}" if ours or number % 2 == 0 else f"<br><b>{paper}</b>"
        names.append(
            {
                "xanchor": place[0],
                "x": place[1],
                "y": 1,
                "yref": "paper",
                "text": text,
                "showarrow": False,
                "yanchor": "bottom",
                "yshift": 4,
                "font": {"color": stage_colour(stage, theme), "size": 11},
            }
        )
        start = end + 1
    return names


def _mark(plan: Plan, rows: Sequence[Layer], text: str, theme: Theme) -> tuple[dict[str, Any], dict[str, Any]]:
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
        "showarrow": False,
        "xanchor": "right" if on_the_left else "left",
        "yanchor": "top",
        "xshift": -3 if on_the_left else 3,
        "bgcolor": BACKGROUND[theme],
        "opacity": 0.92,
        "font": {"size": 11.5},
    }
    return frame, note


def _written(rows: Sequence[Layer], measure: _Measure) -> str:
    """What rows have together: the sum, or for a shape what leaves the last of them."""
    values = [measure.of(row) for row in rows]
    value = sum(v or 0 for v in values) if measure.adds_up else values[-1]
    return "no map" if value is None else f"{value:,} {measure.unit}"
