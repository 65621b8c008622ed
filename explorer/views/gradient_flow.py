"""Spread of activations and norm of gradients along the depth -> figures on a logarithmic axis, and exact numbers.

Networks are told apart by number, dash and shade of grey, epochs by number and an even scale of greys, the last one the
strongest: a colour would mean a stage.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from explorer.views.figures import MUTED, style
from explorer.views.frames import text_column
from explorer.views.palette import BACKGROUND, TEXT, Theme

Direction = Literal["forward", "backward"]

HEIGHT = 310
DASHES = ("solid", "7px,4px", "2px,3px", "10px,3px,2px,3px", "14px,4px", "10px,3px,2px,3px,2px,3px")
FAINTEST: dict[Theme, tuple[int, int, int]] = {"light": (139, 147, 161), "dark": (95, 107, 122)}
"""The grey of the first of several epochs: 3 to 1 against the background (WCAG 2.2 for lines)."""
_TITLES: dict[Direction, str] = {"forward": "spread (σ) of activations", "backward": "norm of the gradient"}
_MARGIN = {"l": 64, "r": 12, "t": 8, "b": 42}
_LABEL_PIXELS = 13  # a number is that high
_MARK_PIXELS = 16
_ROOM = 0.06  # of the depth, at both ends, for the numbers
_WORDS = {"NaN": "✕ NaN", "infinity": "∞ overflow", "0": "0 all zero"}
_TICK_STEPS = (1, 2, 5, 10, 20, 50, 100)
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, kw_only=True)
class FlowLine:
    """One network's way: every convolution of its main path.

    Attributes:
        label: the network, for people.
        layers: names of the convolutions.
        forward: spread of what each puts out.
        backward: norm of the gradient that arrives at each.
        forward_faults: "NaN", "infinity" or "0" where there is nothing to draw, else None.
        backward_faults: likewise.
        weight_gradients: norm of the gradient of each weight.
    """

    label: str
    layers: tuple[str, ...]
    forward: tuple[float, ...]
    backward: tuple[float, ...]
    forward_faults: tuple[str | None, ...]
    backward_faults: tuple[str | None, ...]
    weight_gradients: tuple[float, ...]


def flow_figure(lines: Sequence[FlowLine], direction: Direction, *, theme: Theme, in_order: bool = False) -> go.Figure:
    """Networks over their depth, each a line with its number at the end that it runs to.

    Where a network has NaN, infinity or nothing but zeros, a word stands at the layer where that begins.

    Args:
        lines: one to six networks, in the order of their numbers.
        direction: "forward" for activations, "backward" for gradients.
        theme: ``light`` or ``dark``.
        in_order: they are epochs of one network.
    """
    low, high = _decades(lines, direction)
    looks = [look(place, theme, of=len(lines) if in_order else 0) for place in range(len(lines))]
    deepest = max(len(line.layers) for line in lines)
    room = max(0.6, _ROOM * deepest)
    layout = style(theme=theme, height=HEIGHT)
    layout |= {"margin": _MARGIN, "hovermode": "closest", "hoverdistance": 30, "dragmode": False}
    forward = direction == "forward"
    layout["xaxis"] |= {
        "range": [1 - (0.02 * room if forward else room), deepest + (room if forward else 0.02 * room)],
        "zeroline": False,
        "showgrid": False,
        "fixedrange": True,
        **_layer_ticks(deepest),
    }
    layout["xaxis"]["title"] |= {"text": "layer: convolutions from the input to the output"}
    layout["yaxis"] |= {
        "type": "log",
        "range": [low, high],
        "fixedrange": True,
        "zeroline": False,
        **_ticks(low, high),
    }
    layout["yaxis"]["title"] |= {"text": _TITLES[direction]}
    layout["annotations"] = [*_numbers(lines, direction, low, high, looks), *_marks(lines, direction, theme)]
    return go.Figure([_trace(place, line, direction, looks[place]) for place, line in enumerate(lines)], layout)


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a line is drawn.

    Attributes:
        colour: a grey.
        dash: as Plotly writes it.
    """

    colour: str
    dash: str


def look(place: int, theme: Theme, *, of: int = 0) -> Look:
    """How the line at a place is drawn.

    Args:
        place: from 0.
        theme: ``light`` or ``dark``.
        of: how many epochs of one network are drawn; 0 when the lines are networks.
    """
    if not of:
        return Look(colour=TEXT[theme] if place % 2 == 0 else MUTED[theme], dash=DASHES[place])
    share = (place + 1) / of if of == 1 else place / (of - 1)
    strongest = tuple(bytes.fromhex(TEXT[theme].removeprefix("#")))
    mixed = (round(a + share * (b - a)) for a, b in zip(FAINTEST[theme], strongest, strict=True))
    return Look(colour="#" + bytes(mixed).hex(), dash="solid")


def line_sample(drawn: Look) -> str:
    """A short piece of a line as an image in HTML, for a table."""
    dash = "none" if drawn.dash == "solid" else drawn.dash.replace("px", "")
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="46" height="8"><line x1="0" y1="4" x2="46" y2="4" '
        f'stroke="{drawn.colour}" stroke-width="2" stroke-dasharray="{dash}"/></svg>'
    )
    return f'<img src="data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}" alt="" width="46" height="8">'


def begins(faults: Sequence[str | None], *, backward: bool) -> tuple[int, str, int] | None:
    """Where there is nothing to draw, first met in the direction of the pass.

    Returns:
        The layer's place from 0, what is wrong there, and how many layers are affected; None when all is well.
    """
    places = [place for place, fault in enumerate(faults) if fault]
    if not places:
        return None
    first = places[-1] if backward else places[0]
    return first, str(faults[first]), len(places)


def flow_table(lines: Sequence[FlowLine]) -> pd.DataFrame:
    """Every number of the two figures, a row per network and layer; what is NaN or infinite is named in words."""
    rows = [
        (line.label, depth + 1, line.layers[depth], line.forward[depth], line.forward_faults[depth] or "",
         line.backward[depth], line.backward_faults[depth] or "", line.weight_gradients[depth])
        for line in lines
        for depth in range(len(line.layers))
    ]  # fmt: skip
    columns = list(zip(*rows, strict=True))
    return pd.DataFrame(
        {
            "network": text_column(columns[0]),
            "depth": np.array(columns[1], dtype=np.int64),
            "layer": text_column(columns[2]),
            "spread": _finite(columns[3]),
            "spread_fault": text_column(columns[4]),
            "gradient": _finite(columns[5]),
            "gradient_fault": text_column(columns[6]),
            "weight_gradient": _finite(columns[7]),
        }
    )


def power_text(value: float) -> str:
    """A number that may be very large or small, two figures: ``0.35``, ``510``, ``4.1·10⁻⁴``, ``NaN``, ``∞``, ``0``."""
    if not math.isfinite(value) or value == 0:
        return "NaN" if math.isnan(value) else "∞" if value else "0"
    figure, _, exponent = f"{value:.1e}".partition("e")
    if -2 <= int(exponent) < 4:
        return f"{float(f'{value:.2g}'):,g}"
    return f"{figure}·10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _finite(values: Sequence[float]) -> Any:
    return pd.array([value if math.isfinite(value) else None for value in values], dtype="Float64")


def _values(line: FlowLine, direction: Direction) -> tuple[list[float | None], tuple[str | None, ...]]:
    """What is drawn: None where there is nothing to draw."""
    forward = direction == "forward"
    values = line.forward if forward else line.backward
    faults = line.forward_faults if forward else line.backward_faults
    return [None if fault else value for value, fault in zip(values, faults, strict=True)], faults


def _decades(lines: Sequence[FlowLine], direction: Direction) -> tuple[float, float]:
    """The range of the axis in powers of ten: at least two of them, with a little room."""
    known = [math.log10(v) for line in lines for v in _values(line, direction)[0] if v is not None]
    low, high = (min(known), max(known)) if known else (-1.0, 1.0)
    spare = max(0.0, 2 - (high - low)) / 2 + 0.06 * (high - low)
    return low - spare, high + spare


def _ticks(low: float, high: float) -> dict[str, Any]:
    """At most eight powers of ten, evenly apart."""
    step = next((step for step in _TICK_STEPS if (high - low) / step <= 8), _TICK_STEPS[-1])
    exponents = range(step * math.ceil(low / step), math.floor(high) + 1, step)
    return {
        "tickvals": [10.0**exponent for exponent in exponents],
        "ticktext": ["1" if e == 0 else f"10{str(e).translate(_SUPERSCRIPT)}" for e in exponents],
    }


def _layer_ticks(deepest: int) -> dict[str, Any]:
    """The first layer and round numbers: there is no layer 0."""
    step = next((step for step in (2, 5, *(10 * one for one in _TICK_STEPS)) if deepest / step <= 7), 1000)
    places = [1, *range(step, deepest + 1, step)]
    return {"tickvals": places, "ticktext": [f"{place:,}" for place in places]}


def _trace(place: int, line: FlowLine, direction: Direction, drawn: Look) -> dict[str, Any]:
    values, _ = _values(line, direction)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": escape(line.label),
        "x": list(range(1, len(values) + 1)),
        "y": values,
        "customdata": line.layers,
        "line": {"color": drawn.colour, "width": 1.8, "dash": drawn.dash},
        "hovertemplate": f"<b>{place + 1} {_in_template(line.label)}</b><br>%{{customdata}}, layer %{{x:,d}}<br>"
        f"{_TITLES[direction]} %{{y:.4~g}}<extra></extra>",
    }


def _in_template(label: str) -> str:
    """A name that somebody may have chosen, with the signs made harmless that Plotly would read."""
    return escape(label).replace("%{", "%&#123;")


def _numbers(
    lines: Sequence[FlowLine], direction: Direction, low: float, high: float, looks: Sequence[Look]
) -> list[dict[str, Any]]:
    """Each network's number where its line ends, moved up where two would stand in the same place."""
    forward = direction == "forward"
    per_decade = (HEIGHT - _MARGIN["t"] - _MARGIN["b"]) / (high - low)
    ends: list[tuple[float, int, int]] = []
    for place, line in enumerate(lines):
        drawn = [(depth, value) for depth, value in enumerate(_values(line, direction)[0], 1) if value is not None]
        if drawn:
            depth, value = drawn[-1] if forward else drawn[0]
            ends.append((math.log10(value), depth, place))
    notes: list[dict[str, Any]] = []
    taken: dict[int, float] = {}  # depth -> highest pixel that is written on
    for exponent, depth, place in sorted(ends):
        wanted = (exponent - low) * per_decade
        at = max(wanted, taken.get(depth, -math.inf) + _LABEL_PIXELS)
        taken[depth] = at
        notes.append(
            {
                "x": depth,
                "y": exponent,  # annotations on a logarithmic axis count in powers of ten
                "text": f"<b>{place + 1}</b>",
                "showarrow": False,
                "xanchor": "left" if forward else "right",
                "xshift": 4 if forward else -4,
                "yanchor": "middle",
                "yshift": at - wanted,
                "font": {"size": 13, "color": looks[place].colour},
            }
        )
    return notes


def _marks(lines: Sequence[FlowLine], direction: Direction, theme: Theme) -> list[dict[str, Any]]:
    """A word at the layer where NaN, overflow or zeros begin: zeros at the bottom, all else at the top."""
    backward = direction == "backward"
    # networks that have the same in the same place share a word
    found: dict[tuple[int, str, bool], list[int]] = {}
    for number, line in enumerate(lines, start=1):
        fault = begins(_values(line, direction)[1], backward=backward)
        if fault is not None:
            first, kind, affected = fault
            found.setdefault((first, kind, affected > 1), []).append(number)
    deepest = max(len(line.layers) for line in lines)
    arrow = "←" if backward else "→"
    rows = {True: 0, False: 0}
    notes: list[dict[str, Any]] = []
    for (first, kind, goes_on), numbers in found.items():
        at_the_bottom = kind == "0"
        on_the_left = first + 1 > deepest / 2
        words = f"{', '.join(map(str, numbers))}: {_WORDS[kind]} {'here and on' if goes_on else 'here'}"
        notes.append(
            {
                "x": first + 1,
                "y": 0 if at_the_bottom else 1,
                "yref": "paper",
                "text": f"{words} {arrow}|" if on_the_left else f"|{arrow} {words}",
                "showarrow": False,
                "xanchor": "right" if on_the_left else "left",
                "yanchor": "bottom" if at_the_bottom else "top",
                "yshift": (1 if at_the_bottom else -1) * _MARK_PIXELS * rows[at_the_bottom],
                "bgcolor": BACKGROUND[theme],
                "opacity": 0.94,
                "font": {"size": 12, "color": TEXT[theme]},
            }
        )
        rows[at_the_bottom] += 1
    return notes
