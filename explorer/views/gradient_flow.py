"""Spread of activations and norm of gradients along the depth -> figures on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any, Literal

import plotly.graph_objects as go

from explorer.views.figures import style
from explorer.views.flow_lines import FlowLine, Look, begins, look
from explorer.views.numbers import power_of_ten
from explorer.views.palette import BACKGROUND, TEXT, Theme

Direction = Literal["forward", "backward"]

HEIGHT = 310
_TITLES: dict[Direction, str] = {"forward": "spread (σ) of activations", "backward": "norm of the gradient"}
_MARGIN = {"l": 64, "r": 12, "t": 8, "b": 42}
_PLOT_PIXELS = HEIGHT - _MARGIN["t"] - _MARGIN["b"]
_LABEL_PIXELS = 13  # a number is that high
_MARK_PIXELS = 16
_ROOM = 0.06  # of the depth, at both ends, for the numbers
_WORDS = {"NaN": "✕ NaN", "infinity": "∞ overflow", "0": "0 all zero"}
_TICK_STEPS = (1, 2, 5, 10, 20, 50, 100)


def flow_figure(lines: Sequence[FlowLine], direction: Direction, *, theme: Theme, in_order: bool = False) -> go.Figure:
    """Networks over their depth, each a line with its number at the end that it runs to.

    Where a network has NaN, infinity or nothing but zeros, a word stands at the layer where that begins.

    Args:
        lines: one to six networks, in the order of their numbers.
        direction: "forward" for activations, "backward" for gradients.
        theme: ``light`` or ``dark``.
        in_order: they are epochs of one network.
    """
    marks = _marks(lines, direction, theme)
    low, high = _decades(lines, direction, [note["y"] for note in marks])
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
    layout["annotations"] = [*_numbers(lines, direction, low, high, looks), *marks]
    return go.Figure([_trace(place, line, direction, looks[place]) for place, line in enumerate(lines)], layout)


def _values(line: FlowLine, direction: Direction) -> tuple[list[float | None], tuple[str | None, ...]]:
    """What is drawn: None where there is nothing to draw."""
    forward = direction == "forward"
    values = line.forward if forward else line.backward
    faults = line.forward_faults if forward else line.backward_faults
    return [None if fault else value for value, fault in zip(values, faults, strict=True)], faults


def _decades(lines: Sequence[FlowLine], direction: Direction, marks: Sequence[int]) -> tuple[float, float]:
    """The range of the axis in powers of ten: at least two of them, with room for the words at its edges.

    Args:
        lines: the networks.
        direction: which of their numbers.
        marks: the edge that each word stands at, 0 below and 1 above.
    """
    known = [math.log10(v) for line in lines for v in _values(line, direction)[0] if v is not None]
    low, high = (min(known), max(known)) if known else (-1.0, 1.0)
    spare = max(0.0, 2 - (high - low)) / 2 + 0.06 * (high - low)
    per_word = (high - low + 2 * spare) * _MARK_PIXELS / _PLOT_PIXELS
    return low - spare - per_word * marks.count(0), high + spare + per_word * marks.count(1)


def _ticks(low: float, high: float) -> dict[str, Any]:
    """At most eight powers of ten, evenly apart."""
    step = next((step for step in _TICK_STEPS if (high - low) / step <= 8), _TICK_STEPS[-1])
    exponents = range(step * math.ceil(low / step), math.floor(high) + 1, step)
    return {
        "tickvals": [10.0**exponent for exponent in exponents],
        "ticktext": ["1" if e == 0 else power_of_ten(e) for e in exponents],
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
    """Each network's number where its line ends, moved where it would cover another."""
    forward = direction == "forward"
    ends: dict[int, list[tuple[float, int]]] = {}  # depth -> powers of ten and places of the lines that end there
    for place, line in enumerate(lines):
        drawn = [(depth, value) for depth, value in enumerate(_values(line, direction)[0], 1) if value is not None]
        if drawn:
            depth, value = drawn[-1] if forward else drawn[0]
            ends.setdefault(depth, []).append((math.log10(value), place))
    notes: list[dict[str, Any]] = []
    for depth, found in ends.items():
        found.sort()
        wanted = [(exponent - low) / (high - low) * _PLOT_PIXELS for exponent, _ in found]
        for (exponent, place), at, middle in zip(found, wanted, _apart(wanted), strict=True):
            notes.append(
                {
                    "x": depth,
                    "y": exponent,  # annotations on a logarithmic axis count in powers of ten
                    "text": f"<b>{place + 1}</b>",
                    "showarrow": False,
                    "xanchor": "left" if forward else "right",
                    "xshift": 4 if forward else -4,
                    "yanchor": "middle",
                    "yshift": middle - at,
                    "font": {"size": 13, "color": looks[place].colour},
                }
            )
    return notes


def _apart(wanted: Sequence[float]) -> list[float]:
    """Heights in pixels, in ascending order, so that numbers stand one above the other and within the chart."""
    placed: list[float] = []
    for at in wanted:
        placed.append(max(at, placed[-1] + _LABEL_PIXELS if placed else _LABEL_PIXELS / 2))
    highest = _PLOT_PIXELS - _LABEL_PIXELS / 2
    for place in reversed(range(len(placed))):
        placed[place] = min(placed[place], highest)
        highest = placed[place] - _LABEL_PIXELS
    return placed


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
