"""Spread of activations and norm of gradients along the depth -> figures on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Literal

import plotly.graph_objects as go

from explorer.views.charts.axes import axis, log_axis, log_range
from explorer.views.charts.figure import Part, figure, scatter
from explorer.views.charts.labels import End, end_labels
from explorer.views.charts.lines import Look, look, look_in_order
from explorer.views.flow_lines import FlowLine, begins
from explorer.views.palette import BACKGROUND, TEXT, Theme

Direction = Literal["forward", "backward"]

HEIGHT = 310
_TITLES: dict[Direction, str] = {"forward": "standard deviation", "backward": "norm of the gradient"}
_MARGIN = (64, 12, 8, 42)
_PLOT_PIXELS = HEIGHT - _MARGIN[2] - _MARGIN[3]
_MARK_PIXELS = 16
_ROOM = 0.06  # of the depth, at both ends, for the numbers
_LAYER_STEPS = (2, 5, 10, 20, 50, 100, 200, 500, 1000)
_WORDS = {"NaN": "✕ NaN", "infinity": "∞ overflow", "0": "0 all zero"}


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
    looks = [look_in_order(place, len(lines), theme) if in_order else look(place, theme) for place in range(len(lines))]
    deepest = max(len(line.layers) for line in lines)
    room = max(0.6, _ROOM * deepest)
    begin, end = (0.02 * room, room) if direction == "forward" else (room, 0.02 * room)
    return figure(
        [_trace(place, line, direction, looks[place]) for place, line in enumerate(lines)],
        theme=theme,
        height=HEIGHT,
        margin=_MARGIN,
        x=axis(
            "layer: convolutions from the input to the output",
            range=[1 - begin, deepest + end],
            fixedrange=True,
            **_layer_ticks(deepest),
        ),
        y=log_axis(_TITLES[direction], low, high, fixedrange=True),
        notes=[*_numbers(lines, direction, (low, high), theme), *marks],
        hoverdistance=30,
    )


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
    low, high = log_range(v for line in lines for v in _values(line, direction)[0]) or (-1.0, 1.0)
    spare = max(0.0, 2 - (high - low)) / 2
    per_word = (high - low + 2 * spare) * _MARK_PIXELS / _PLOT_PIXELS
    return low - spare - per_word * marks.count(0), high + spare + per_word * marks.count(1)


def _layer_ticks(deepest: int) -> Part:
    """The first layer and round numbers: there is no layer 0."""
    step = next((step for step in _LAYER_STEPS if deepest / step <= 7), _LAYER_STEPS[-1])
    places = [1, *range(step, deepest + 1, step)]
    return {"tickvals": places, "ticktext": [f"{place:,}" for place in places]}


def _trace(place: int, line: FlowLine, direction: Direction, drawn: Look) -> Part:
    values, _ = _values(line, direction)
    hover = (
        f"<b>{place + 1} {_in_template(line.label)}</b><br>%{{customdata}}, layer %{{x:,d}}<br>"
        f"{_TITLES[direction]} %{{y:.4~g}}"
    )
    depths = list(range(1, len(values) + 1))
    return scatter(depths, values, hover, mode="lines", customdata=line.layers, line=drawn.line())


def _in_template(label: str) -> str:
    """A name that somebody may have chosen, with the signs made harmless that Plotly would read."""
    return escape(label).replace("%{", "%&#123;")


def _numbers(lines: Sequence[FlowLine], direction: Direction, limits: tuple[float, float], theme: Theme) -> list[Part]:
    """Each network's number where its line ends."""
    forward = direction == "forward"
    ends = []
    for number, line in enumerate(lines, start=1):
        drawn = [(depth, value) for depth, value in enumerate(_values(line, direction)[0], 1) if value is not None]
        if drawn:
            depth, value = drawn[-1] if forward else drawn[0]
            text = f"<b>{number}</b>"
            ends.append(End(text=text, colour=TEXT[theme], x=depth, y=math.log10(value), on_the_left=not forward))
    return end_labels(ends, low=limits[0], high=limits[1], pixels=_PLOT_PIXELS)


def _marks(lines: Sequence[FlowLine], direction: Direction, theme: Theme) -> list[Part]:
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
    notes: list[Part] = []
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
                "xanchor": "right" if on_the_left else "left",
                "yanchor": "bottom" if at_the_bottom else "top",
                "yshift": (1 if at_the_bottom else -1) * _MARK_PIXELS * rows[at_the_bottom],
                "bgcolor": BACKGROUND[theme],
                "opacity": 0.94,
            }
        )
        rows[at_the_bottom] += 1
    return notes
